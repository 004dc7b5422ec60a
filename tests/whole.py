"""What a library holds, told without ids and versions, so that two libraries can be compared; and that it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.library.library import Library
from index.search.search import search


class Near:
    """A vector that equals another up to the last bits: Chroma scales what it is given, also what it gave."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, vector: npt.NDArray[Any]) -> None:
        self.vector = vector

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Near) and bool(np.allclose(self.vector, other.vector, rtol=0.0, atol=1e-6))


def contents(library: Library, *queries: str) -> dict[str, Any]:
    """Documents with their files, chunks, keyword rows, sentences and vectors, and what is found for each query."""
    held = {}
    for document in library.documents():
        files = library.files(document_id=document.id)
        names = tuple(sorted((Path(file.folder).name, file.file) for file in files))
        chunks = library.chunks_of(document.id)
        ids = [chunk.id for chunk in chunks]
        found = library.store._collection.get(ids=ids, include=["embeddings"])
        vectors = dict(zip(found["ids"], np.asarray(found["embeddings"]), strict=True))
        own = library.sentences(ids)
        held[document.collection, names] = (
            (document.title, document.publisher, document.date, document.pages, document.text, document.content_hash),
            [(chunk.start, chunk.end, chunk.heading, chunk.header, chunk.page) for chunk in chunks],
            [keyword_row(library, id_) for id_ in ids],
            [(own[id_].spans, own[id_].vectors.tobytes()) for id_ in ids],
            [Near(vectors[id_]) for id_ in ids],
        )
    names_of = {document.id: names_of_document(library, document.id) for document in library.documents()}
    found_by = {
        query: [
            (names, start, Near(np.array([score])))
            for names, start, score in sorted(
                (names_of[hit.chunk.document_id], hit.chunk.start, hit.score) for hit in search(query, library, top_k=1000)
            )
        ]
        for query in queries
    }
    return {"documents": held, "hits": found_by}


def names_of_document(library: Library, document_id: str) -> tuple[str, ...]:
    return tuple(sorted(file.file for file in library.files(document_id=document_id)))


def keyword_row(library: Library, id_: str) -> tuple[str, ...]:
    query = "SELECT title, heading, text FROM keywords WHERE rowid = (SELECT row FROM chunks WHERE id = ?)"
    with library.engine.connect() as connection:
        return tuple(connection.exec_driver_sql(query, (id_,)).one())


def assert_whole(library: Library) -> None:
    """Nothing is without its owner, nothing is there twice, and every span holds."""
    with library.engine.connect() as connection:

        def rows(query: str) -> list[Any]:
            return sorted(tuple(row) for row in connection.exec_driver_sql(query).fetchall())

        current = rows("SELECT row FROM chunks")
        assert rows("SELECT rowid FROM keywords") == current
        assert rows("SELECT row FROM sentences") == current
        assert rows("SELECT id FROM chunks") == sorted((id_,) for id_ in library.store._collection.get()["ids"])
        assert library.store.count() == len(current)
        owned = "SELECT document_id, version FROM versions WHERE state = 'current'"
        assert rows("SELECT id, version FROM documents WHERE version IS NOT NULL") == rows(owned)
        assert set(rows("SELECT document_id, version FROM chunks")) <= set(rows(owned))
        assert rows("SELECT DISTINCT state FROM versions WHERE state NOT IN ('current', 'retired')") == []
        named = "SELECT DISTINCT document_id FROM files WHERE document_id IS NOT NULL"
        assert rows(named) == rows("SELECT id FROM documents WHERE version IS NOT NULL")
        assert rows("SELECT document_id FROM versions WHERE document_id NOT IN (SELECT id FROM documents)") == []
    for document in library.documents():
        assert document.file in names_of_document(library, document.id)
        for chunk in library.chunks_of(document.id):
            assert document.text[chunk.start : chunk.end] == chunk.text
