"""A query in, chunks out, best first: vectors and keywords, fused. Every caller searches through `search`.

Where the index is outdated, its vectors are another embedder's and have no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice

import numpy as np

from index.embedding.embedder import Vectors
from index.library import keyword
from index.library.files import heir
from index.library.library import Library
from index.passages.words import words
from index.search.filters import narrowed
from index.search.passage_questions import by_questions
from index.types import Chunk, Filters, Hit

POOL = 50
"""How many chunks each of the two rankings contributes at least before they are fused."""

SENTENCE_VIEW = 1.0
"""What the cosine of a chunk's best sentence (or question) counts beside its own, which counts 1."""

SLOPE, LEAST, MOST = 1.5, 0.3, 0.7
"""How the weight of the vectors follows the query, and its bounds; see `vector_weight`."""

EARLIER = 1 / 3
"""What an earlier question of the conversation counts beside the query, which counts 1, in vectors and keywords alike."""

Ranking = Sequence[tuple[str, float]]
"""Chunk ids with scores, best first."""

AS_GOOD = 0.001
"""Scores of copies that differ by less are equal: vectors differ in their last bits where they were used again."""


def search(
    query: str,
    library: Library,
    *,
    top_k: int | None = None,
    filters: Filters | None = None,
    context: Sequence[str] = (),
) -> list[Hit]:
    """The chunks of current versions that fit `query` best, at most `top_k` (by default the settings'), best first.

    `context` are the conversation's earlier questions, which count as `EARLIER` says.

    Raises:
        SearchError: the filters name a document that isn't there, or leave none.
    """
    top_k = top_k or library.settings.top_k
    filters = narrowed(filters or Filters(), library.engine)
    fused, chunks, similarity = candidates(query, library, max(POOL, top_k), filters, context)
    best = without_copies(fused, chunks, library)[:top_k]
    return [Hit(chunks[id_], score, similarity.get(id_, 0.0)) for id_, score in best]


def candidates(
    query: str, library: Library, pool: int, filters: Filters, context: Sequence[str] = ()
) -> tuple[Ranking, dict[str, Chunk], dict[str, float]]:
    """The first `pool` chunks of each ranking by their fused scores, best first; the chunks by id; and their cosines.

    An outdated index has but one ranking, and no cosines.
    """
    own = by_keywords(query, library, pool, filters)
    earlier = by_keywords(earlier_words(query, context), library, pool, filters)
    keywords = with_earlier(own, earlier)[:pool]
    if library.outdated:
        chunks = library.chunks([id_ for id_, _ in keywords])
        return fuse((), [found for found in keywords if found[0] in chunks], 0.0), chunks, {}
    vector = query_vector(query, context, library)
    vectors = _nearest(vector, library, pool, filters)
    asked = by_questions(vector, library, filters)
    chunks = library.chunks(list(dict.fromkeys([*(id_ for id_, _ in (*vectors, *keywords)), *islice(asked, pool)])))
    similarity = library.store.similarities(vector, list(chunks))
    views = by_views(vector, similarity, library, asked)
    weight = vector_weight(query, own, library)
    return fuse(views[:pool], [found for found in keywords if found[0] in chunks], weight), chunks, similarity


def by_views(
    vector: Vectors, similarity: Mapping[str, float], library: Library, asked: Mapping[str, float] | None = None
) -> Ranking:
    """The chunks of `similarity` by their own cosine and that of their best sentence or question, best first.

    `asked` holds the cosines of the questions that chunks answer, for chunks that have any.
    """
    best = {id_: float(max(own.vectors @ vector, default=0.0)) for id_, own in library.sentences(list(similarity)).items()}
    for id_, cosine in (asked or {}).items():
        best[id_] = max(best.get(id_, cosine), cosine)
    scores = {id_: cosine + SENTENCE_VIEW * best.get(id_, cosine) for id_, cosine in similarity.items()}
    return sorted(scores.items(), key=lambda item: -item[1])


def vector_weight(query: str, keywords: Ranking, library: Library) -> float:
    """The vectors' part in the fused score: the more of the query's rare words one chunk holds, the smaller.

    It falls with the best BM25 score's share of what it could be at most. The line was fitted on the open halves of
    five sets (ARCHITECTURE.md).
    """
    with library.engine.connect() as connection:
        bound = keyword.upper_bound(connection, query)
    share = keywords[0][1] / bound if keywords and bound else 0.0
    return min(MOST, max(LEAST, 1.0 - SLOPE * share))


def query_vector(query: str, context: Sequence[str], library: Library) -> Vectors:
    """The query's vector with those of the earlier questions, of length 1."""
    vector = library.embedder.encode_query(query)
    for text in context:
        vector = vector + EARLIER * library.embedder.encode_query(text)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def earlier_words(query: str, context: Sequence[str]) -> str:
    """The words of the earlier questions that the query lacks."""
    own = words(query)
    return " ".join(dict.fromkeys(word for text in context for word in words(text) if word not in own))


def with_earlier(own: Ranking, earlier: Ranking) -> Ranking:
    """The query's keyword ranking, the scores for the earlier questions' words added in part, best first."""
    scores = dict(own)
    for id_, score in earlier:
        scores[id_] = scores.get(id_, 0.0) + EARLIER * score
    return sorted(scores.items(), key=lambda item: -item[1])


def by_vectors(query: str, library: Library, top_k: int, filters: Filters) -> Ranking:
    """Chunk ids with their cosines, best first."""
    return _nearest(library.embedder.encode_query(query), library, top_k, filters)


def _nearest(vector: Vectors, library: Library, top_k: int, filters: Filters) -> Ranking:
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


def without_copies(ranking: Ranking, chunks: Mapping[str, Chunk], library: Library) -> list[tuple[str, float]]:
    """The ranking with one only of chunks of the same text: a document stored under two names fills no places.

    It is the best, or of several as good that of the file whose name comes first, however the index came about.
    """

    @cache
    def shown_under(document_id: str) -> tuple[str, ...]:
        files = library.files(document_id=document_id)
        return (heir(files).file, heir(files).folder) if files else ()

    def place(id_: str) -> tuple[tuple[str, ...], int]:
        return shown_under(chunks[id_].document_id), chunks[id_].start

    same: dict[str, list[tuple[str, float]]] = {}
    for id_, score in ranking:
        same.setdefault(chunks[id_].text, []).append((id_, score))
    best = []
    for found in same.values():
        top, score = found[0]
        as_good = [id_ for id_, other in found if other >= score - AS_GOOD]
        best.append((min(as_good, key=place) if len(as_good) > 1 else top, score))
    return best


def _normalised(ranking: Ranking) -> dict[str, float]:
    """Scores moved to [0, 1], the best at 1; where all are equal, all are 1."""
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    low, high = min(scores), max(scores)
    return {id_: (score - low) / (high - low) if high > low else 1.0 for id_, score in ranking}
