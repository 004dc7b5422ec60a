"""The chunks of current versions, and their sentences, as read from SQL; their text is cut out of the documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from index.library.schema import chunks as chunk_table
from index.library.schema import sentences as sentence_table
from index.library.texts import Texts
from index.types import Chunk, Sentences

Rows = Sequence[sa.Row[Any]]


def with_ids(connection: sa.Connection, ids: Sequence[str]) -> Rows:
    """The rows of the chunks among `ids`, in no order."""
    return connection.execute(sa.select(chunk_table).where(chunk_table.c.id.in_(ids))).all()


def of_document(connection: sa.Connection, document_id: str) -> Rows:
    """The rows of a document's chunks, in order."""
    query = sa.select(chunk_table).where(chunk_table.c.document_id == document_id).order_by(chunk_table.c.start)
    return connection.execute(query).all()


def count(connection: sa.Connection) -> int:
    """The number of chunks."""
    return connection.execute(sa.select(sa.func.count()).select_from(chunk_table)).scalar_one()


def cut_out(rows: Rows, texts: Texts) -> list[Chunk]:
    """The chunks of rows; one whose document went meanwhile is left out."""
    documents = texts.read((row.document_id, row.version) for row in rows)
    found = []
    for row in rows:
        if document := documents.get((row.document_id, row.version)):
            text = document.text[row.start : row.end]
            own = Chunk(row.document_id, row.version, row.start, row.end, row.heading, row.page, text, row.header)
            found.append(own)
    return found


def sentences(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Sentences]:
    """The sentences of the chunks among `ids`, with their vectors."""
    query = sa.select(chunk_table.c.id, sentence_table.c.spans, sentence_table.c.vectors)
    query = query.join_from(chunk_table, sentence_table, chunk_table.c.row == sentence_table.c.row)
    found = {}
    for row in connection.execute(query.where(chunk_table.c.id.in_(ids))):
        spans = tuple((start, end) for start, end in json.loads(row.spans))
        vectors = np.frombuffer(row.vectors, np.float16).reshape(len(spans), -1)
        found[row.id] = Sentences(spans, vectors.astype(np.float32))
    return found
