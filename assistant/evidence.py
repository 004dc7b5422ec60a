"""Hits in, the sentences that may answer out, and how likely they do: three small models over readable signals."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from assistant.answer_signals import AnswerSignals, answer_signals
from assistant.antecedent import meant
from assistant.asked import Asked, asked
from assistant.called import SPELT_IN_TWO_WAYS, elements, mentioned, mentions, of_another
from assistant.dates import dates, years
from assistant.injection import about_orders, gives_orders
from assistant.lacking import SENTENCES, lacks_asked
from assistant.quantities import quantities
from assistant.signals import (
    SentenceSignals,
    Statement,
    is_question,
    sentence_signals,
)
from assistant.types import Citation, Evidence, EvidenceSpan
from index.keyword import document_frequency
from index.library import Library
from index.likeness import Likeness, word_weights
from index.types import Chunk, Document, Hit, Sentences
from index.words import stem, stems, words

MAX_SPANS = 8
"""Sentences handed on. Eight single sentences answered more of a trial set (59 %) than four whole paragraphs (46 %)."""

MIN_WORDS = 4
"""Shorter lines without a colon or number are captions, names and headings: they state nothing."""


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model: `weights` in the order of its signals' fields."""

    bias: float
    weights: tuple[float, ...]

    def value(self, signals: Sequence[float]) -> float:
        """Of any size."""
        return self.bias + sum(weight * signal for weight, signal in zip(self.weights, signals, strict=True))

    def probability(self, signals: Sequence[float]) -> float:
        """In (0, 1), of one thing looked at alone: the logistic function of the value."""
        return 1.0 / (1.0 + math.exp(-self.value(signals)))

    def shares(self, of_all: Sequence[Sequence[float]]) -> list[float]:
        """Of each, the probability that it is the one among all: the softmax of the values; together 1."""
        values = [self.value(signals) for signals in of_all]
        highest = max(values, default=0.0)
        powers = [math.exp(value - highest) for value in values]
        total = sum(powers)
        return [power / total for power in powers]


LACKING = 0.3
"""What evidence that lacks the very thing asked for is given at most: too little for quotes, but a language model may read
other words for it."""

SAME_MEANING = 0.5
"""The cosine from which a sentence is quoted for a query in another language. Not measured: no multilingual embedder is
among the packages at hand."""

WEIGHTS = Path(__file__).with_name("evidence.json")
"""The models, weights by signal, as `python -m evals fit-evidence` wrote them."""


class Models(NamedTuple):
    """`order` ranks the sentences found, `sentence` says of each alone how likely it answers, both over `SentenceSignals`;
    `answer` whether there is an answer among them, over `AnswerSignals`."""

    order: Model
    sentence: Model
    answer: Model


@cache
def models() -> Models:
    """The fitted models."""
    given = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fields = {"order": SentenceSignals._fields, "sentence": SentenceSignals._fields, "answer": AnswerSignals._fields}
    return Models(
        *(Model(given[name]["bias"], tuple(given[name].get(one, 0.0) for one in own)) for name, own in fields.items())
    )


def asked_of(query: str, library: Library) -> Asked:
    """What `query` asks for, its words weighed by how rare they are in the library."""
    return asked(query, word_weights(query, library))


def select(wanted: Asked, hits: Sequence[Hit], library: Library, *, by_meaning: bool = False) -> Evidence:
    """At most `MAX_SPANS` sentences of the hits, best first, numbered in the order they would be read.

    With `by_meaning`, for a query in another language, sentences are ranked and judged by their cosines alone.
    """
    found = statements(wanted, hits, library)
    if by_meaning:
        found.sort(key=lambda one: -one.signals.cosine)
        found = [replace(one, score=max(0.0, one.signals.cosine)) for one in found]
    if not found:
        return Evidence((), 0.0, wanted.words)
    spans = []
    for one in found[:MAX_SPANS]:
        document = library.document(one.hit.chunk.document_id, one.hit.chunk.version)
        citation = citation_of(document, one.hit.chunk, one.start, one.end)
        spans.append(EvidenceSpan(citation, one.score, one.context))
    held = stems(found[0].context)
    missing = tuple(word for word in wanted.words if stem(word) not in held)
    if unknown_names(wanted, found, library):
        return Evidence(tuple(spans), 0.0, missing)
    if by_meaning:
        return Evidence(tuple(spans), 1.0 if found[0].score >= SAME_MEANING else 0.0)
    answerable = models().answer.probability(answer_signals(wanted, found))
    if lacks_asked(wanted, found, [span.citation.quote for span in spans[:SENTENCES]], library.embedder):
        answerable = min(answerable, LACKING)
    return Evidence(tuple(spans), answerable, missing)


def statements(
    wanted: Asked, hits: Sequence[Hit], library: Library, stored: Mapping[str, Sentences] | None = None
) -> list[Statement]:
    """The hits' sentences that state something (no question, caption or order), the likeliest answer first.

    `stored` are the sentences by chunk, where they were read already.
    """
    return sorted(all_statements(wanted, hits, library, stored), key=lambda statement: -statement.score)


def all_statements(
    wanted: Asked, hits: Sequence[Hit], library: Library, stored: Mapping[str, Sentences] | None = None
) -> list[Statement]:
    """The same in the order of the hits.

    Only those of the documents that mention most of what the question names: Rostec's subsidiaries are not counted in a
    text that doesn't know Rostec.
    """
    stored = library.sentences_of([hit.chunk for hit in hits]) if stored is None else stored
    found = list(_stated(wanted, hits, library, stored))
    passages: dict[str, dict[str, None]] = {}
    for one in found:
        passages.setdefault(one.hit.chunk.document_id, {})[one.context] = None
    held = mentioned(wanted.called, {id_: tuple(texts) for id_, texts in passages.items()}, library)
    most = max(map(len, held.values()), default=0)
    found = [one for one in found if len(held[one.hit.chunk.document_id]) == most]
    shares = models().order.shares([one.signals for one in found])
    return [replace(one, score=share) for one, share in zip(found, shares, strict=True)]


def _stated(wanted: Asked, hits: Sequence[Hit], library: Library, stored: Mapping[str, Sentences]) -> Iterator[Statement]:
    vector = library.embedder.encode_query(wanted.query)
    likely = models().sentence.probability
    orders_wanted = about_orders(wanted.query)
    asked_for, in_year = elements(wanted.query), year_of_figures(wanted)
    likeness = Likeness(wanted.words, library.embedder)
    likeness.learn(hit.chunk.text for hit in hits)
    formed = Likeness(wanted.form.words, library.embedder)
    for rank, hit in enumerate(hits):
        own = stored.get(hit.chunk.id)  # none where the document was replaced since the search
        if own is None:
            continue
        chunk = hit.chunk
        title = library.document(chunk.document_id, chunk.version).title
        context = f"{title}\n{chunk.heading}\n{chunk.text}"
        like = likeness(context)
        texts = [chunk.text[start - chunk.start : end - chunk.start] for start, end in own.spans]
        cosines = [float(cosine) for cosine in own.vectors @ vector]
        named = [f"{meant(text, context, title, chunk.heading)} {text}".strip() for text in texts]
        for place, (start, end) in enumerate(own.spans):
            if not states(texts[place]) or (not orders_wanted and gives_orders(texts[place])):
                continue
            if wanted.kind in ("amount", "date") and not may_be_its(named[place], asked_for, in_year):
                continue
            signals = sentence_signals(wanted, hit, rank, context, named, cosines, place, likeness, formed)
            yield Statement(hit, start, end, signals, like, likely(signals), context)


def year_of_figures(wanted: Asked) -> int | None:
    """The one year whose figure is asked for, "in 2025"; None where years are compared or a year only names a thing."""
    found = years(wanted.query)
    year = next(iter(found), None) if len(found) == 1 and wanted.kind == "amount" else None
    plain = re.search(rf"\b(?:in|for|during) {year}\b", wanted.query) and not _COMPARES_YEARS.search(wanted.query)
    return year if plain else None


_COMPARES_YEARS = re.compile(r"\b(?:compar|before\b|since\b|between\b|until\b|from\b)", re.IGNORECASE)


def may_be_its(sentence: str, asked_for: frozenset[str], in_year: int | None) -> bool:
    """Whether the figures of a sentence may be those of the elements and of the year asked for, not of others alone.

    A year within a date says when something was done, two years may be a range.
    """
    said = years(sentence)
    if in_year and len(said) == 1 and in_year not in said and not any(date.month for date in dates(sentence)):
        return False
    if not asked_for:
        return True
    counted = [clause for clause in re.split(r"[,;:] ", sentence) if any(not one.is_year for one in quantities(clause))]
    return not of_another(asked_for, sentence) and not (counted and all(of_another(asked_for, one) for one in counted))


def unknown_names(wanted: Asked, found: Sequence[Statement], library: Library) -> list[str]:
    """The words of the question's names that no passage found mentions, and the elements it names, that occur nowhere."""
    passages = dict.fromkeys(one.context for one in found)
    unsaid = [part for part in " ".join(wanted.called).split() if not any(mentions(text, part) for text in passages)]
    parts = {word for part in unsaid for word in words(part) if len(word) > 1 and not word.isdigit()}
    parts |= elements(wanted.query) - SPELT_IN_TWO_WAYS
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, sorted(parts))
    return [word for word, n in frequency.items() if n == 0]


def states(sentence: str) -> bool:
    """Whether a sentence states something: no question, no caption, no credit of a picture."""
    return not (is_question(sentence) or _is_fragment(sentence) or _CREDIT.match(sentence))


_CREDIT = re.compile(
    r"\W*(?i:(?:photo(?:graph)?s?|images?|pictures?|illustrations?|graphics?) )?"
    r"(?i:courtesy of |(?:photo(?:graph)?s?|images?|pictures?|credits?|illustrations?)(?: by |: ?|/))"
    r"(?:the )?[A-Z][\w.,&’'/-]*(?: (?:[A-Z&][\w.,&’'/-]*|of|and|the|for|de|van|von))*\W*$"
)
"""A line that says whose a picture is: "/Courtesy of Korea Zinc", "Photo: Reuters"."""


def _is_fragment(sentence: str) -> bool:
    """Whether a line is too short to state something: "Capacity: 12 t" is not."""
    return len(re.findall(r"\w+", sentence)) < MIN_WORDS and not re.search(r"[:\d]|[^\x00-\u024f]", sentence)


def citation_of(document: Document, chunk: Chunk, start: int, end: int) -> Citation:
    """A range of a document, within `chunk`, as a citation; its number is given later."""
    return Citation(
        number=1,
        document_id=document.id,
        version=document.version,
        file=document.file,
        title=document.title,
        date=document.date,
        start=start,
        end=end,
        quote=document.text[start:end],
        page=document.page_at(start),
        place=chunk.heading,
    )
