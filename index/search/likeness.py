"""How like the words of texts are to those of a query: the same word counts 1, one of like meaning in part.

A late interaction of word vectors, as in ColBERT, but with those of the embedder's input: they need no pass through the
model and no place on disk.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.embedding.embedder import Embedder
from index.library.keyword import document_frequency
from index.passages.words import stem, words

if TYPE_CHECKING:
    from index.library.library import Library

UNLIKE, ALIKE = 0.15, 0.5
"""Cosines of word vectors at which two words count as unrelated, and as the same: staff and employees .44, phone and
manager .16, price and agreement .07 with the embedded model."""

MOST_ALIKE = 0.8
"""What a word of like meaning counts at most beside the word itself."""

FEW_CHUNKS = 200
"""A library of fewer chunks is weighed as if it had as many: among three, one missing word would outweigh all others."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_LEAST = 3
"""Letters of a word that is compared by meaning."""


def word_weights(query: str, library: Library) -> dict[str, float]:
    """The inverse document frequency of each of the query's words; a word that occurs nowhere weighs most."""
    terms = words(query)
    total = max(library.count_chunks(), FEW_CHUNKS)
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, terms)
    return {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in frequency.items()}


class Likeness:
    """How like the words of texts are to those of one query; each word is compared once."""

    def __init__(self, wanted: Sequence[str], embedder: Embedder) -> None:
        """`wanted` are the query's telling words."""
        self._wanted = wanted
        self._stems = [stem(word) for word in wanted]
        self._vectors = embedder.word_vectors(wanted) if wanted else np.zeros((0, 1), np.float32)
        self._embedder = embedder
        self._place: dict[str, int] = {}
        self._rows: npt.NDArray[np.float32] = np.zeros((0, len(wanted)), np.float32)

    def __call__(self, text: str) -> tuple[float, ...]:
        """For each wanted word the best match among the words of `text`, in [0, 1]; 1 where its stem stands there."""
        held, held_stems = _words(text)
        self._compare(held)
        rows = self._rows[[self._place[word] for word in held]] if held and self._wanted else self._rows[:0]
        best = rows.max(axis=0) if len(rows) else np.zeros(len(self._wanted))
        return tuple(
            1.0 if own in held_stems or (not word.isascii() and word in text.lower()) else float(value)
            for word, own, value in zip(self._wanted, self._stems, best, strict=True)
        )

    def _compare(self, held: frozenset[str]) -> None:
        new = [word for word in held if word not in self._place] if self._wanted else []
        if new:
            cosines = self._embedder.word_vectors(new) @ self._vectors.T
            rows = MOST_ALIKE * np.clip((cosines - UNLIKE) / (ALIKE - UNLIKE), 0.0, 1.0)
            self._place |= {word: len(self._rows) + i for i, word in enumerate(new)}
            self._rows = np.concatenate([self._rows, rows.astype(np.float32)])


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a text that are compared by meaning, and the stems of all, numbers without their commas."""
    held = frozenset(_WORD.findall(text.lower()))
    compared = frozenset(word for word in held if len(word) >= _LEAST and word.isalpha())
    return compared, frozenset(stem(word.replace(",", "")) for word in held)
