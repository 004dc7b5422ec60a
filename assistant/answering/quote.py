"""Evidence in, an answer of verbatim sentences out: at once, and true as far as the documents are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan, ShortAnswer, TableRow

MAX_QUOTES = 3
CLOSE_TO_BEST = 0.2
"""A sentence is quoted beside the best one if its score reaches this share of the best score. Quotes that are gold, and
questions with gold among their quotes, report halves of CLAPnq and three sets of held articles: .03 .73, .40, .43, .34 and
1.00, .90, .93, .86; .1 .78, .49, .61, .46 and .99, .87, .91, .86; .2 .77, .61, .72, .52 and .96, .87, .89, .86."""

CLEARLY_BEST = 5.0
"""A best sentence of this many times the next one's score stands before the others, and one that the reader found a short
answer in; else they stand in reading order."""


def numbered(evidence: Evidence) -> Evidence:
    """The same evidence with its final numbers: the sentences to quote first, in reading order or a best one ahead, then
    the others."""
    quoted = _to_quote(evidence)
    ordered = [*quoted, *(span for span in evidence.spans if span not in quoted)]
    spans = {id(span): replace(span, citation=replace(span.citation, number=n)) for n, span in enumerate(ordered, 1)}
    return replace(evidence, spans=tuple(spans[id(span)] for span in evidence.spans), quoted=len(quoted))


def picked(evidence: Evidence) -> Evidence:
    """The numbered evidence with the sentences to quote alone."""
    return replace(evidence, spans=tuple(span for span in evidence.spans if span.citation.number <= evidence.quoted))


def quote(evidence: Evidence) -> Answer:
    """The numbered evidence's sentences to quote, a line each, each resting on its own citation.

    Rows of a table stand below their columns' names, which rest on a citation of their own, numbered after all evidence.
    """
    text, spans, citations = "", [], []

    def said(line: str, citation: Citation) -> None:
        nonlocal text
        text += "\n" if text else ""
        spans.append(AnswerSpan(len(text), len(text) + len(line), (citation.number,)))
        citations.append(citation)
        text += line

    last: TableRow | None = None
    for span in sorted(evidence.spans, key=lambda span: span.citation.number)[: evidence.quoted]:
        if span.row and (last is None or span.row.header != last.header):
            number = len(evidence.spans) + sum(citation.number > len(evidence.spans) for citation in citations) + 1
            said(header_line(span.row.names), replace(span.row.header, number=number))
        last = span.row
        said(row_line(span.row) if span.row else shown(span), span.citation)
    return Answer(text=text, citations=tuple(citations), spans=tuple(spans), short=_short(evidence))


def _short(evidence: Evidence) -> ShortAnswer | None:
    """The short answer of the best sentence, where that is quoted and holds it whole."""
    best = next(iter(evidence.spans), None)
    if best is None or best.answer is None or best.citation.number > evidence.quoted:
        return None
    (start, end), own = best.answer, best.citation
    if not own.start <= start < end <= own.end:
        return None
    return ShortAnswer(own.number, start, end, best.short)


def shown(span: EvidenceSpan) -> str:
    """A sentence as it is quoted, on one line; a row of a table without its marks."""
    quote = span.citation.quote
    return span.seen if span.seen and ("|" in quote or "\t" in quote) else " ".join(quote.split())


def header_line(names: Sequence[str]) -> str:
    """The columns' names of a table that is quoted, see `assistant.rendering.table`."""
    return "\t\t" + "\t".join(names)


def row_line(row: TableRow) -> str:
    """A row below its columns' names."""
    return "\t".join([row.cells[0] or "–", *row.cells[1:], *[""] * (len(row.names) - len(row.cells))])


def _to_quote(evidence: Evidence) -> list[EvidenceSpan]:
    best = max((span.score for span in evidence.spans), default=0.0)
    chosen = [span for span in evidence.spans if span.score >= CLOSE_TO_BEST * best][:MAX_QUOTES]
    rank = {span.citation.document_id: -i for i, span in reversed(list(enumerate(chosen)))}
    clearly = len(chosen) > 1 and chosen[0].score > CLEARLY_BEST * chosen[1].score
    ahead = clearly or bool(chosen and chosen[0].answer)
    return sorted(
        chosen, key=lambda span: (ahead and span is not chosen[0], -rank[span.citation.document_id], span.citation.start)
    )
