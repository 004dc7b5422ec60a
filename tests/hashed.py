"""An embedder for tests where meaning doesn't matter: a text's vector is a function of its words, and nothing is loaded."""

from __future__ import annotations

import zlib

import numpy as np

from index.embedding.embedder import Embedder, Vectors


class Hashed(Embedder):
    """Vectors of hashed words. `passages` counts the passages and sentences embedded."""

    def __init__(self) -> None:
        super().__init__("embedded")
        self.e5 = None  # nothing is read either
        self.passages = 0

    def encode_documents(self, texts: list[str]) -> Vectors:
        self.passages += len(texts)
        return self.encode_queries(texts)

    def encode_query(self, text: str) -> Vectors:
        return self.encode_queries([text])[0]

    def encode_queries(self, texts: list[str]) -> Vectors:
        vectors = np.full((len(texts), 32), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.split():
                vector[zlib.crc32(word.encode()) % 32] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def word_vectors(self, words: object) -> Vectors:
        return self.encode_queries(list(words))  # type: ignore[call-overload]
