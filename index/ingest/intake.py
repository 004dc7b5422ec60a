"""Files in, one after the other; what is new in them is embedded beside that, and stored some documents at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from index.errors import ReadError
from index.ingest.batches import Batch, Batches
from index.ingest.recognise import Content, Look, Recognised, hashes, same_content
from index.ingest.reuse import known_vectors
from index.ingest.walk import read_whole
from index.library.files import key, title_of
from index.library.library import Library
from index.library.versions import set_hash
from index.parsing.file import reader_of
from index.parsing.worker import Worker
from index.passages.chunks import chunk
from index.types import Document, Embedded, File, FileReport

Told = tuple[Look, FileReport]
"""A report, and the file that it is of."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that was read, while what it holds is embedded."""

    look: Look
    content: Content
    state: str
    reason: str


class Intake:
    """Takes files into a library, which the caller holds for writing."""

    def __init__(self, library: Library, found: Recognised, worker: Worker, batches: Batches) -> None:
        """`found` is what is known of the files before; it is brought up to date with them."""
        self._library, self._found, self._worker, self._batches = library, found, worker, batches
        self._waiting: dict[str, _Waiting] = {}
        """By their document's id, those that are not stored yet."""

    def take(self, one: Look) -> Iterator[Told]:
        """Read a file, unless that is known, and hand on what it holds; what is reported may be of files before it.

        Raises:
            StoreError: the data folder can't be written.
            ModelError: the embedder can't be loaded.
        """
        library, folder, this = self._library, one.task.folder, one.key
        if this in self._found.done:
            yield one, self._found.done[this]
            return
        facts = one.task.sources.facts.get(one.file, {})
        held = next((file.document_id for file in library.files(folder=folder.path, file=one.file)), None)
        now = File(*this, held, one.hash, one.size)
        try:
            if one.problem:
                raise ReadError(one.problem)
            data = read_whole(one.path)
            bytes_hash, content_hash = hashes(data, facts)
            now = replace(now, hash=bytes_hash, size=len(data))
            content_key = (folder.collection, content_hash, reader_of(one.file))
            if self._leans_on_waiting(held, content_key):
                yield from self.rest()
            if same := same_content(library, self._found, content_key):
                yield one, self._copied(now, same)
                return
            content = self._worker.parse(one.path, data)
            del data  # while it is embedded
        except ReadError as error:
            library.note_file(replace(now, document_id=held if self._current(held) else None, reason=str(error)))
            yield one, FileReport(one.file, "failed", reason=str(error))
            return
        current = self._current(held)
        copies = library.files(document_id=current.id) if current else []
        alone = all(file.hash == now.hash for file in copies if key(file) != this)  # a true copy is read alike
        document_id = current.id if current and alone else _new_id(library, (folder.collection, *this))
        document = Document(
            id=document_id,
            collection=folder.collection,
            file=one.file,
            title=facts.get("title") or content.title or title_of(one.file),
            publisher=facts.get("publisher", ""),
            date=facts.get("date") or content.date or None,
            text=content.text,
            pages=content.pages,
            version=library.next_version(document_id),
            content_hash=content_hash,
        )
        now = replace(now, document_id=document_id)
        if (
            current
            and alone
            and this not in self._found.renamed
            and replace(document, version=current.version, content_hash=current.content_hash) == current
        ):
            with library.engine.begin() as connection:
                set_hash(connection, replace(document, version=current.version))
            library.forget_texts()
            library.set_files([now], (), {})
            self._found.contents[content_key] = document_id
            yield one, FileReport(one.file, "unchanged")
            return
        state = "renamed" if this in self._found.renamed else "updated" if current else "added"
        reason = "; ".join(filter(None, (self._found.renamed.get(this, ""), content.note)))
        self._waiting[document_id] = _Waiting(one, content_key, state, reason)
        chunks = chunk(document, library.embedder.count_tokens, library.chunk_tokens)
        if known := known_vectors(library, current, document, chunks):
            yield from self._stored(Batch([Embedded(document, chunks, *known, now)]))
            return
        for batch in self._batches.add(document, chunks, now):
            yield from self._stored(batch)

    def rest(self) -> Iterator[Told]:
        """Store all that was read.

        Raises:
            StoreError: the data folder can't be written.
            ModelError: the embedder can't be loaded.
        """
        for batch in self._batches.rest():
            yield from self._stored(batch)

    def _leans_on_waiting(self, held: str | None, content: Content) -> bool:
        """Whether what becomes of a file hangs on one that waits: it has the same content, or had the same document."""
        waiting = self._waiting
        if content in {one.content for one in waiting.values()} or self._found.contents.get(content) in waiting:
            return True
        return bool(waiting and held and (held in waiting or len(self._library.files(document_id=held)) > 1))

    def _current(self, id_: str | None) -> Document | None:
        return self._library.current(id_) if id_ else None

    def _copied(self, now: File, same: str) -> FileReport:
        """Note that a file holds what the document `same` holds."""
        state = "renamed" if key(now) in self._found.renamed else "updated" if self._current(now.document_id) else "added"
        self._library.set_files([replace(now, document_id=same)], (), {})
        others = [file.file for file in self._library.files(document_id=same) if key(file) != key(now)]
        if not others or same == now.document_id:
            return FileReport(now.file, "unchanged")
        return FileReport(now.file, state, reason=f"the same content as {others[0]}")

    def _stored(self, batch: Batch) -> Iterator[Told]:
        if batch.whole:
            self._library.write(batch.whole)
        for made in batch.whole:
            waited = self._waiting.pop(made.document.id)
            self._found.contents[waited.content] = made.document.id
            yield waited.look, FileReport(waited.look.file, waited.state, len(made.chunks), waited.reason)
        if batch.part:
            one, share = self._waiting[batch.part.id].look, batch.done / batch.total
            yield one, FileReport(one.file, "embedding", batch.done, f"of {batch.total} chunks", share=share)


def _new_id(library: Library, parts: tuple[str, ...]) -> str:
    """An id that no current document has, the same for the same file where it is free: a file that returns has its own."""
    for number in count():
        own = parts if number == 0 else (*parts, str(number))
        id_ = hashlib.sha256("\0".join(own).encode()).hexdigest()[:16]
        if library.current(id_) is None:
            break
    return id_
