"""An index made anew from the stored texts, beside the old one: after a change of embedder, chunker or keywords.

The new vectors lie in a Chroma collection of their own, the rest in a data folder within the data folder. One transaction
makes it the index. Until then the old one stays as it is, and an interrupted run goes on where it was.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index.chunk import chunk
from index.embed import Embedder, Vectors
from index.erase import REINDEX
from index.errors import StoreError
from index.library import Library, made_by
from index.schema import documents, meta, open_database, questions
from index.settings import IndexSettings
from index.store import VectorStore
from index.texts import Key, Texts
from index.types import Sentences
from index.views import embedded_sentences, embedded_texts

BATCH = 64
"""Chunks, or chunks' questions, embedded at a time."""

QUESTIONS = "questions written for passages"

COPIES = (
    "DELETE FROM sentences",
    "DELETE FROM chunks",
    "DELETE FROM keywords",
    "DELETE FROM questions",
    "INSERT INTO chunks SELECT * FROM new.chunks",
    "INSERT INTO sentences SELECT * FROM new.sentences",
    "INSERT INTO questions SELECT * FROM new.questions",
    "INSERT INTO keywords (rowid, title, heading, text) SELECT rowid, title, heading, text FROM new.keywords",
)
"""What makes the new index the index; both databases were made by the same steps, so their columns are in one order."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """A document done: `number` of `total`, with its chunks, and some seconds that the rest will take."""

    file: str
    number: int
    total: int
    chunks: int
    seconds_left: float


def reindex(settings: IndexSettings, embedder: Embedder) -> Iterator[Reindexed]:
    """Make the index of a data folder anew with these settings; nothing is done where it is made with them already.

    The caller owns the data folder, and no library is open on it. The files themselves are not needed.

    Raises:
        StoreError: the data folder can't be written, or is full; the old index is as it was.
        ModelError: the embedder can't be loaded.
    """
    engine = open_database(settings.home)
    fingerprint, made = made_by(embedder, settings), _fingerprint(engine)
    try:
        if made not in (None, fingerprint):
            new = _begun(settings, embedder, str(made), fingerprint)
            try:
                yield from _build(engine, new)
                yield from _questions(engine, new)
            finally:
                new.close()
            _switch(engine, settings.home / REINDEX / "library.db", fingerprint)
            VectorStore(settings.home / "chroma", fingerprint).drop_others()
        shutil.rmtree(settings.home / REINDEX, ignore_errors=True)
    except (sa.exc.OperationalError, OSError) as error:
        reason = getattr(error, "orig", error)
        raise StoreError(
            f"the new index can't be written ({reason}); the old one is as it was: free some space and run "
            "`quarry reindex` again, it goes on where it stopped"
        ) from error
    finally:
        engine.dispose()


def _begun(settings: IndexSettings, embedder: Embedder, made: str, fingerprint: str) -> Library:
    """The new index as far as an earlier run came, or an empty one."""
    home = settings.home / REINDEX
    if home.exists():
        engine = open_database(home)
        begun = _fingerprint(engine)
        engine.dispose()
        if begun != fingerprint:
            shutil.rmtree(home)
    if not home.exists():
        VectorStore(settings.home / "chroma", made).drop_others()  # vectors of a run given up
    return Library(replace(settings, home=home), embedder, chroma=settings.home / "chroma")


def _build(engine: sa.Engine, new: Library) -> Iterator[Reindexed]:
    """Chunk, embed and store every current document that the new index lacks; what is no longer current leaves it."""
    texts = Texts(engine)
    current, done = _current(engine), _current(new.engine)
    for key in done.keys() - current.keys():
        new.remove(key[0])
    waiting = {key: folder for key, folder in current.items() if key not in done}
    sizes = {key: len(texts[key].text) for key in waiting}
    start, left = time.monotonic(), sum(sizes.values())
    for number, (key, folder) in enumerate(waiting.items(), len(current) - len(waiting) + 1):
        document = texts[key]
        chunks = chunk(document, new.embedder.count_tokens, new.chunk_tokens)
        vectors: list[Vectors] = []
        views: list[Sentences] = []
        for some in (chunks[at : at + BATCH] for at in range(0, len(chunks), BATCH)):
            vectors.append(new.embedder.encode_documents(embedded_texts(document, some, new.embedder)))
            views += embedded_sentences(document, some, new.embedder)
        if chunks:
            new.write(folder, document, chunks, np.concatenate(vectors), views)
        left -= sizes[key]
        pace = (time.monotonic() - start) / max(1, sum(sizes.values()) - left)
        yield Reindexed(document.file, number, len(current), len(chunks), pace * left)


def _questions(engine: sa.Engine, new: Library) -> Iterator[Reindexed]:
    """Embed again the questions that were written for chunks."""
    with engine.connect() as old, new.engine.connect() as begun:
        there = {(row.hash, row.model) for row in begun.execute(sa.select(questions.c.hash, questions.c.model))}
        rows = [row for row in old.execute(sa.select(questions)).all() if (row.hash, row.model) not in there]
    start = time.monotonic()
    for at in range(0, len(rows), BATCH):
        some = rows[at : at + BATCH]
        asked = [json.loads(row.questions) for row in some]
        values = []
        for row, own in zip(some, asked, strict=True):
            vectors = new.embedder.encode_queries(own).astype(np.float16).tobytes() if own else b""
            values.append({"hash": row.hash, "model": row.model, "questions": row.questions, "vectors": vectors})
        with new.engine.begin() as connection:
            connection.execute(sa.insert(questions), values)
        done = at + len(some)
        pace = (time.monotonic() - start) / done
        yield Reindexed(QUESTIONS, done, len(rows), 0, pace * (len(rows) - done))


def _switch(engine: sa.Engine, new: Path, fingerprint: str) -> None:
    """Make the new index the index, in one transaction of the data folder's database."""
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ? AS new", (str(new),))
        try:
            for statement in COPIES:
                connection.exec_driver_sql(statement)
            connection.execute(sa.update(meta).where(meta.c.key == "fingerprint").values(value=fingerprint))
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("DETACH DATABASE new")


def _current(engine: sa.Engine) -> dict[Key, str]:
    """The current versions, each with its document's ingested path, in order of path and file."""
    query = sa.select(documents).where(documents.c.version.is_not(None)).order_by(documents.c.folder, documents.c.file)
    with engine.connect() as connection:
        return {(row.id, row.version): row.folder for row in connection.execute(query)}


def _fingerprint(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        return connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar()
