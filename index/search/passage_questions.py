"""Questions that chunks answer, written by a language model: one more way to be found, never shown or cited.

They are kept by the hash of the chunk's text, so a document that comes back, or moves, has them again. Their vectors are
searched exactly, in memory: at 4 questions a chunk, 10,000 chunks take 30 MB and some 20 ms.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from index.embedding.embedder import Vectors
from index.library.schema import chunks, documents, questions
from index.types import Chunk, Filters

if TYPE_CHECKING:
    from index.library.library import Library

BLOCK = 20_000
"""Questions multiplied at a time: they are kept at half precision."""


@dataclass(frozen=True, slots=True)
class _Matrix:
    """The chunks that have questions, and all questions' vectors `(n, d)`; `owner` `(n,)` says whose each is."""

    ids: tuple[str, ...]
    scopes: tuple[tuple[str, str], ...]
    owner: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]


def without_questions(library: Library, model: str) -> list[str]:
    """The ids of the chunks for which `model` wrote none yet, in order of document; of those with one text, the first."""
    written = sa.select(questions.c.hash).where(questions.c.model == model)
    query = sa.select(chunks.c.id, chunks.c.hash).where(chunks.c.hash.not_in(written)).order_by(chunks.c.row)
    with library.engine.connect() as connection:
        found = {row.hash: row.id for row in reversed(connection.execute(query).all())}
    return list(reversed(found.values()))


def add(library: Library, chunk: Chunk, model: str, texts: Sequence[str]) -> None:
    """Keep what `model` wrote for a chunk, with vectors; nothing is kept too, so that it isn't asked again."""
    vectors = library.embedder.encode_queries(list(texts)).astype(np.float16).tobytes() if texts else b""
    values = {"hash": chunk.hash, "model": model, "questions": json.dumps(texts, ensure_ascii=False), "vectors": vectors}
    with library.writing, library.engine.begin() as connection:
        connection.execute(sa.insert(questions).prefix_with("OR REPLACE").values(values))
    library.changes += 1


def by_questions(vector: Vectors, library: Library, filters: Filters) -> dict[str, float]:
    """For each chunk that has questions, the cosine of `vector` `(d,)` with the nearest, best first; mostly empty.

    Those of an outdated index are another embedder's, and not looked at.
    """
    if library.outdated:
        return {}
    matrix = _matrix(library, library.changes)
    if not matrix.ids:
        return {}
    blocks = [matrix.vectors[start : start + BLOCK] for start in range(0, len(matrix.vectors), BLOCK)]
    best = np.full(len(matrix.ids), -1.0, np.float32)
    np.maximum.at(best, matrix.owner, np.concatenate([block.astype(np.float32) @ vector for block in blocks]))
    return {matrix.ids[i]: float(best[i]) for i in np.argsort(-best, kind="stable") if _is_within(matrix.scopes[i], filters)}


def _is_within(scope: tuple[str, str], filters: Filters) -> bool:
    document_id, collection = scope
    return (not filters.document_ids or document_id in filters.document_ids) and (
        not filters.collections or collection in filters.collections
    )


@lru_cache(maxsize=2)
def _matrix(library: Library, changes: int) -> _Matrix:
    """What is in the database after so many changes: another one makes it be read again."""
    query = sa.select(chunks.c.id, chunks.c.document_id, documents.c.collection, questions.c.questions, questions.c.vectors)
    query = query.join_from(chunks, questions, chunks.c.hash == questions.c.hash)
    query = query.join(documents, documents.c.id == chunks.c.document_id).where(questions.c.vectors != b"")
    with library.engine.connect() as connection:
        if not connection.execute(sa.select(questions.c.hash).limit(1)).first():
            return _Matrix((), (), np.empty(0, np.int64), np.empty((0, 0), np.float16))
        rows = connection.execute(query.order_by(chunks.c.row)).all()
    own = [np.frombuffer(row.vectors, np.float16).reshape(len(json.loads(row.questions)), -1) for row in rows]
    return _Matrix(
        tuple(row.id for row in rows),
        tuple((row.document_id, row.collection) for row in rows),
        np.repeat(np.arange(len(rows)), [len(vectors) for vectors in own]),
        np.concatenate(own) if own else np.empty((0, 0), np.float16),
    )
