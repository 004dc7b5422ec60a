"""A query in, chunks out, best first: vectors and keywords, fused. Every caller searches through `search`."""

from __future__ import annotations

from collections.abc import Sequence

from index import keyword
from index.library import Library
from index.types import Filters, Hit

POOL = 50
"""How many chunks each of the two rankings contributes at least before they are fused."""

Ranking = Sequence[tuple[str, float]]
"""Chunk ids with scores, best first."""


def search(query: str, library: Library, *, top_k: int | None = None, filters: Filters | None = None) -> list[Hit]:
    """The chunks of current versions that fit `query` best, at most `top_k` (by default the settings'), best first."""
    top_k = top_k or library.settings.top_k
    pool = max(POOL, top_k)
    vectors = by_vectors(query, library, pool, filters or Filters())
    keywords = by_keywords(query, library, pool, filters or Filters())
    fused = fuse(vectors, keywords, library.settings.vector_weight)
    chunks = library.chunks([id_ for id_, _ in fused])
    similarity = dict(vectors)
    hits = [Hit(chunks[id_], score, similarity.get(id_)) for id_, score in fused if id_ in chunks]
    return hits[:top_k]


def by_vectors(query: str, library: Library, top_k: int, filters: Filters) -> Ranking:
    """Chunk ids with their cosines, best first."""
    vector = library.embedder.encode_query(query)
    scope = {"collections": filters.collections, "document_ids": filters.document_ids}
    return library.store.nearest(vector, top_k, **scope)


def by_keywords(query: str, library: Library, top_k: int, filters: Filters) -> Ranking:
    """Chunk ids with their BM25 scores, best first; only chunks that hold a word of the query."""
    scope = {"collections": filters.collections, "document_ids": filters.document_ids}
    with library.engine.connect() as connection:
        return keyword.search(connection, query, top_k, **scope)


def fuse(vectors: Ranking, keywords: Ranking, vector_weight: float) -> list[tuple[str, float]]:
    """Min-max weighted sum of two rankings, best first; a chunk that one of them lacks gets nothing from it."""
    first, second = _normalised(vectors), _normalised(keywords)
    ids = list(dict.fromkeys([*first, *second]))
    scores = {id_: vector_weight * first.get(id_, 0) + (1 - vector_weight) * second.get(id_, 0) for id_ in ids}
    return sorted(scores.items(), key=lambda item: -item[1])


def _normalised(ranking: Ranking) -> dict[str, float]:
    """Scores moved to [0, 1], the best at 1; where all are equal, all are 1."""
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    low, high = min(scores), max(scores)
    return {id_: (score - low) / (high - low) if high > low else 1.0 for id_, score in ranking}
