"""What the library holds and who serves it, read without opening the index: works beside a running owner."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from assistant.cli.expected import expectation, load_expected
from assistant.reading.evidence import answerable_from
from assistant.service.owner import find_owner
from assistant.settings import AssistantSettings
from index.errors import StoreError
from index.library.fingerprint import fingerprint_now
from index.library.schema import chunks, database_url, documents, folders, meta, versions
from index.settings import IndexSettings
from index.upkeep.reindex import share_done


def status(index: IndexSettings, assistant: AssistantSettings) -> dict[str, Any]:
    """Facts by name; `documents` is a list of objects. An empty data folder is no error.

    Raises:
        StoreError: the database is damaged.
    """
    owner = find_owner(index.home)
    measured = load_expected()
    found: dict[str, Any] = {
        "data folder": str(index.home),
        "served at": owner.address if owner else "nowhere",
        "embedder": index.embedder,
        "index": "nothing yet",
        "language model": assistant.llm_model or assistant.llm,
        "expect": expectation(assistant.llm, answerable_from(index.embedder), measured),
        "measured": {llm: asdict(counts) for llm, counts in measured.items()},
        "chunks": 0,
        "folders": [],
        "documents": [],
    }
    path = index.home / "library.db"
    if not path.exists():
        return found
    engine = sa.create_engine(database_url(index.home))
    try:
        with engine.connect() as connection:
            made = connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar()
            found["embedder"] = made or index.embedder
            if made:
                found["index"] = _state(made, index, served=owner is not None)
            found["chunks"] = connection.execute(sa.select(sa.func.count()).select_from(chunks)).scalar_one()
            found["folders"] = list(connection.execute(sa.select(folders.c.path)).scalars())
            names = ("file", "title", "publisher", "date", "version")
            query = (
                sa.select(documents.c.file, documents.c.version, versions.c.title, versions.c.publisher, versions.c.date)
                .join_from(
                    documents,
                    versions,
                    sa.and_(documents.c.id == versions.c.document_id, documents.c.version == versions.c.version),
                )
                .order_by(documents.c.file)
            )
            rows = connection.execute(query).all()
            found["documents"] = [{name: getattr(row, name) for name in names} for row in rows]
    except sa.exc.DatabaseError as error:
        raise StoreError(f"{path} can't be read ({error.orig}): it is damaged, or no database of Quarry's") from error
    finally:
        engine.dispose()
    return found


def _state(made: str, index: IndexSettings, *, served: bool) -> str:
    """Whether the index is the one that would be made now, and, if not, how far that is."""
    now = fingerprint_now(index)
    if not now:
        return f"whether it is of the embedder {index.embedder} shows once that is loaded"
    if made == now:
        return "up to date"
    done = f"{100 * share_done(index.home):.0f} % done"
    if served:
        return f"being made anew, {done}; until then passages are found by their words alone"
    cure = "`quarry serve` or `quarry reindex` makes it anew"
    return f"of an earlier embedder or chunker, so passages are found by their words alone: {cure} ({done})"
