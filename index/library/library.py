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

from index.embedding.embedder import Embedder
from index.embedding.vector_store import VectorStore
from index.embedding.views import embedded_now
from index.errors import StoreError, unwritable
from index.library import chunk_rows, files, versions
from index.library.files import Folder
from index.library.fingerprint import made_by, noted, otherwise
from index.library.schema import documents, is_current, open_database
from index.library.schema import versions as version_table
from index.library.texts import Texts
from index.library.wipe import wipe
from index.settings import IndexSettings
from index.types import Chunk, Document, Embedded, File, Sentences


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
        self.made = noted(self.engine, self.fingerprint)
        """What the index is made with."""
        if self.outdated and not outdated:
            raise StoreError(otherwise(settings.home, self.made, self.fingerprint))
        self.store = VectorStore(chroma or settings.home / "chroma", self.made, readable=not self.outdated)
        self._texts = Texts(self.engine)
        self.changes = 0
        """How often chunks or their questions have changed since the library was opened."""
        self.writing = threading.Lock()
        """Held by whoever changes the library, one ingest at a time; whatever thread ends an ingest releases it."""
        self.tidy()
        wipe(self.engine, self.store, settings.home)

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
            return files.read_folders(connection)

    def add_folder(self, folder: Folder) -> None:
        """Remember an ingested path, or what is now known of it."""
        with self._change() as connection:
            files.note_folder(connection, folder)

    def remove_folder(self, path: str) -> None:
        """Remove an ingested path, its files, and the documents that no file elsewhere names."""
        with self._change() as connection:
            versions.set_files(connection, forget=files.read_files(connection, folder=path))
            own = sa.and_(documents.c.folder == path, documents.c.version.is_not(None))  # files elsewhere moved theirs
            for id_ in connection.execute(sa.select(documents.c.id).where(own)).scalars().all():
                versions.remove(connection, id_)
            files.forget_folder(connection, path)
        self._changed()

    def files(
        self, *, folder: str | None = None, file: str | None = None, document_id: str | None = None, within: str = ""
    ) -> list[File]:
        """See `files.read_files`."""
        with self.engine.connect() as connection:
            return files.read_files(connection, folder=folder, file=file, document_id=document_id, within=within)

    def note_file(self, file: File) -> None:
        """Remember a file as it is now."""
        with self._change() as connection:
            files.note_files(connection, [file])

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
        there = {id_: self.current(id_) for id_ in dict.fromkeys(chunk.document_id for chunk in lacking)}
        return found | embedded_now(lacking, there, self.embedder) if lacking else found

    def count_chunks(self) -> int:
        """The number of chunks of current versions."""
        with self.engine.connect() as connection:
            return chunk_rows.count(connection)

    def next_version(self, document_id: str) -> int:
        """The number of the version that would be written next."""
        with self.engine.connect() as connection:
            return versions.next_number(connection, document_id)

    def write(self, made: Sequence[Embedded]) -> None:
        """Store new versions, one a document, and make them the current ones, all in one step.

        A file's earlier document goes, if no other file names it.

        Raises:
            StoreError: the data folder can't be written, or the index is outdated; the old state stays.
        """
        if self.outdated:
            raise StoreError(otherwise(self.settings.home, self.made, self.fingerprint))
        with self._change() as connection:
            for one in made:
                versions.start(connection, one.document)
        self.store.add(made)
        moved = False
        with self._change() as connection:
            for one in made:
                versions.make_current(connection, one)
                moved |= versions.set_files(connection, [one.file])
        self._changed(moved=moved)

    def remove(self, document_id: str) -> None:
        """Take a document out of every search, with its files. Its text stays for the answers that cite it."""
        with self._change() as connection:
            files.forget_files(connection, files.read_files(connection, document_id=document_id))
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
