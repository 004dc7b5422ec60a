"""Which document each file is, told by its content alone: what is unchanged, renamed, or a copy needs no reading.

A document is one content of a collection: the bytes, what sources.toml says of the file, and what reads files named so.
So copies of which sources.toml says different things, or that are a text and a Markdown file, are documents of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from index.errors import ReadError
from index.ingest.sources import Task
from index.ingest.walk import is_gone, path_of, read_whole
from index.library.files import MAIL, heir, key, root_of, title_of
from index.library.library import Library
from index.library.listing import EXCLUDED
from index.library.schema import documents, is_current, versions
from index.parsing.file import VERSION, read_sources, reader_of
from index.parsing.worker import Worker
from index.types import File, FileReport

Key = tuple[str, str]
"""An ingested path, and a file's path below it."""

Content = tuple[str, str, str]
"""What a document is one of: its collection, the hash of its content, what reads it."""


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was found: the hashes of its bytes and of its content, or the `problem` that kept it from being read."""

    task: Task
    path: Path
    file: str
    hash: str = ""
    content_hash: str = ""
    size: int = 0
    problem: str = ""
    named: bool = False
    """Whether a person named this very file, or the mail that it is attached to."""
    data: bytes | None = None
    """What it holds, where it is attached to a mail."""
    mail: tuple[str, str] = ("", "")
    """That mail's title and date."""

    @property
    def is_mail(self) -> bool:
        """Whether it may carry files."""
        return self.path.suffix.lower() == MAIL

    @property
    def key(self) -> Key:
        """Its ingested path, and its own below that."""
        return self.task.folder.path, self.file


@dataclass(slots=True)
class Recognised:
    """What is known of the files looked at: reports of those that are done with, the old names of those renamed."""

    contents: dict[Content, str]
    done: dict[Key, FileReport] = field(default_factory=dict)
    renamed: dict[Key, str] = field(default_factory=dict)
    removed: list[FileReport] = field(default_factory=list)


def hashes(data: bytes, facts: Mapping[str, str]) -> tuple[str, str]:
    """Of a file's bytes, and of its content."""
    of_bytes = hashlib.sha256(data)
    of_content = of_bytes.copy()
    of_content.update(json.dumps(facts, sort_keys=True).encode() + f" read by {VERSION}".encode())
    return of_bytes.hexdigest(), of_content.hexdigest()


def look(task: Task, path: Path) -> Look:
    """What a file holds at the moment, by its hashes."""
    file = path.relative_to(task.root).as_posix()
    try:
        file.encode()
    except UnicodeEncodeError:
        printable = file.encode("utf-8", "backslashreplace").decode()
        return Look(task, path, printable, problem="its name is not valid UTF-8: rename it")
    try:
        data = read_whole(path)
    except ReadError as error:
        return Look(task, path, file, problem=str(error))
    named = task.named and path == task.part
    return Look(task, path, file, *hashes(data, task.sources.facts.get(file, {})), len(data), named=named)


def recognise(
    library: Library, tasks: Sequence[Task], looks: Sequence[Look], worker: Worker, *, lets_go: bool = True
) -> Recognised:
    """Give every file the document of its content, where there is one, and let vanished files go: all in one step."""
    files = [file for file in library.files() if not file.reason.startswith(EXCLUDED)]
    known = {key(file): file for file in files}
    collections = {folder.path: folder.collection for folder in library.folders()}
    of_document, of_bytes = _by_document(files), defaultdict(list)
    for file in files:
        if file.hash and file.document_id and not file.reason:
            of_bytes[collections.get(file.folder), file.hash].append(file)
    found = Recognised(_contents(library.engine))
    note: list[File] = []
    left: dict[Key, File] = {}
    for one in looks:
        folder = one.task.folder
        this = one.key
        if one.problem:
            continue
        earlier = known.get(this)
        own = found.contents.get((folder.collection, one.content_hash, reader_of(one.file)))
        if own and earlier and earlier.document_id == own:
            note.append(File(*this, own, one.hash, one.size))
            found.done[this] = FileReport(one.file, "unchanged")
            continue
        same = of_document[own] if own else [] if earlier else of_bytes[folder.collection, one.hash]
        old = next((file for file in same if key(file) not in left and _has_left(file, one.path)), None)
        if old:
            left[key(old)] = old
            found.renamed[this] = f"it was {old.file}"
            note.append(File(*this, old.document_id, one.hash, one.size))
            moving = _carried(old, files) if one.is_mail else []
            left |= {key(file): file for file in moving}
            note += [_below(this, old, file) for file in moving]
        if own and old:
            found.done[this] = FileReport(one.file, "renamed", reason=found.renamed[this])
        elif own:
            note.append(File(*this, own, one.hash, one.size))
            state = "updated" if earlier and earlier.document_id else "added"
            found.done[this] = FileReport(one.file, state, reason=f"the same content as {_shown(of_document[own])}")
            copied = of_document[own][0] if of_document[own] else None
            of_document[own].append(note[-1])
            if copied and one.is_mail:
                note += [_below(this, copied, file) for file in _carried(copied, files)]
    vanished = [file for file in files if lets_go and _is_read(file, tasks) and is_gone(file)]
    found.removed = [
        FileReport(file.file, "removed", reason="the file is gone")
        for file in vanished
        if file.document_id and key(file) not in left
    ]
    forget = {key(file): file for file in (*vanished, *left.values())}
    library.set_files(
        note, list(forget.values()), _titles(library, {**known, **{key(file): file for file in note}}, forget, worker)
    )
    return found


def same_content(library: Library, found: Recognised, content: Content) -> str | None:
    """The document that holds this content now, if there is one; what `recognise` found may have changed since."""
    id_ = found.contents.get(content)
    current = library.current(id_) if id_ else None
    return id_ if current and current.content_hash == content[1] else None


def _carried(mail: File, files: Sequence[File]) -> list[File]:
    """Those of some files that are attached to a mail, or to what is attached to it."""
    return [file for file in files if file.folder == mail.folder and file.file.startswith(f"{mail.file}/")]


def _below(this: Key, mail: File, attached: File) -> File:
    """What is attached to a mail, where that stands at `this` as well, or instead."""
    return replace(attached, folder=this[0], file=this[1] + attached.file.removeprefix(mail.file))


def _by_document(files: Iterable[File]) -> defaultdict[str, list[File]]:
    found: defaultdict[str, list[File]] = defaultdict(list)
    for file in files:
        if file.document_id:
            found[file.document_id].append(file)
    return found


def _has_left(file: File, path: Path) -> bool:
    """Whether a file is now found at `path`: it is gone from where it was, or was ingested by another way to it."""
    return path_of(file) == path or is_gone(file)


def _shown(names: Sequence[File]) -> str:
    return next((file.file for file in names if not is_gone(file)), names[0].file if names else "another file")


def _is_read(file: File, tasks: Sequence[Task]) -> bool:
    """Whether a file, if it were there, would be read for one of `tasks`."""
    return any(
        task.folder.path == file.folder and task.part.is_dir() and (task.root / file.file).is_relative_to(task.part)
        for task in tasks
    )


def _titles(library: Library, known: Mapping[Key, File], forget: Mapping[Key, File], worker: Worker) -> dict[str, str]:
    """What documents called by a file that is gone state as their title, read from the file that they are shown under."""
    names = _by_document(file for this, file in known.items() if this not in forget)
    titles = {}
    for id_ in {file.document_id for file in forget.values() if file.document_id and file.document_id in names}:
        document = library.current(id_)
        if document is None or document.title != title_of(document.file):
            continue
        file = heir(names[id_])
        path = path_of(file)
        try:
            stated = read_sources(root_of(file.folder)).facts.get(file.file, {}).get("title", "")
            titles[id_] = stated or worker.parse(path, read_whole(path)).title
        except ReadError:
            continue  # its file's name is its title then
    return titles


def _contents(engine: sa.Engine) -> dict[tuple[str, str, str], str]:
    """The ids of the current documents by collection, hash of content, and what reads their files."""
    joined = sa.join(documents, versions, is_current())
    columns = (documents.c.collection, versions.c.content_hash, documents.c.file, documents.c.id)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(*columns).select_from(joined).order_by(documents.c.file.desc())).all()
    return {(row.collection, row.content_hash, reader_of(row.file)): row.id for row in rows}
