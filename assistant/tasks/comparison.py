"""A request to compare two documents or two subjects in, a cited table out: a row for each thing that both speak of.

The text is the table: a line a row, tabs between its cells, the first line names the columns. Every cell is a sentence of a
document, word for word, resting on its citation, or `NOT_FOUND`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.quote import shown
from assistant.answering.refusal import NOT_SAID
from assistant.facts.names import held as named_in
from assistant.questions.offered import MOST, asking
from assistant.questions.parts import in_turn
from assistant.reading.evidence import answerable_from, select
from assistant.tasks.contents import Stated, statements_of
from assistant.tasks.mentioned import meant, offered, title_of, titled
from assistant.tasks.pairs import Row, pairs
from assistant.tasks.sides import Request, requested
from assistant.types import Answer, AnswerSpan, Citation, Conversation, EvidenceSpan
from index.library.library import Library
from index.passages.words import STOP_WORDS, stem, stems
from index.search.likeness import Likeness, word_weights
from index.search.search import search
from index.types import Document, Filters, Hit

NOT_FOUND = "not found"

NEARLY_BEST = 0.1
"""The share of the best sentence's score from which on one may give a cell."""

HELD = 0.42
"""The least share of an attribute's weighted words, or words of like meaning, in a sentence that gives it. Of 24 cells of
the seeds read one by one, the right sentences hold .47 or more, the best wrong ones .41."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two compared: its name, and what is said of it."""

    name: str
    stated: tuple[Stated, ...]
    document: Document | None = None
    hits: tuple[Hit, ...] = ()


def comparison(
    text: str,
    conversation: Conversation,
    documents: Sequence[Document],
    library: Library,
    *,
    filters: Filters | None,
    questions: bool,
) -> Answer | None:
    """The table that a request asks for, or the question back which two documents it means.

    A refusal where nothing it names is said of either, or nothing at all of one of them. None where it asks for none. What
    is worded as a question is searched too, unless it is about documents, or `questions` are taken as well and it names
    attributes.
    """
    request = requested(text)
    if request is None:
        return None
    named = titled(text, documents)
    of_documents = len(named) == 2 or all(map(_calls_document, filter(None, (request.one, request.other))))
    if request.is_question and not of_documents and not (questions and request.attributes and request.other):
        return None
    if len(named) == 2 or not request.other:
        two = named if len(named) == 2 else meant(request.one, conversation, documents).documents
        if len(two) < 2:
            return None
        if len(two) > 2:
            both = [(one, other) for i, one in enumerate(two) for other in two[i + 1 :]][:MOST]
            candidates = offered(both, library)
            return Answer(text=asking(candidates), status="asks_back", candidates=candidates, query=text)
        request = replace(request, other="")
        sides = [_document_side(one, library) for one in two]
    else:
        sides = [_side(words, conversation, documents, library, filters) for words in (request.one, request.other)]
    one, other = sides
    if not (one.stated and other.stated):
        return None if request.is_question else _nothing_of(one if other.stated else other, text)
    if request.attributes:
        found = [(what, [_cell(side, what, library, filters) for side in sides]) for what in request.attributes]
        rows: list[Row] = [(what, ours, theirs) for what, (ours, theirs) in found if ours or theirs]
    else:
        rows = pairs(one.stated, other.stated, f"{one.name} {other.name}", library)
    query = text if request.other else f"compare “{one.name}” and “{other.name}”"
    hits = tuple(in_turn([one.hits, other.hits]))
    if rows:
        return replace(_table(one.name, other.name, rows), query=query, hits=hits)
    if request.is_question or not request.attributes:
        return None
    return replace(_refused(request, one, other), query=query, hits=hits)


def _refused(request: Request, one: Side, other: Side) -> Answer:
    """That nothing asked for is said of either side, with the first sentence that speaks of each."""
    asked_for = " and ".join(request.attributes)
    nearest = (replace(side.stated[0].span.citation, number=n) for n, side in enumerate((one, other), 1))
    text = f"{NOT_SAID}\nSearched for: {asked_for} of {one.name}, {asked_for} of {other.name}."
    return Answer(text=text, status="refused", nearest=tuple(nearest), missing=request.attributes)


def _nothing_of(side: Side, text: str) -> Answer:
    """That nothing is said of a side."""
    return Answer(
        text=f"{NOT_SAID}\nNothing was found about “{side.name}”.",
        status="refused",
        query=text,
        hits=side.hits,
        missing=(side.name,),
    )


def _calls_document(words: str) -> bool:
    return bool(re.search(r"\b(?:documents?|files?|articles?|texts?|reports?|interviews?|papers?)\b", words, re.IGNORECASE))


def _document_side(document: Document, library: Library) -> Side:
    return Side(title_of(document), tuple(statements_of(document, library.chunks_of(document.id), library)), document)


def _side(
    words: str, conversation: Conversation, documents: Sequence[Document], library: Library, filters: Filters | None
) -> Side:
    """A document, where the words call it one, else whatever has that name."""
    words = re.sub(r"^(?:the|that of|what)\s+", "", words.strip(), flags=re.IGNORECASE)
    found = meant(words, conversation, documents)
    if len(found.documents) == 1 and _calls_document(words):
        return _document_side(found.documents[0], library)
    hits = search(words, library, filters=filters)
    stated: list[Stated] = []
    for id_ in dict.fromkeys(hit.chunk.document_id for hit in hits):
        chunks = [hit.chunk for hit in hits if hit.chunk.document_id == id_]
        stated += statements_of(library.document(id_, chunks[0].version), chunks, library)
    return Side(words, tuple(one for one in stated if _is_about(one.span, words)), hits=tuple(hits))


_SELF = re.compile(r"\b(?:we|our|us|my|the company|the group|the firm)\b", re.IGNORECASE)


def _is_about(span: EvidenceSpan, name: str) -> bool:
    """Whether a sentence names a subject; "we" stands for whom the title names."""
    if _said(name, span.citation.quote):
        return True
    return _said(name, span.citation.title) and bool(_SELF.search(span.citation.quote))


def _said(name: str, text: str) -> bool:
    own = frozenset(stem(word) for word in re.findall(r"\w+", name.lower()) if word not in STOP_WORDS)
    return bool(own) and (own <= stems(text) or (name[0].isupper() and named_in(name, text)))


def _cell(side: Side, what: str, library: Library, filters: Filters | None) -> EvidenceSpan | None:
    """The sentence that gives an attribute of a side: of the best ones the first with its words."""
    query = f"What is {side.name}’s {what}?"
    if side.document is not None:
        query, filters = f"What is the {what}?", replace(filters or Filters(), document_ids=(side.document.id,))
    evidence = select(query, search(query, library, filters=filters), library)
    if evidence.answerable < answerable_from(library.embedder.name):
        return None
    weights = word_weights(what, library)
    likeness = Likeness(tuple(weights), library.embedder)
    total = sum(weights.values()) or 1.0

    def held(span: EvidenceSpan) -> float:
        like = likeness(span.citation.quote)
        return sum(weight * own for weight, own in zip(weights.values(), like, strict=True)) / total

    about = [span for span in evidence.spans if side.document is not None or _said(side.name, span.context)]
    near = [span for span in about if span.score >= NEARLY_BEST * about[0].score]
    return next((span for span in near if held(span) >= HELD), None)


def _table(one: str, other: str, rows: Sequence[Row]) -> Answer:
    """The table as text; each cell that is a sentence is a span with its citation."""
    text = "\t".join(("", _flat(one), _flat(other)))
    spans: list[AnswerSpan] = []
    citations: list[Citation] = []
    for label, *cells in rows:
        text += f"\n{_flat(label)}"
        for cell in cells:
            text += "\t"
            start = len(text)
            text += shown(cell) if cell else NOT_FOUND
            if cell:
                citations.append(replace(cell.citation, number=len(citations) + 1))
                spans.append(AnswerSpan(start, len(text), (len(citations),)))
    missing = sum(cell is None for _, *cells in rows for cell in cells)
    return Answer(
        text=text,
        status="partly" if missing else "answered",
        citations=tuple(citations),
        spans=tuple(spans),
        confidence=1.0,
    )


def _flat(text: str) -> str:
    return " ".join(text.split())
