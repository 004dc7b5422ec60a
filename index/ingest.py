"""Folders and files in, an up-to-date library out. Content decides what is new; one bad file never stops the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.chunk import chunk
from index.embed import Vectors
from index.errors import IndexingError, ReadError
from index.library import Folder, Library
from index.read import Sources, find_files, load, read_sources
from index.sentences import is_wrapped
from index.types import Document, FileReport, Sentences
from index.views import embedded_sentences, embedded_texts
from index.worker import Worker

BATCH = 64
"""Chunks embedded between two reports of progress: some 4 seconds on two cores."""


@dataclass(frozen=True, slots=True)
class _Task:
    """An ingested path: the folder its files are named below, the part of it to read now, and its sources.toml."""

    folder: Folder
    root: Path
    part: Path
    sources: Sources


def ingest(
    library: Library, paths: Sequence[Path], *, collection: str = "default", sample: bool = False
) -> Generator[FileReport]:
    """Bring the library up to date with `paths`, or with everything ingested before where there are none.

    Yields reports as files are done, and `embedding` ones on the way through a long file. A file that is gone leaves
    the library if it lay below an ingested folder that is still there. Documents of one's own displace samples.

    Raises:
        IndexingError: a path doesn't exist or holds nothing to read, it belongs to another collection, there is
            nothing to ingest, or a sources.toml can't be understood; nothing was changed then.
    """
    with library.writing, Worker() as worker:
        tasks, reports = _tasks(library, paths, collection, sample)
        yield from reports
        for task in tasks:
            library.add_folder(task.folder)
        found = [(task, path) for task in tasks for path in find_files(task.part)]
        ends = np.cumsum([_size(path) for _, path in found])
        for number, (task, path) in enumerate(found, 1):
            begin, end, all_ = ends[number - 2] if number > 1 else 0, ends[number - 1], ends[-1]
            for report in _ingest_file(library, task, path, worker):
                share = float((begin + report.share * (end - begin)) / all_)
                yield replace(report, number=number, total=len(found), share=share)
        for task in tasks:
            yield from _remove_vanished(library, task)
        yield from _displace(library, [task.folder for task in tasks])


def _tasks(library: Library, paths: Sequence[Path], collection: str, sample: bool) -> tuple[list[_Task], list[FileReport]]:
    """What to read, and a report for each path ingested before that is no longer there."""
    known = {folder.path: folder for folder in library.folders()}
    if not paths and not known:
        raise IndexingError("nothing was ingested before: name a folder or file, as in `quarry ingest FOLDER`")
    if not paths:
        gone = [path for path in known if not Path(path).exists()]
        reason = "this folder or file is gone; its documents stay until it is there again"
        tasks = [_task(folder, Path(folder.path)) for folder in known.values() if folder.path not in gone]
        return tasks, [FileReport(path, "failed", reason=reason) for path in gone]
    return [_named(given, known, collection, sample) for given in paths], []


def _named(given: Path, known: dict[str, Folder], collection: str, sample: bool) -> _Task:
    try:
        path = given.expanduser().resolve()
        exists = path.exists()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, or ~nobody
        raise IndexingError(f"{given} can't be opened ({error}); nothing was changed") from error
    if not exists:
        raise IndexingError(f"there is no file or folder {given}; nothing was changed")
    if not find_files(path):
        raise IndexingError(f"{given} holds no file that can be read (text, Markdown, PDF); nothing was changed")
    around = next((known[str(place)] for place in (path, *path.parents) if str(place) in known), None)
    if around is None:
        return _task(Folder(str(path), collection, sample, ()), path)
    if collection not in ("default", around.collection):
        raise IndexingError(f"{given} is in the collection {around.collection}, not {collection}; nothing was changed")
    return _task(replace(around, sample=around.sample and sample), path)


def _task(folder: Folder, part: Path) -> _Task:
    """The work on one path, with what its folder's sources.toml says now."""
    whole = Path(folder.path)
    root = whole if whole.is_dir() else whole.parent
    sources = read_sources(root)
    return _Task(replace(folder, questions=sources.questions), root, part, sources)


def _ingest_file(library: Library, task: _Task, path: Path, worker: Worker) -> Iterator[FileReport]:
    file = path.relative_to(task.root).as_posix()
    folder = task.folder
    try:
        file.encode()
    except UnicodeEncodeError:
        printable = file.encode("utf-8", "backslashreplace").decode()
        yield FileReport(printable, "failed", reason="its name is not valid UTF-8: rename it")
        return
    document_id = hashlib.sha256("\0".join((folder.collection, folder.path, file)).encode()).hexdigest()[:16]
    current = library.current(document_id)
    try:
        data = load(path)
        facts = task.sources.facts.get(file, {})
        hashed = hashlib.sha256(data)
        hashed.update(json.dumps(facts, sort_keys=True).encode())
        content_hash = hashed.hexdigest()
        if current is not None and current.content_hash == content_hash:
            yield FileReport(file, "unchanged")
            return
        content = worker.parse(path, data)
        del data  # while it is embedded
    except ReadError as error:
        yield FileReport(file, "failed", reason=str(error))
        return
    document = Document(
        id=document_id,
        collection=folder.collection,
        file=file,
        title=facts.get("title") or content.title or path.stem.replace("_", " "),
        publisher=facts.get("publisher", ""),
        date=facts.get("date"),
        text=content.text,
        pages=content.pages,
        version=library.next_version(document_id),
        content_hash=content_hash,
    )
    chunks = chunk(document, library.embedder.count_tokens, library.chunk_tokens)
    vectors: list[Vectors] = []
    views: list[Sentences] = []
    wrapped = is_wrapped(document.text)
    for start in range(0, len(chunks), BATCH):
        batch = chunks[start : start + BATCH]
        vectors.append(library.embedder.encode_documents(embedded_texts(document, batch, library.embedder)))
        views += embedded_sentences(document, batch, library.embedder, wrapped=wrapped)
        if start + BATCH < len(chunks):
            share = (start + BATCH) / len(chunks)
            yield FileReport(file, "embedding", start + BATCH, f"of {len(chunks)} chunks", share=share)
    library.write(folder.path, document, chunks, np.concatenate(vectors), views)
    yield FileReport(file, "updated" if current else "added", len(chunks))


def _size(path: Path) -> int:
    """A file's size in bytes, and one more for itself."""
    try:
        return path.stat().st_size + 1
    except OSError:
        return 1


def _remove_vanished(library: Library, task: _Task) -> Iterator[FileReport]:
    """Take out the documents whose files are gone below the part that was read."""
    if not task.part.is_dir():
        return
    for document in library.documents(folder=task.folder.path):
        path = task.root / document.file
        if path.is_relative_to(task.part) and not path.is_file():
            library.remove(document.id)
            yield FileReport(document.file, "removed", reason="the file is gone")


def _displace(library: Library, ingested: Sequence[Folder]) -> Iterator[FileReport]:
    """Samples leave when own documents are in, and paths below a folder that now holds them too leave for it."""
    own = any(not folder.sample and library.documents(folder=folder.path) for folder in ingested)
    above = {folder.path for folder in ingested}
    for folder in library.folders():
        if own and folder.sample:
            reason = "samples leave when your own documents come"
        elif any(str(parent) in above for parent in Path(folder.path).parents):
            reason = "it is now part of a larger folder"
        else:
            continue
        for document in library.documents(folder=folder.path):
            yield FileReport(document.file, "removed", reason=reason)
        library.remove_folder(folder.path)
