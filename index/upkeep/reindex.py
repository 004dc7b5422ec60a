"""An index made anew from the stored texts, beside the old one: after a change of embedder, chunker or keywords.

The new vectors lie in a Chroma collection of their own, the rest in a data folder within the data folder. One transaction
makes it the index. Until then the old one stays as it is, searched by keywords alone, and an interrupted run goes on where
it was.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index.embedding.embedder import Embedder
from index.errors import StoreError
from index.ingest.batches import Batch, Batches
from index.library.library import Library
from index.library.schema import documents, meta, open_database, questions
from index.library.texts import Key, Texts
from index.library.wipe import REINDEX
from index.passages.chunks import chunk
from index.settings import IndexSettings
from index.types import Document, File

BATCH = 64
"""Chunks' questions embedded at a time."""

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
    """A document done, or on the way through a long one: `number` of `total`, and some seconds that the rest will take.

    `chunks` are its own once it is done, 0 until then. `share` is how much of the texts is done, in [0, 1].
    """

    file: str
    number: int
    total: int
    chunks: int
    seconds_left: float
    share: float = 1.0


def reindex(settings: IndexSettings, embedder: Embedder) -> Iterator[Reindexed]:
    """Make the index of a data folder anew with these settings; nothing is done where it is made with them already.

    The caller owns the data folder, and no library is open on it.

    Raises:
        StoreError: the data folder can't be written, or is full; the old index is as it was.
        ModelError: the embedder can't be loaded.
    """
    library = Library(settings, embedder, outdated=True)
    try:
        yield from renew(library)
    finally:
        library.close()


def renew(library: Library) -> Iterator[Reindexed]:
    """Make the index of an open library anew where it is outdated, and search by its vectors from then on.

    Questions are answered meanwhile; its documents may not change, its `writing` is held but for moments. The files
    themselves are not needed.

    Raises:
        StoreError: the data folder can't be written, or is full; the old index is as it was.
        ModelError: the embedder can't be loaded.
    """
    place = library.settings.home / REINDEX
    if not library.outdated and not place.exists():
        return
    try:
        if library.outdated:
            new = _begun(library, place)
            try:
                yield from _build(library, new)
                yield from _questions(library.engine, new)
            finally:
                new.close()
            with library.writing:
                _switch(library.engine, place / "library.db", library.fingerprint)
                library.renewed()
        with library.writing:
            library.store.drop_others()
            shutil.rmtree(place, ignore_errors=True)
    except (sa.exc.OperationalError, OSError) as error:
        reason = getattr(error, "orig", error)
        raise StoreError(
            f"the new index can't be written ({reason}); the old one is as it was: free some space and run "
            "`quarry reindex` again, it goes on where it stopped"
        ) from error


def is_left(home: Path) -> bool:
    """Whether a new index was begun in this data folder, and not finished or not cleared away."""
    return (home / REINDEX).exists()


def share_done(home: Path) -> float:
    """How much of the new index is there, in [0, 1], by the length of its chunks; may be asked beside whoever makes it."""
    old, new = _length(home / "library.db"), _length(home / REINDEX / "library.db")
    return min(1.0, new / old) if old else 1.0


def _length(path: Path) -> int:
    """Characters of all chunks in a database; none where there is no database yet."""
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            return int(database.execute('SELECT coalesce(sum("end" - start), 0) FROM chunks').fetchone()[0])
    except sqlite3.Error:  # its tables are being made
        return 0


def _begun(library: Library, place: Path) -> Library:
    """The new index as far as an earlier run came, or an empty one."""
    if place.exists():
        engine = open_database(place)
        begun = _fingerprint(engine)
        engine.dispose()
        if begun != library.fingerprint:
            shutil.rmtree(place)
    with library.writing:
        if not place.exists():
            library.store.drop_others()  # vectors of a run given up
        settings = replace(library.settings, home=place)
        return Library(settings, library.embedder, chroma=library.settings.home / "chroma")


def _build(library: Library, new: Library) -> Iterator[Reindexed]:
    """Chunk, embed and store every current document that the new index lacks; what is no longer current leaves it."""
    texts = Texts(library.engine)
    current, done = _current(library.engine), _current(new.engine)
    for key in done.keys() - current.keys():
        with library.writing:
            new.remove(key[0])
    waiting = {key: folder for key, folder in current.items() if key not in done}
    sizes = {key: len(texts[key].text) for key in current}
    whole, length = sum(sizes.values()), sum(sizes[key] for key in waiting)
    start, left = time.monotonic(), float(length)

    def reported(document: Document, number: int, chunks: int, left: float) -> Reindexed:
        pace = (time.monotonic() - start) / max(1.0, length - left)
        return Reindexed(document.file, number, len(current), chunks, pace * left, 1.0 - left / max(1, whole))

    number = len(current) - len(waiting)
    with Batches(new.embedder) as batches:

        def embedded() -> Iterator[Batch]:
            for key, folder in waiting.items():
                document = texts[key]
                chunks = chunk(document, new.embedder.count_tokens, new.chunk_tokens)
                yield from batches.add(document, chunks, File(folder, document.file, document.id))
            yield from batches.rest()

        for batch in embedded():
            if batch.whole:
                with library.writing:
                    new.write(batch.whole)
            for made in batch.whole:
                number, left = number + 1, left - sizes[_key(made.document)]
                yield reported(made.document, number, len(made.chunks), left)
            if batch.part:
                share = batch.done / batch.total
                yield reported(batch.part, number + 1, 0, left - sizes[_key(batch.part)] * share)


def _key(document: Document) -> Key:
    return document.id, document.version


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
