"""What a search may look at, made collections and document ids: the two things that vectors and keywords both know."""

from __future__ import annotations

import sqlalchemy as sa

from index.errors import SearchError
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
    query = sa.select(documents.c.id, shown, versions.c.date).select_from(joined)
    if filters.collections:
        query = query.where(documents.c.collection.in_(filters.collections))
    if filters.document_ids:
        query = query.where(documents.c.id.in_(filters.document_ids))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    for file in filters.files:
        if file not in {row.file for row in rows}:
            raise SearchError(f"there is no document {file} to search in: `quarry documents` lists them")
    ids = [
        row.id
        for row in rows
        if (not filters.files or row.file in filters.files) and _is_within(row.date, filters.since, filters.until)
    ]
    if not ids:
        raise SearchError(f"no document is dated from {filters.since or 'the first'} to {filters.until or 'the last'}")
    return Filters(filters.collections, tuple(dict.fromkeys(ids)))


def _is_within(date: str | None, since: str, until: str) -> bool:
    """Whether a date as precise as it is known, 2025 or 2025-03-20, may lie within two others, both included."""
    if not (since or until):
        return True
    if not date:
        return False
    return date[: len(since)] >= since[: len(date)] and date[: len(until)] <= until[: len(date)]
