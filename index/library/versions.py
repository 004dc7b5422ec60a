"""A document's versions in SQL: one is written beside the current one, one transaction puts it in its place, then it is
retired. Each function here is part of a transaction of the caller's; vectors are no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from index.library import keyword
from index.library.files import forget_files, heir, key, note_files, read_files, title_of
from index.library.schema import chunks as chunk_table
from index.library.schema import documents, versions
from index.library.schema import sentences as sentence_table
from index.types import Chunk, Document, Embedded, File


@dataclass(frozen=True, slots=True)
class Leaving:
    """A version whose vectors have to go: one never finished (`writing`), or one that was current (`retiring`)."""

    document_id: str
    version: int
    state: str


def next_number(connection: sa.Connection, document_id: str) -> int:
    """The number of the version that would be written next."""
    query = sa.select(sa.func.max(versions.c.version)).where(versions.c.document_id == document_id)
    return (connection.execute(query).scalar() or 0) + 1


def start(connection: sa.Connection, document: Document) -> None:
    """Write a version that is not current yet."""
    names = ("version", "title", "publisher", "date", "text", "content_hash")
    row = {name: getattr(document, name) for name in names} | {"document_id": document.id, "state": "writing"}
    row |= {"pages": json.dumps(document.pages), "written": datetime.now(UTC).isoformat(timespec="seconds")}
    connection.execute(sa.insert(versions).values(row))


def make_current(connection: sa.Connection, made: Embedded) -> None:
    """Put a version that was started in the place of the one that is current, with its chunks and their sentences."""
    document, chunks = made.document, made.chunks
    retire(connection, document.id)
    connection.execute(sa.delete(documents).where(documents.c.id == document.id))
    row = {name: getattr(document, name) for name in ("id", "collection", "file", "version")}
    connection.execute(sa.insert(documents).values(row | {"folder": made.file.folder}))
    connection.execute(sa.update(versions).where(_is(document.id, document.version)).values(state="current"))
    first = (connection.execute(sa.select(sa.func.max(chunk_table.c.row))).scalar() or 0) + 1
    rows = range(first, first + len(chunks))
    connection.execute(sa.insert(chunk_table), [_row(row, chunk) for row, chunk in zip(rows, chunks, strict=True)])
    connection.execute(
        sa.insert(sentence_table),
        [
            {"row": row, "spans": json.dumps(own.spans), "vectors": own.vectors.astype(np.float16).tobytes()}
            for row, own in zip(rows, made.sentences, strict=True)
        ],
    )
    keyword.add(connection, rows, chunks, document.title)


def set_hash(connection: sa.Connection, document: Document) -> None:
    """Note the hash of what the current version was read from, where reading it anew gave the same."""
    this = _is(document.id, document.version)
    connection.execute(sa.update(versions).where(this).values(content_hash=document.content_hash))


def retire(connection: sa.Connection, document_id: str) -> None:
    """Take the current version's chunks out; its text stays for the answers that cite it."""
    of_document = sa.select(chunk_table.c.row).where(chunk_table.c.document_id == document_id)
    rows = connection.execute(of_document).scalars().all()
    keyword.delete(connection, rows)
    connection.execute(sa.delete(sentence_table).where(sentence_table.c.row.in_(of_document)))
    connection.execute(sa.delete(chunk_table).where(chunk_table.c.document_id == document_id))
    current = sa.and_(versions.c.document_id == document_id, versions.c.state == "current")
    connection.execute(sa.update(versions).where(current).values(state="retiring"))


def remove(connection: sa.Connection, document_id: str) -> None:
    """Take a document out."""
    retire(connection, document_id)
    connection.execute(sa.update(documents).where(documents.c.id == document_id).values(version=None))


def set_files(
    connection: sa.Connection,
    note: Sequence[File] = (),
    forget: Sequence[File] = (),
    titles: Mapping[str, str] | None = None,
) -> bool:
    """Note and forget files, and see to the documents that they named before; whether there were any.

    One that no file names any more is taken out; one shown under such a file is shown under another that names it.
    `titles` says what it is called then, if it was called by its file's name; else the new file's name does.
    """
    left, forgotten = set(), set(forget)
    for file in (*note, *forget):
        for former in read_files(connection, folder=file.folder, file=file.file):
            if former.document_id and (file in forgotten or former.document_id != file.document_id):
                left.add(former.document_id)
    forget_files(connection, forget)
    note_files(connection, note)
    for document_id in left:
        _settle(connection, document_id, (titles or {}).get(document_id, ""))
    return bool(left)


def _settle(connection: sa.Connection, document_id: str, title: str) -> None:
    joined = sa.join(documents, versions, _is(documents.c.id, documents.c.version))
    columns = (documents.c.folder, documents.c.file, documents.c.version, versions.c.title)
    query = sa.select(*columns).select_from(joined).where(documents.c.id == document_id)
    own = connection.execute(query).one_or_none()
    names = read_files(connection, document_id=document_id)
    if own is None or (own.folder, own.file) in map(key, names):
        return
    if not names:
        remove(connection, document_id)
        return
    first = heir(names)
    this = documents.c.id == document_id
    connection.execute(sa.update(documents).where(this).values(folder=first.folder, file=first.file))
    if own.title == title_of(own.file):
        title = title or title_of(first.file)
        connection.execute(sa.update(versions).where(_is(document_id, own.version)).values(title=title))
        rows = connection.execute(sa.select(chunk_table.c.row).where(chunk_table.c.document_id == document_id))
        keyword.retitle(connection, rows.scalars().all(), title)


def leaving(connection: sa.Connection) -> list[Leaving]:
    """The versions whose vectors have to go."""
    query = sa.select(versions.c.document_id, versions.c.version, versions.c.state)
    rows = connection.execute(query.where(versions.c.state.in_(("writing", "retiring"))))
    return [Leaving(*row) for row in rows]


def left(connection: sa.Connection, one: Leaving) -> None:
    """Say that a version's vectors are gone: one never finished goes with them, the text of others stays."""
    this = _is(one.document_id, one.version)
    if one.state == "writing":
        connection.execute(sa.delete(versions).where(this))
    else:
        connection.execute(sa.update(versions).where(this).values(state="retired"))


def _is(document_id: Any, version: Any) -> sa.ColumnElement[bool]:
    return sa.and_(versions.c.document_id == document_id, versions.c.version == version)


def _row(row: int, chunk: Chunk) -> dict[str, Any]:
    names = ("id", "document_id", "version", "start", "end", "heading", "header", "page", "hash")
    return {"row": row} | {name: getattr(chunk, name) for name in names}
