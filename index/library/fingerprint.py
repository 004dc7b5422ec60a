"""What an index is made with: embedder, weights, chunker, keywords. One made otherwise is not searched by its vectors."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from index.embedding.embedder import PACKAGED, Embedder
from index.errors import IndexingError
from index.library.schema import documents, meta
from index.parsing.file import VERSION as READERS_VERSION
from index.passages import words
from index.passages.chunks import VERSION
from index.settings import IndexSettings


def made_by(embedder: Embedder, settings: IndexSettings) -> str:
    """What an index is made with: embedder, weights, library majors, chunker, keywords."""
    tokens = min(settings.chunk_tokens, embedder.passage_tokens)
    return f"{embedder.fingerprint} chunker {VERSION} of {tokens} tokens, words {words.VERSION}"


def fingerprint_now(settings: IndexSettings) -> str:
    """What an index would be made with; empty for embedders that say it only once they are loaded, or can't be."""
    if settings.embedder not in PACKAGED:
        return ""
    try:
        return made_by(Embedder(settings.embedder), settings)
    except IndexingError:
        return ""


def noted(engine: sa.Engine, fingerprint: str) -> str:
    """What the index of a database is made with, which a new one notes to be `fingerprint`."""
    with engine.begin() as connection:
        found = connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar()
        if found is None:
            connection.execute(sa.insert(meta).values(key="fingerprint", value=fingerprint))
    return str(found or fingerprint)


def is_read_anew(engine: sa.Engine) -> bool:
    """Whether an earlier version of the readers read what a database holds."""
    with engine.connect() as connection:
        read_by = connection.execute(sa.select(meta.c.value).where(meta.c.key == "readers")).scalar()
        current = sa.select(documents.c.id).where(documents.c.version.is_not(None)).limit(1)
        return read_by != str(READERS_VERSION) and connection.execute(current).scalar() is not None


def note_readers(engine: sa.Engine) -> None:
    """Remember that the present readers read what a database holds."""
    with engine.begin() as connection:
        noted = sa.insert(meta).prefix_with("OR REPLACE")
        connection.execute(noted.values(key="readers", value=str(READERS_VERSION)))


def otherwise(home: Path, made: str, fingerprint: str) -> str:
    """That the index in `home` is `made` otherwise than it would be now, and what to do."""
    return (
        f"the index in {home} was made by '{made}', but now it would be '{fingerprint}': "
        "`quarry reindex` makes it anew, or go back to the earlier settings"
    )
