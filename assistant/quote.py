"""Evidence in, an answer of verbatim sentences out: at once, and true as far as the documents are."""

from __future__ import annotations

from dataclasses import replace

from assistant.types import Answer, AnswerSpan, Evidence, EvidenceSpan

MAX_QUOTES = 3
CLOSE_TO_BEST = 0.3
"""A sentence is quoted beside the best one if its score reaches this share of the best score."""


def numbered(evidence: Evidence) -> Evidence:
    """The same evidence with its final numbers: the sentences to quote first, in reading order, then the others."""
    quoted = _to_quote(evidence)
    ordered = [*quoted, *(span for span in evidence.spans if span not in quoted)]
    spans = {id(span): replace(span, citation=replace(span.citation, number=n)) for n, span in enumerate(ordered, 1)}
    return replace(evidence, spans=tuple(spans[id(span)] for span in evidence.spans))


def quote(evidence: Evidence) -> Answer:
    """The best sentences, a line each, in reading order, each resting on its own citation."""
    text, spans, citations = "", [], []
    for span in _to_quote(evidence):
        text += "\n" if text else ""
        start = len(text)
        text += " ".join(span.citation.quote.split())  # a line break inside a quote is no new line here
        spans.append(AnswerSpan(start, len(text), (span.citation.number,)))
        citations.append(span.citation)
    return Answer(text=text, citations=tuple(citations), spans=tuple(spans))


def _to_quote(evidence: Evidence) -> list[EvidenceSpan]:
    best = max((span.score for span in evidence.spans), default=0.0)
    chosen = [span for span in evidence.spans if span.score >= CLOSE_TO_BEST * best][:MAX_QUOTES]
    rank = {span.citation.document_id: -i for i, span in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda span: (-rank[span.citation.document_id], span.citation.start))
