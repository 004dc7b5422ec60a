"""An embedder that needs no model: a vector is the words of its text, hashed. `name` makes it another one."""

from __future__ import annotations

import re
import zlib

import numpy as np

from index.embedding.embedder import Embedder, Vectors


class SmallEmbedder(Embedder):
    """Texts that share words lie near one another; it records how many passages it was asked for."""

    def __init__(self, name: str = "small", dimensions: int = 64) -> None:
        super().__init__(name)
        self.dimensions = dimensions
        self.encoded = 0
        self.__dict__["fingerprint"] = f"{name} of {dimensions}"
        self.__dict__["passage_tokens"] = 226
        self.__dict__["max_tokens"] = 256

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def reads(self, text: str) -> bool:
        return True

    def word_vectors(self, words: list[str]) -> Vectors:  # type: ignore[override]
        return self._encode(list(words), is_query=True)

    def _encode(self, texts: list[str], *, is_query: bool, first: bool = False) -> Vectors:
        self.encoded += 0 if is_query else len(texts)
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                vector[zlib.crc32(f"{self.name}{word}".encode()) % self.dimensions] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
