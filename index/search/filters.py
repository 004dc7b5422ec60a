"""What a search may look at, made collections and document ids: the two things that vectors and keywords both know."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from index.errors import SearchError
from index.library.files import whole_path
from index.library.listing import check_collections
from index.library.schema import documents, files, is_current, versions
from index.types import Filters


def narrowed(filters: Filters, engine: sa.Engine) -> Filters:
    """The same filters with files and dates made document ids.

    Raises:
        SearchError: a collection isn't there, a file is in none of those looked at, or no document is left.
    """
    if filters.collections:
        check_collections(engine, filters.collections)
    if not (filters.files or filters.since or filters.until):
        return filters
    joined = sa.join(documents, versions, is_current())
    joined = sa.outerjoin(joined, files, files.c.document_id == documents.c.id)  # copies: one document, several files
    shown = sa.func.coalesce(files.c.file, documents.c.file).label("file")
    folder = sa.func.coalesce(files.c.folder, documents.c.folder).label("folder")
    query = sa.select(documents.c.id, shown, folder, versions.c.date).select_from(joined)
    if filters.collections:
        query = query.where(documents.c.collection.in_(filters.collections))
    if filters.document_ids:
        query = query.where(documents.c.id.in_(filters.document_ids))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    chosen = {id_ for file in filters.files for id_ in _named(file, rows)}
    ids = [
        row.id
        for row in rows
        if (not filters.files or row.id in chosen) and _is_within(row.date, filters.since, filters.until)
    ]
    if not ids:
        raise SearchError(f"no document is dated from {filters.since or 'the first'} to {filters.until or 'the last'}")
    return Filters(filters.collections, tuple(dict.fromkeys(ids)))


def _named(name: str, rows: Sequence[sa.Row[Any]]) -> set[str]:
    """The ids of the documents that a file's name, path or whole path means, however its letters are composed.

    Raises:
        SearchError: there is none, or several files are called so.
    """
    name = unicodedata.normalize("NFC", name)
    places = {(row.folder, row.file): row.id for row in rows}
    whole = {place: unicodedata.normalize("NFC", whole_path(*place)) for place in places}
    for exact in (
        [place for place in places if unicodedata.normalize("NFC", place[1]) == name or whole[place] == name],
        [place for place in places if whole[place].endswith(f"/{name}")],
    ):
        ids = {places[place] for place in exact}
        if len(ids) > 1 and len({place[1] for place in exact}) > 1:
            raise SearchError(
                f"{name} may be any of {', '.join(sorted(whole[place] for place in exact))}: give one of these"
            )
        if ids:
            return ids
    raise SearchError(f"there is no document {name} to search in: `quarry documents` lists them")


def _is_within(date: str | None, since: str, until: str) -> bool:
    """Whether a date as precise as it is known, 2025 or 2025-03-20, may lie within two others, both included."""
    if not (since or until):
        return True
    if not date:
        return False
    return date[: len(since)] >= since[: len(date)] and date[: len(until)] <= until[: len(date)]
