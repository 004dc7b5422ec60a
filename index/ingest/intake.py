"""Files in, one after the other; what is new in them is embedded beside that, and stored some documents at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from index.errors import ReadError
from index.ingest.batches import Batch, Batches
from index.ingest.recognise import Content as ContentKey
from index.ingest.recognise import Look, Recognised, hashes, same_content
from index.ingest.reuse import known_vectors
from index.ingest.walk import read_whole
from index.library.files import MAIL, key, title_of
from index.library.library import Library
from index.library.listing import EXCLUDED
from index.library.versions import set_hash
from index.parsing.content import Content
from index.parsing.file import check_kind, reader_of
from index.parsing.worker import Worker
from index.passages.chunks import chunk
from index.types import Document, Embedded, File, FileReport

DEEPEST = 3
"""Mails within mails whose attachments are read."""

Told = tuple[Look, FileReport]
"""A report, and the file that it is of."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that was read, while what it holds is embedded."""

    look: Look
    content: ContentKey
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
            if one.is_mail and (one.named or self._has_unread(one)):
                yield from self._attached_again(one)
            return
        facts = _facts(one)
        held = next((file.document_id for file in library.files(folder=folder.path, file=one.file)), None)
        now = File(*this, held, one.hash, one.size)
        try:
            if one.problem:
                raise ReadError(one.problem)
            data = read_whole(one.path) if one.data is None else one.data
            bytes_hash, content_hash = hashes(data, facts)
            now = replace(now, hash=bytes_hash, size=len(data))
            content_key = (folder.collection, content_hash, reader_of(one.file))
            if self._leans_on_waiting(held, content_key):
                yield from self.rest()
            if same := same_content(library, self._found, content_key):
                if one.is_mail:
                    yield from self._attached_again(one)
                yield one, self._copied(now, same)
                return
            content = self._worker.parse(one.path, data)
            del data  # while it is embedded
        except ReadError as error:
            library.note_file(replace(now, document_id=held if self._current(held) else None, reason=str(error)))
            yield one, FileReport(one.file, "failed", reason=str(error))
            return
        if one.is_mail:  # what it carries goes before it: a mail that is known has all of that
            yield from self._attached(one, content)
        current = self._current(held)
        copies = library.files(document_id=current.id) if current else []
        alone = all(file.hash == now.hash for file in copies if key(file) != this)  # a true copy is read alike
        document_id = current.id if current and alone else _new_id(library, (folder.collection, *this))
        document = Document(
            id=document_id,
            collection=folder.collection,
            file=one.file,
            title=facts.get("title") or _title(one, content.title),
            publisher=facts.get("publisher", ""),
            date=facts.get("date") or content.date or one.mail[1] or None,
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
        else:
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

    def _attached(self, mail: Look, content: Content) -> Iterator[Told]:
        """Take in what a mail carries, and let go what it carries no longer. Mails within mails are among it."""
        too_deep = mail.file.lower().count(f"{MAIL}/") >= DEEPEST
        names = {} if too_deep else {f"{mail.file}/{one.name}": one for one in content.attached}
        within = self._library.files(folder=mail.task.folder.path, within=mail.file)
        still = [(name, f"{name}/") for name in names]
        gone = [
            file
            for file in within
            if not any(file.file == own or file.file.startswith(below) for own, below in still)
            and not file.reason.startswith(EXCLUDED)
        ]
        self._library.set_files((), gone, {})
        for file in gone:
            leaving = Look(mail.task, mail.path / file.file.removeprefix(f"{mail.file}/"), file.file)
            yield leaving, FileReport(file.file, "removed", reason="it is no longer attached")
        removed = {file.file for file in within if file.reason.startswith(EXCLUDED)}
        for name, one in names.items():
            if name in removed and not mail.named:
                continue
            problem = ""
            try:
                check_kind(Path(name))
            except ReadError as error:
                problem = str(error)
            about = (content.title or title_of(mail.file), content.date or mail.mail[1])
            look = Look(mail.task, mail.path / one.name, name, "", "", len(one.data), problem, mail.named, one.data, about)
            of_bytes, of_content = hashes(one.data, _facts(look))
            yield from self.take(replace(look, hash=of_bytes, content_hash=of_content))

    def _attached_again(self, mail: Look) -> Iterator[Told]:
        """The same for a mail that is known, under another name."""
        with suppress(ReadError):
            data = read_whole(mail.path) if mail.data is None else mail.data
            yield from self._attached(mail, self._worker.parse(mail.path, data))

    def _has_unread(self, mail: Look) -> bool:
        """Whether a mail carries what could not be read and may be now."""
        within = self._library.files(folder=mail.task.folder.path, within=mail.file)
        return any(file.reason and not file.reason.startswith(EXCLUDED) and reader_of(file.file) for file in within)

    def _leans_on_waiting(self, held: str | None, content: ContentKey) -> bool:
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


def _facts(one: Look) -> dict[str, str]:
    """What sources.toml says of a file; of what is attached, its mail's title belongs to that."""
    own = one.task.sources.facts.get(one.file, {})
    return own | {"attached to": one.mail[0]} if one.mail[0] else own


def _title(one: Look, stated: str) -> str:
    """A document's own title, else its file's name; what is attached names its mail."""
    title = stated or title_of(one.file)
    return f"{title} (attached to: {one.mail[0]})" if one.mail[0] else title


def _new_id(library: Library, parts: tuple[str, ...]) -> str:
    """An id that no current document has, the same for the same file where it is free: a file that returns has its own."""
    for number in count():
        own = parts if number == 0 else (*parts, str(number))
        id_ = hashlib.sha256("\0".join(own).encode()).hexdigest()[:16]
        if library.current(id_) is None:
            break
    return id_
