"""How far a sentence, as a whole, is said by the spans it cites: one score in [0, 1] from words and vectors."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.cite import terms_of, weight
from assistant.types import EvidenceSpan
from index.embed import Embedder

UNSUPPORTED_BELOW = 0.15
SUPPORTED_FROM = 0.35


def support(sentence: str, cited: Sequence[EvidenceSpan], embedder: Embedder | None = None) -> float:
    """The score."""
    wanted = terms_of(sentence)
    heldw = wanted & frozenset[str]().union(*(terms_of(span.citation.quote) for span in cited))
    return sum(map(weight, heldw)) / (sum(map(weight, wanted)) or 1) if wanted else 1.0
