"""What the library holds, by file and by collection, for people to read. Only SQL: no model, no vectors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from index.errors import IndexingError, SearchError
from index.library.schema import chunks, documents, files, folders, is_current, versions

State = Literal["current", "same", "failed", "removed"]

EXCLUDED = "removed by you on "
"""How the reason of a file begins that a person took out: an ingest of its folder passes it over."""


LONGEST_NAME = 100
"""Characters of a collection's name."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of an ingested folder with its document.

    `state` is current, same (another file of this content is the document), failed or removed, with a `reason`; a failed
    file may still have a document, of an earlier content.
    """

    file: str
    folder: str
    collection: str
    state: State
    reason: str
    title: str
    date: str | None
    pages: int
    chunks: int
    version: int | None
    document_id: str | None
    sample: bool = False
    """Whether it leaves when a person's own documents come."""


@dataclass(frozen=True, slots=True)
class ListedCollection:
    """A collection with its numbers of current documents and of their chunks."""

    collection: str
    documents: int
    chunks: int


def listed_files(engine: sa.Engine, collection: str = "") -> list[ListedFile]:
    """The files of all folders or of one collection, in order of folder and file.

    Raises:
        SearchError: there is no such collection.
    """
    if collection:
        check_collections(engine, [collection])
    count = sa.select(sa.func.count()).where(chunks.c.document_id == documents.c.id).scalar_subquery()
    own = (versions.c.title, versions.c.date, versions.c.pages, documents.c.version, documents.c.id, count.label("chunks"))
    first = (documents.c.folder.label("first_folder"), documents.c.file.label("first_file"))
    joined = sa.outerjoin(files, folders, folders.c.path == files.c.folder)
    joined = joined.outerjoin(documents, documents.c.id == files.c.document_id).outerjoin(versions, is_current())
    within = sa.func.coalesce(documents.c.collection, folders.c.collection, "").label("within")
    columns = (files.c.folder, files.c.file, files.c.reason, within, folders.c.sample)
    query = sa.select(*columns, *own, *first).select_from(joined)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(files.c.folder, files.c.file)).all()
    return [_listed(row) for row in rows if collection in ("", row.within)]


def listed_collections(engine: sa.Engine) -> list[ListedCollection]:
    """All collections, those of folders without a readable file too, in order of name."""
    number = sa.select(documents.c.collection, sa.func.count().label("n")).where(documents.c.version.is_not(None))
    inside = sa.select(documents.c.collection, sa.func.count().label("n")).join_from(
        documents, chunks, chunks.c.document_id == documents.c.id
    )
    with engine.connect() as connection:
        of_documents = {row.collection: row.n for row in connection.execute(number.group_by(documents.c.collection))}
        of_chunks = {row.collection: row.n for row in connection.execute(inside.group_by(documents.c.collection))}
        names = set(of_documents) | set(connection.execute(sa.select(folders.c.collection)).scalars())
    return [ListedCollection(name, of_documents.get(name, 0), of_chunks.get(name, 0)) for name in sorted(names)]


def check_collections(engine: sa.Engine, names: Iterable[str]) -> None:
    """Returns if these collections are all there.

    Raises:
        SearchError: one is not; the message names those that are.
    """
    known = [one.collection for one in listed_collections(engine)]
    if unknown := [name for name in names if name not in known]:
        there = f"there are {', '.join(known)}" if known else "nothing was ingested yet"
        raise SearchError(f"there is no collection {unknown[0]!r}: {there}")


def check_name(collection: str) -> None:
    """Returns if a collection may be called so.

    Raises:
        IndexingError: the name is empty, too long, or no plain text.
    """
    if not 0 < len(collection) <= LONGEST_NAME or not collection.isprintable() or collection != collection.strip():
        raise IndexingError(
            f"a collection can't be called {collection[:LONGEST_NAME]!r}: give 1 to {LONGEST_NAME} characters on one line, "
            "without blanks around them; nothing was changed"
        )


def _listed(row: sa.Row[tuple[object, ...]]) -> ListedFile:
    state: State = "current"
    reason = row.reason
    if reason:
        state = "removed" if reason.startswith(EXCLUDED) else "failed"
    elif row.first_file is not None and (row.first_folder, row.first_file) != (row.folder, row.file):
        state, reason = "same", f"same content as {row.first_file}"
    pages = len(json.loads(row.pages)) if row.pages else 0
    facts = (row.title or "", row.date, pages, row.chunks or 0, row.version, row.id, bool(row.sample))
    return ListedFile(row.file, row.folder, row.within, state, reason, *facts)
