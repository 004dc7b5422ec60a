"""Erased text gone from the bytes of both stores too: what databases keep of deleted rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from index.embedding.vector_store import VectorStore
from index.errors import StoreError
from index.library.schema import versions

REINDEX = "reindex"
"""The folder, in the data folder, where a new index is built; it holds copies of the texts."""


def wipe(engine: sa.Engine, store: VectorStore, home: Path) -> None:
    """Wipe what is marked as to be erased, if anything is; also called where a library is opened.

    Raises:
        StoreError: the bytes can't be wiped now, as on a full disk; the next start tries again.
    """
    marked = versions.c.state == "erasing"
    with engine.connect() as connection:
        ids = connection.execute(sa.select(versions.c.document_id).where(marked).distinct()).scalars().all()
    if not ids:
        return
    shutil.rmtree(home / REINDEX, ignore_errors=True)
    for id_ in ids:
        store.delete(id_)
    store.rewrite()
    _rewrite(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(versions).where(marked).values(state="erased"))


def _rewrite(engine: sa.Engine) -> None:
    """Rewrite the keyword index and the database, so that the bytes of deleted rows are in no file."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("INSERT INTO keywords(keywords) VALUES ('optimize')")
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    except sa.exc.OperationalError as error:
        raise StoreError(_unwiped(str(error.orig))) from error
    if busy:
        raise StoreError(_unwiped("another program reads it"))


def _unwiped(reason: str) -> str:
    return (
        "the text is out of the library, but its bytes can't be wiped from the database yet "
        f"({reason}): mend that, and run any quarry command"
    )
