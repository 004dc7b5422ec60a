"""Vectors that stay: a new version that differs in its date or publisher alone is not embedded again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embedding.embedder import Vectors
from index.library.library import Library
from index.types import Chunk, Document, Sentences


def known_vectors(
    library: Library, current: Document | None, document: Document, chunks: Sequence[Chunk]
) -> tuple[Vectors, list[Sentences]] | None:
    """The vectors `(n, d)` and sentences of `chunks`, as the current version has them; None where they would differ."""
    if current is None or (current.title, current.text) != (document.title, document.text):
        return None
    earlier = library.chunks_of(current.id)
    if list(map(_embedded, earlier)) != list(map(_embedded, chunks)):  # its pages begin elsewhere
        return None
    ids = [chunk.id for chunk in earlier]
    vectors, sentences = library.store.vectors(ids), library.sentences(ids)
    if not set(ids) <= vectors.keys() & sentences.keys():
        return None
    return np.stack([vectors[id_] for id_ in ids]), [sentences[id_] for id_ in ids]


def _embedded(chunk: Chunk) -> tuple[int, int, str, str]:
    return chunk.start, chunk.end, chunk.heading, chunk.header
