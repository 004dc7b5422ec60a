"""A model's pieces: which texts they can say, which words are one piece, and the words' static vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.embedding.e5 import Floats, unpacked
from index.embedding.minilm import PACKAGE
from index.embedding.packaged import package_file

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.embedding.e5 import E5

MOST_UNKNOWN = 0.05
MOST_SPELLED, MOST_SPELLED_HAN = 0.8, 1.2
"""Pieces per letter, in Chinese characters per character, up to which a text is read in words and not spelled."""

_HAN = re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

MOST_WORDS = 50_000
"""Word vectors kept in memory: 75 MB."""

MEAN_PARTS = 50
"""The word vectors are unpacked in so many parts for their mean: some 8 MB each."""


class Model(Protocol):
    """What is needed of an embedder: the multilingual encoder, or else its tokenizer and its model."""

    e5: E5 | None

    @property
    def tokenizer(self) -> Any:
        """A tokenizer for counting."""

    @property
    def model(self) -> SentenceTransformer:
        """The loaded model."""


class Vocabulary:
    """The pieces of an embedder's model: the multilingual encoder's, or those of its tokenizer, loaded when needed."""

    def __init__(self, embedder: Model) -> None:
        """Nothing is loaded yet. `embedder` may be a weak proxy: it holds this."""
        self._embedder = embedder
        self._words: dict[str, Floats] = {}

    def reads(self, text: str) -> bool:
        """Whether the model's vocabulary holds a text's words that are in no Latin script, so that its vector says them.

        The multilingual one's holds what it doesn't mark unknown. An English model's knows other scripts by the letter, if
        at all. Of the embedded one: of Chinese 79 % unknown pieces, of Japanese 10 % and a piece a letter, of Korean 2
        pieces a letter, of Russian .9; of English .23, of French .3.
        """
        other = " ".join(word for word in re.findall(r"[^\W\d_]+", text) if max(word) > "\u024f")
        parts = [" ".join(_HAN.findall(other)), _HAN.sub(" ", other)]
        pieces = self.ids(parts)
        unknown_id = self._embedder.e5.file.unk if self._embedder.e5 else self._embedder.tokenizer.unk_token_id
        unknown = sum(ids.count(unknown_id) for ids in pieces)
        if unknown > MOST_UNKNOWN * sum(map(len, pieces)):
            return False
        if self._embedder.e5:
            return True
        limits = (MOST_SPELLED_HAN, MOST_SPELLED)
        return all(
            len(ids) <= most * sum(map(str.isalpha, part)) for ids, most, part in zip(pieces, limits, parts, strict=True)
        )

    def has_whole(self, word: str) -> bool:
        """Whether a word, in small letters, is one piece of the model's vocabulary, so that it is no misspelling.

        The multilingual vocabulary parts even factory and quantity: there the English one counts as well. Of 4,000 English
        words that a library has not, but the like of which it has, 14 in 100 are in neither; of misspelt ones 99.
        """
        if self._embedder.e5:
            return len(self.ids([word])[0]) == 1 or word in _english()
        return len(self.ids([word])[0]) == 1

    def word_vectors(self, words: Sequence[str]) -> Floats:
        """Static vectors `(n, d)` of words, of length 1: the sum of their pieces in the model's input embedding.

        No pass through the model, so thousands take milliseconds; words of like meaning lie near one another.
        """
        known = self._words if len(self._words) < MOST_WORDS else {}
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            for word, ids in zip(new, self.ids(new), strict=True):
                summed = self._input(ids).sum(axis=0)
                known[word] = np.asarray(summed / max(float(np.linalg.norm(summed)), 1e-9), np.float32)
        self._words = known
        return np.stack([known[word] for word in words])

    def ids(self, texts: list[str]) -> list[list[int]]:
        """The texts' tokens, without special ones."""
        if not texts:
            return []
        if self._embedder.e5:
            return [found.ids for found in self._embedder.e5.tokenizer.encode_batch(texts, add_special_tokens=False)]
        ids: list[list[int]] = self._embedder.tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)[
            "input_ids"
        ]
        return ids

    def _input(self, ids: list[int]) -> Floats:
        """The model's input embedding `(n, d)` of these tokens, the mean taken out: what all words share says nothing."""
        if self._embedder.e5:
            return unpacked(self._embedder.e5.words[ids]) - self._mean_input
        return self._table[ids] - self._mean_input

    @cached_property
    def _table(self) -> Floats:
        """The model's input embedding `(vocabulary, d)`."""
        import torch

        transformer: Any = self._embedder.model[0]
        with torch.no_grad():
            vectors: Floats = transformer.auto_model.get_input_embeddings().weight.float().cpu().numpy()
        return vectors

    @cached_property
    def _mean_input(self) -> Floats:
        if self._embedder.e5:
            parts = np.array_split(self._embedder.e5.words, MEAN_PARTS)
            total = sum(unpacked(part).sum(axis=0, dtype=np.float64) for part in parts)
            return np.asarray(total / len(self._embedder.e5.words), np.float32)
        return np.asarray(self._table.mean(axis=0), np.float32)


@cache
def _english() -> frozenset[str]:
    """The vocabulary of all-MiniLM-L6-v2: some 30,000 pieces, most of them English words."""
    from tokenizers import Tokenizer

    vocabulary = Tokenizer.from_file(str(package_file(PACKAGE, "model/tokenizer.json"))).get_vocab()
    return frozenset(vocabulary)
