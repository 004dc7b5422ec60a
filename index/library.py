"""The library: documents, their versions and chunks in SQL, their vectors in Chroma. SQL says what is current.

A new version is written beside the old one; one transaction makes it current; then the old one's vectors go. What an
interrupted change left behind is removed by `tidy` at the next start.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from index import keyword, words
from index.chunk import VERSION
from index.embed import Embedder, Vectors
from index.erase import finish
from index.errors import StoreError
from index.schema import chunks as chunk_table
from index.schema import documents, files, folders, is_current, meta, open_database, versions
from index.schema import sentences as sentence_table
from index.settings import IndexSettings
from index.store import VectorStore
from index.texts import Texts
from index.types import Chunk, Document, File, Sentences


@dataclass(frozen=True, slots=True)
class Folder:
    """A path that was ingested. `sample` ones leave when a person's own documents come."""

    path: str
    collection: str
    sample: bool
    questions: tuple[str, ...]


def made_by(embedder: Embedder, settings: IndexSettings) -> str:
    """What an index is made with: embedder, weights, library majors, chunker, keywords."""
    tokens = min(settings.chunk_tokens, embedder.passage_tokens)
    return f"{embedder.fingerprint} chunker {VERSION} of {tokens} tokens, words {words.VERSION}"


class Library:
    """An open data folder. One process at a time; its threads share it."""

    def __init__(self, settings: IndexSettings, embedder: Embedder, *, chroma: Path | None = None) -> None:
        """Opens or creates the data folder and tidies up. `chroma` is where vectors lie that lie elsewhere.

        Raises:
            StoreError: the folder can't be written, or was made with another embedder or chunk size.
            ModelError: the embedder can't be loaded, or reads too little.
        """
        self.settings = settings
        self.embedder = embedder
        self.chunk_tokens = min(settings.chunk_tokens, embedder.passage_tokens)
        """The longest chunk: what the settings say, or less where the embedder reads less."""
        self.engine = open_database(settings.home)
        self.fingerprint = made_by(embedder, settings)
        self._check_fingerprint(self.fingerprint)
        self.store = VectorStore(chroma or settings.home / "chroma", self.fingerprint)
        self._texts = Texts(self.engine)
        self.changes = 0
        """How often chunks or their questions have changed since the library was opened."""
        self.writing = threading.Lock()
        """Held by whoever changes the library, one ingest at a time; whatever thread ends an ingest releases it."""
        self.tidy()
        finish(self)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def folders(self) -> list[Folder]:
        """What was ingested, in order of path."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(folders).order_by(folders.c.path))
            return [Folder(row.path, row.collection, row.sample, tuple(json.loads(row.questions))) for row in rows]

    def add_folder(self, folder: Folder) -> None:
        """Remember an ingested path, or what is now known of it."""
        row = asdict(folder) | {"questions": json.dumps(folder.questions)}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(folders).where(folders.c.path == folder.path))
            connection.execute(sa.insert(folders).values(row))

    def remove_folder(self, path: str) -> None:
        """Remove an ingested path and all its documents."""
        for document in self.documents(folder=path):
            self.remove(document.id)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(folders).where(folders.c.path == path))

    def files(self, *, folder: str | None = None) -> list[File]:
        """The files of one ingested path or of all, in order of folder and file."""
        query = sa.select(files).order_by(files.c.folder, files.c.file)
        if folder is not None:
            query = query.where(files.c.folder == folder)
        with self.engine.connect() as connection:
            return [File(*row) for row in connection.execute(query)]

    def note_file(self, file: File) -> None:
        """Remember a file as it is now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.engine.begin() as connection:
            self._forget_file(connection, file.folder, file.file)
            connection.execute(sa.insert(files).values(asdict(file) | {"checked": now}))

    def forget_file(self, folder: str, file: str) -> None:
        """Remember a file no longer."""
        with self.engine.begin() as connection:
            self._forget_file(connection, folder, file)

    @staticmethod
    def _forget_file(connection: sa.Connection, folder: str, file: str) -> None:
        connection.execute(sa.delete(files).where(files.c.folder == folder, files.c.file == file))

    def documents(self, *, folder: str | None = None) -> list[Document]:
        """The current versions, in order of file, of one ingested path or of all."""
        joined = sa.join(documents, versions, is_current())
        query = sa.select(documents.c.id, documents.c.version).select_from(joined).order_by(documents.c.file)
        if folder is not None:
            query = query.where(documents.c.folder == folder)
        with self.engine.connect() as connection:
            keys = [(row.id, row.version) for row in connection.execute(query).all()]
        found = self._texts.read(keys)
        return [found[key] for key in keys if key in found]

    def current(self, document_id: str) -> Document | None:
        """The current version of a document; None where there is none."""
        with self.engine.connect() as connection:
            query = sa.select(documents.c.version).where(documents.c.id == document_id)
            version = connection.execute(query).scalar()
        return None if version is None else self.document(document_id, version)

    def document(self, document_id: str, version: int) -> Document:
        """A version of a document, current or not.

        Raises:
            StoreError: there is no such version.
        """
        return self._texts[document_id, version]

    def forget_texts(self, document_ids: Sequence[str]) -> None:
        """Keep nothing in memory of documents that were erased."""
        self._texts.forget(document_ids)
        self.changes += 1

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks of current versions among `ids`; ids of older versions are left out."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(chunk_table).where(chunk_table.c.id.in_(ids))).all()
        return {chunk.id: chunk for chunk in self._chunks(rows)}

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """All chunks of a document's current version, in order."""
        query = sa.select(chunk_table).where(chunk_table.c.document_id == document_id).order_by(chunk_table.c.start)
        with self.engine.connect() as connection:
            return self._chunks(connection.execute(query).all())

    def sentences(self, ids: Sequence[str]) -> dict[str, Sentences]:
        """The sentences of the chunks of current versions among `ids`, with their vectors."""
        query = sa.select(chunk_table.c.id, sentence_table.c.spans, sentence_table.c.vectors)
        query = query.join_from(chunk_table, sentence_table, chunk_table.c.row == sentence_table.c.row)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(chunk_table.c.id.in_(ids))).all()
        found = {}
        for row in rows:
            spans = tuple((start, end) for start, end in json.loads(row.spans))
            vectors = np.frombuffer(row.vectors, np.float16).reshape(len(spans), -1)
            found[row.id] = Sentences(spans, vectors.astype(np.float32))
        return found

    def count_chunks(self) -> int:
        """The number of chunks of current versions."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(chunk_table)).scalar_one()

    def next_version(self, document_id: str) -> int:
        """The number of the version that would be written next."""
        with self.engine.connect() as connection:
            query = sa.select(sa.func.max(versions.c.version)).where(versions.c.document_id == document_id)
            return (connection.execute(query).scalar() or 0) + 1

    def write(
        self,
        folder: str,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        sentences: Sequence[Sentences],
    ) -> None:
        """Store a new version with its chunks, their vectors `(n, d)` and sentences, and make it the current one."""
        version = {name: getattr(document, name) for name in ("version", "title", "publisher", "date", "text")}
        version |= {"document_id": document.id, "pages": json.dumps(document.pages), "state": "writing"}
        version["written"] = datetime.now(UTC).isoformat(timespec="seconds")
        with self.engine.begin() as connection:
            connection.execute(sa.insert(versions).values(version | {"content_hash": document.content_hash}))
        self.store.add(chunks, vectors, document.collection)
        with self.engine.begin() as connection:
            _retire(connection, document.id)
            connection.execute(sa.delete(documents).where(documents.c.id == document.id))
            connection.execute(
                sa.insert(documents).values(
                    id=document.id,
                    folder=folder,
                    collection=document.collection,
                    file=document.file,
                    version=document.version,
                )
            )
            connection.execute(
                sa.update(versions)
                .where(versions.c.document_id == document.id, versions.c.version == document.version)
                .values(state="current")
            )
            first = (connection.execute(sa.select(sa.func.max(chunk_table.c.row))).scalar() or 0) + 1
            rows = range(first, first + len(chunks))
            connection.execute(sa.insert(chunk_table), [_row(row, chunk) for row, chunk in zip(rows, chunks, strict=True)])
            connection.execute(
                sa.insert(sentence_table),
                [
                    {"row": row, "spans": json.dumps(own.spans), "vectors": own.vectors.astype(np.float16).tobytes()}
                    for row, own in zip(rows, sentences, strict=True)
                ],
            )
            keyword.add(connection, rows, chunks, document.title)
        self.changes += 1
        self.tidy()

    def remove(self, document_id: str) -> None:
        """Take a document out of every search. Its text stays for the answers that cite it."""
        with self.engine.begin() as connection:
            _retire(connection, document_id)
            connection.execute(sa.update(documents).where(documents.c.id == document_id).values(version=None))
        self.changes += 1
        self.tidy()

    def tidy(self) -> None:
        """Remove the vectors of versions that are no longer current, and all of a version never finished."""
        leaving = sa.select(versions.c.document_id, versions.c.version, versions.c.state)
        with self.engine.connect() as connection:
            rows = connection.execute(leaving.where(versions.c.state.in_(("writing", "retiring")))).all()
        for row in rows:
            self.store.delete(row.document_id, row.version)
            this = sa.and_(versions.c.document_id == row.document_id, versions.c.version == row.version)
            with self.engine.begin() as connection:
                if row.state == "writing":
                    connection.execute(sa.delete(versions).where(this))
                else:
                    connection.execute(sa.update(versions).where(this).values(state="retired"))

    def _chunks(self, rows: Sequence[sa.Row[Any]]) -> list[Chunk]:
        """The chunks of rows; one whose document went meanwhile is left out."""
        texts = self._texts.read((row.document_id, row.version) for row in rows)
        found = []
        for row in rows:
            if document := texts.get((row.document_id, row.version)):
                text = document.text[row.start : row.end]
                own = Chunk(row.document_id, row.version, row.start, row.end, row.heading, row.page, text, row.header)
                found.append(own)
        return found

    def _check_fingerprint(self, fingerprint: str) -> None:
        with self.engine.begin() as connection:
            made = connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar()
            if made is None:
                connection.execute(sa.insert(meta).values(key="fingerprint", value=fingerprint))
        if made not in (None, fingerprint):
            raise StoreError(
                f"the index in {self.settings.home} was made by '{made}', but now it would be '{fingerprint}': "
                "`quarry reindex` makes it anew, or go back to the earlier settings"
            )


def _retire(connection: sa.Connection, document_id: str) -> None:
    """Take the current version's chunks out of SQL; its vectors go in `tidy`."""
    rows = connection.execute(sa.select(chunk_table.c.row).where(chunk_table.c.document_id == document_id)).scalars().all()
    keyword.delete(connection, rows)
    of_document = sa.select(chunk_table.c.row).where(chunk_table.c.document_id == document_id)
    connection.execute(sa.delete(sentence_table).where(sentence_table.c.row.in_(of_document)))
    connection.execute(sa.delete(chunk_table).where(chunk_table.c.document_id == document_id))
    connection.execute(
        sa.update(versions)
        .where(versions.c.document_id == document_id, versions.c.state == "current")
        .values(state="retiring")
    )


def _row(row: int, chunk: Chunk) -> dict[str, Any]:
    names = ("id", "document_id", "version", "start", "end", "heading", "header", "page", "hash")
    return {"row": row} | {name: getattr(chunk, name) for name in names}
