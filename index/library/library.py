"""The library: documents, their versions and chunks in SQL, their vectors in Chroma. SQL says what is current.

A new version is written beside the old one; one transaction makes it current; then the old one's vectors go. What an
interrupted change left behind is removed by `tidy` at the next start.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from index.embedding.embedder import PACKAGED, Embedder, Vectors
from index.embedding.vector_store import VectorStore
from index.embedding.views import embedded
from index.errors import IndexingError, StoreError, unwritable
from index.library import chunk_rows, versions
from index.library.erase import finish
from index.library.files import (
    Folder,
    forget_files,
    forget_folder,
    note_files,
    note_folder,
    read_files,
    read_folders,
)
from index.library.schema import documents, is_current, meta, open_database
from index.library.schema import versions as version_table
from index.library.texts import Texts
from index.parsing.file import reader_of
from index.passages import words
from index.passages.chunks import VERSION
from index.settings import IndexSettings
from index.types import Chunk, Document, File, Sentences

MOST_EMBEDDED = 64
"""Chunks whose sentences are embedded while one waits for them: some 4 seconds on two cores."""


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


class Library:
    """An open data folder. One process at a time; its threads share it."""

    def __init__(
        self, settings: IndexSettings, embedder: Embedder, *, chroma: Path | None = None, outdated: bool = False
    ) -> None:
        """Opens or creates the data folder and tidies up. `chroma` is where vectors lie that lie elsewhere.

        An index made with another embedder, chunk size or keywords is opened only where it may be `outdated`.

        Raises:
            StoreError: the folder can't be written, or was made otherwise and may not be outdated.
            ModelError: the embedder can't be loaded, or reads too little.
        """
        self.settings = settings
        self.embedder = embedder
        self.chunk_tokens = min(settings.chunk_tokens, embedder.passage_tokens)
        """The longest chunk: what the settings say, or less where the embedder reads less."""
        self.engine = open_database(settings.home)
        self.fingerprint = made_by(embedder, settings)
        self.made = self._made(outdated)
        """What the index is made with."""
        self.store = VectorStore(chroma or settings.home / "chroma", self.made, readable=not self.outdated)
        self._texts = Texts(self.engine)
        self.changes = 0
        """How often chunks or their questions have changed since the library was opened."""
        self.writing = threading.Lock()
        """Held by whoever changes the library, one ingest at a time; whatever thread ends an ingest releases it."""
        self.tidy()
        finish(self)

    @property
    def outdated(self) -> bool:
        """Whether the index is made otherwise than it would be now, until `reindex.renew` is through.

        Passages are then found by keywords alone: vectors of two embedders say nothing of one another.
        """
        return self.made != self.fingerprint

    def renewed(self) -> None:
        """The index in the database is now the one that would be made: its vectors are searched from here on."""
        self.store.become(self.fingerprint)
        self.made = self.fingerprint
        self.changes += 1

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def folders(self) -> list[Folder]:
        """What was ingested, in order of path."""
        with self.engine.connect() as connection:
            return read_folders(connection)

    def add_folder(self, folder: Folder) -> None:
        """Remember an ingested path, or what is now known of it."""
        with self._change() as connection:
            note_folder(connection, folder)

    def remove_folder(self, path: str) -> None:
        """Remove an ingested path, its files, and the documents that no file elsewhere names."""
        with self._change() as connection:
            versions.set_files(connection, forget=read_files(connection, folder=path))
            own = sa.and_(documents.c.folder == path, documents.c.version.is_not(None))  # files elsewhere moved theirs
            for id_ in connection.execute(sa.select(documents.c.id).where(own)).scalars().all():
                versions.remove(connection, id_)
            forget_folder(connection, path)
        self._changed()

    def files(self, *, folder: str | None = None, file: str | None = None, document_id: str | None = None) -> list[File]:
        """The files of one ingested path, of one document or of all, in order of folder and file."""
        with self.engine.connect() as connection:
            return read_files(connection, folder=folder, file=file, document_id=document_id)

    def note_file(self, file: File) -> None:
        """Remember a file as it is now."""
        with self._change() as connection:
            note_files(connection, [file])

    def set_files(self, note: Sequence[File], forget: Sequence[File], titles: Mapping[str, str]) -> None:
        """Remember files as they are now, in one step: documents that no file names any more go, others move to one.

        `titles` are those of documents called by a file's name, for when they move.
        """
        with self._change() as connection:
            moved = versions.set_files(connection, note, forget, titles)
        if moved:
            self._changed()

    def documents(self, *, folder: str | None = None) -> list[Document]:
        """The current versions, in order of file, of one ingested path or of all."""
        joined = sa.join(documents, version_table, is_current())
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

    def forget_texts(self) -> None:
        """Keep nothing in memory of documents that were erased."""
        self._texts.forget()
        self.changes += 1

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks of current versions among `ids`; ids of older versions are left out."""
        with self.engine.connect() as connection:
            rows = chunk_rows.with_ids(connection, ids)
        return {chunk.id: chunk for chunk in chunk_rows.cut_out(rows, self._texts)}

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """All chunks of a document's current version, in order."""
        with self.engine.connect() as connection:
            rows = chunk_rows.of_document(connection, document_id)
        return chunk_rows.cut_out(rows, self._texts)

    def sentences(self, ids: Sequence[str]) -> dict[str, Sentences]:
        """The sentences of the chunks of current versions among `ids`, with their vectors; none of an outdated index."""
        if self.outdated:
            return {}
        with self.engine.connect() as connection:
            return chunk_rows.sentences(connection, ids)

    def sentences_of(self, chunks: Sequence[Chunk]) -> dict[str, Sentences]:
        """The sentences of these chunks by id, as far as they are of current versions.

        Those that the index lacks, as it is outdated or was made anew since they were found, are embedded now.
        """
        found = self.sentences([chunk.id for chunk in chunks])
        lacking = [chunk for chunk in chunks if chunk.id not in found]
        return found | self._embedded(lacking) if lacking else found

    def _embedded(self, chunks: Sequence[Chunk]) -> dict[str, Sentences]:
        """Sentences made now, of `MOST_EMBEDDED` chunks at most, evenly spread."""
        current = {id_: self.current(id_) for id_ in dict.fromkeys(chunk.document_id for chunk in chunks)}
        there = [one for one in chunks if (document := current[one.document_id]) and document.version == one.version]
        chosen = there[:: 1 + len(there) // (MOST_EMBEDDED + 1)]
        found: dict[str, Sentences] = {}
        for document in filter(None, current.values()):
            own = [chunk for chunk in chosen if chunk.document_id == document.id]
            _, made = embedded(document, own, self.embedder, first=True)
            found |= {chunk.id: sentences for chunk, sentences in zip(own, made, strict=True)}
        return found

    def count_chunks(self) -> int:
        """The number of chunks of current versions."""
        with self.engine.connect() as connection:
            return chunk_rows.count(connection)

    def next_version(self, document_id: str) -> int:
        """The number of the version that would be written next."""
        with self.engine.connect() as connection:
            return versions.next_number(connection, document_id)

    def contents(self) -> dict[tuple[str, str, str], str]:
        """The ids of the current documents by collection, hash of content, and what reads their files."""
        joined = sa.join(documents, version_table, is_current())
        columns = (documents.c.collection, version_table.c.content_hash, documents.c.file, documents.c.id)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).select_from(joined).order_by(documents.c.file.desc())).all()
        return {(row.collection, row.content_hash, reader_of(row.file)): row.id for row in rows}

    def write(
        self,
        folder: str,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        sentences: Sequence[Sentences],
        file: File | None = None,
    ) -> None:
        """Store a new version with its chunks, their vectors `(n, d)` and sentences, and make it the current one.

        `file` is what is now known of the file it was read from. The file's earlier document goes, if no other names it.

        Raises:
            StoreError: the disk is full, or something else keeps the data folder from being written, or the index is
                outdated; the old state stays.
        """
        if self.outdated:
            raise StoreError(self._otherwise())
        with self._change() as connection:
            versions.start(connection, document)
        self.store.add(chunks, vectors, document.collection)
        with self._change() as connection:
            versions.make_current(connection, folder, document, chunks, sentences)
            moved = versions.set_files(connection, [file or File(folder, document.file, document.id)])
        self._changed(moved=moved)

    def remove(self, document_id: str) -> None:
        """Take a document out of every search, with its files. Its text stays for the answers that cite it."""
        with self._change() as connection:
            forget_files(connection, read_files(connection, document_id=document_id))
            versions.remove(connection, document_id)
        self._changed()

    def tidy(self) -> None:
        """Remove the vectors of versions that are no longer current, and all of a version never finished."""
        with self.engine.connect() as connection:
            leaving = versions.leaving(connection)
        for one in leaving:
            self.store.delete(one.document_id, one.version)
        if leaving:
            with self._change() as connection:
                for one in leaving:
                    versions.left(connection, one)

    @contextmanager
    def _change(self) -> Iterator[sa.Connection]:
        """A transaction: all of it is kept, or nothing."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise unwritable(self.settings.home, error.orig) from error

    def _changed(self, *, moved: bool = True) -> None:
        """After a change of chunks, or of the files that documents are shown under."""
        self.changes += 1
        if moved:
            self._texts.forget()
        self.tidy()

    def _made(self, outdated: bool) -> str:
        """What the index is made with, which a new one notes."""
        with self.engine.begin() as connection:
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar()
            if found is None:
                connection.execute(sa.insert(meta).values(key="fingerprint", value=self.fingerprint))
        self.made = str(found or self.fingerprint)
        if self.outdated and not outdated:
            raise StoreError(self._otherwise())
        return self.made

    def _otherwise(self) -> str:
        return (
            f"the index in {self.settings.home} was made by '{self.made}', but now it would be '{self.fingerprint}': "
            "`quarry reindex` makes it anew, or go back to the earlier settings"
        )
