"""Evidence in, the pairs of sentences in which two documents answer the question with values that exclude each other out.

The reader finds a short answer in both, each with one exact value of the same unit; the years and dates they name are the
same; and neither sentence has telling words that the other's passage lacks while that has some of its own: such two speak of
two things. It knows no words of any language but those of numbers, units and dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.facts.dates import dates, years
from assistant.facts.quantities import Quantity, quantities
from assistant.reading.rarity import COMMON, told
from assistant.types import Evidence, EvidenceSpan
from index.embedding.embedder import Embedder
from index.passages.words import stems, words

NEAR = 0.05
"""The share of the best score from which on a sentence answers too: of two alone, the place in the search parts them far."""

ROUNDED = 0.03
"""Values nearer than this may be one figure, rounded: "about 1,200" and "1,190"."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values for one thing, each with the sentence that states it; the newer document's first, an undated one last."""

    first: EvidenceSpan
    second: EvidenceSpan
    first_value: str
    second_value: str

    def __str__(self) -> str:
        one, other = (f"{value} ({span.citation.date or 'undated'})" for value, span in self.values)
        return f"The documents disagree: {one} against {other}"

    @property
    def values(self) -> tuple[tuple[str, EvidenceSpan], tuple[str, EvidenceSpan]]:
        """Both values with their sentences."""
        return (self.first_value, self.first), (self.second_value, self.second)


def conflicts(query: str, evidence: Evidence, embedder: Embedder) -> tuple[Conflict, ...]:
    """The conflicts among the sentences that answer nearly as well as the best, best evidence first; one per pair."""
    best = max((span.score for span in evidence.spans), default=0.0)
    near = [span for span in evidence.spans if span.answer and span.score >= NEAR * best]
    found = []
    for one, other in combinations(near, 2):
        if one.citation.document_id != other.citation.document_id and (values := _values(query, one, other, embedder)):
            pair = sorted(zip(values, (one, other), strict=True), key=lambda pair: pair[1].citation.date or "", reverse=True)
            found.append(Conflict(pair[0][1], pair[1][1], pair[0][0].text, pair[1][0].text))
    return tuple(found)


def said(found: Sequence[Conflict]) -> tuple[str, ...]:
    """The notes that tell of conflicts, each once, three at most."""
    return tuple(dict.fromkeys(map(str, found)))[:3]


def first(found: Sequence[Conflict], evidence: Evidence) -> Evidence:
    """The evidence with the sentences of the first conflict ahead, the newer before the older, so that both are quoted."""
    if not found:
        return evidence
    best = max(span.score for span in evidence.spans)
    ahead = [found[0].first, found[0].second]
    rest = [span for span in evidence.spans if span not in ahead]
    return replace(evidence, spans=(*(replace(span, score=best) for span in ahead), *rest))


def _values(query: str, one: EvidenceSpan, other: EvidenceSpan, embedder: Embedder) -> tuple[Quantity, Quantity] | None:
    """The two values that exclude each other; None where the sentences can both be true."""
    a, b = one.citation.quote, other.citation.quote
    left, right = _answered(one), _answered(other)
    if left is None or right is None or left.unit != right.unit or left.is_year != right.is_year:
        return None
    if any(map(left.matches, quantities(b))) or any(map(right.matches, quantities(a))):
        return None
    if not left.is_year and (_periods(a) != _periods(b) or _rounds(left, right)):
        return None
    apart = _own(query, a, other, embedder) and _own(query, b, one, embedder)
    return None if apart else (left, right)


def _answered(span: EvidenceSpan) -> Quantity | None:
    """The one exact value in a sentence's short answer, read with what follows it."""
    assert span.answer is not None
    start, end = (place - span.citation.start for place in span.answer)
    inside = [one for one in quantities(span.citation.quote) if start <= one.start < end and not one.is_pronoun]
    return inside[0] if len(inside) == 1 and not inside[0].bound else None


def _periods(text: str) -> tuple[frozenset[int], frozenset[tuple[int, int, int]]]:
    return frozenset(years(text)), frozenset((one.quarter, one.month, one.day) for one in dates(text))


def _rounds(one: Quantity, other: Quantity) -> bool:
    return abs(one.value - other.value) <= ROUNDED * max(abs(one.value), abs(other.value))


def _own(query: str, text: str, other: EvidenceSpan, embedder: Embedder) -> bool:
    """Whether a text has words, those of dates aside, that neither the query nor the other sentence's passage has."""
    for date in reversed(dates(text)):
        text = f"{text[: date.start]} {text[date.end :]}"
    known = stems(f"{query}\n{other.context}\n{other.citation.quote}")
    telling = (word for word, rarity in told(text, embedder) if rarity > COMMON and not word[0].isdigit())
    return any(not stems(" ".join(words(word))) <= known for word in telling)
