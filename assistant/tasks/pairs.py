"""What is stated of two sides in, the pairs of sentences that speak of the same thing out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.tasks.contents import Stated
from assistant.types import EvidenceSpan
from index.library.library import Library
from index.passages.words import STOP_WORDS, stem, stems
from index.search.likeness import word_weights

ROWS = 5
"""Rows of a table at most where no attribute was named."""

ALIKE = 0.4
"""The least cosine of two sentences that speak of the same thing, and share words that the sides' names lack."""

POOL = 200
"""The nearest pairs of sentences that are looked at word by word."""

LABEL_WORDS = 3

Row = tuple[str, EvidenceSpan | None, EvidenceSpan | None]
"""What a row is about, and the sentence of each side; None where it has none."""


def pairs(one: Sequence[Stated], other: Sequence[Stated], names: str, library: Library) -> list[Row]:
    """The sentences of both sides that speak of the same thing, each in one row at most, in the first side's order.

    How much two sentences speak of the same is their cosine times the weight of the rarest words they share, the sides'
    `names` left out.
    """
    ours, theirs = (np.stack([stated.vector for stated in side]) for side in (one, other))
    cosines = library.embedder.spread(ours @ theirs.T)
    nearest = np.argsort(-cosines, axis=None)[:POOL]
    scored: list[tuple[float, int, int, str]] = []
    for i, j in zip(*np.unravel_index(nearest, cosines.shape), strict=True):
        first, second = one[i].span.citation, other[j].span.citation
        if cosines[i, j] < ALIKE or (first.document_id, first.start) == (second.document_id, second.start):
            continue
        label, weight = _label(first.quote, second.quote, names, library)
        scored.append((float(cosines[i, j]) * weight, int(i), int(j), label))
    rows: dict[int, Row] = {}
    taken: set[int] = set()
    for score, i, j, label in sorted(scored, reverse=True):
        if score > 0 and i not in rows and j not in taken and len(rows) < ROWS:
            rows[i] = (label, one[i].span, other[j].span)
            taken.add(j)
    return [rows[i] for i in sorted(rows)]


def _label(ours: str, theirs: str, names: str, library: Library) -> tuple[str, float]:
    """The rarest words that two sentences share, as the first has them, and the sum of their weights."""
    shared = (stems(ours) & stems(theirs)) - stems(names)
    words = {
        stem(word.lower()): word
        for word in re.findall(r"[^\W\d_][\w-]*", ours)
        if stem(word.lower()) in shared and word.lower() not in STOP_WORDS and len(word) > 2
    }
    weights = word_weights(" ".join(words.values()), library) if words else {}
    rarest = sorted(words.values(), key=lambda word: -weights.get(word.lower(), 0.0))[:LABEL_WORDS]
    label = ", ".join(word for word in words.values() if word in rarest)
    return label, sum(weights.get(word.lower(), 0.0) for word in rarest)
