"""Folders and files in, an up-to-date library out. Content decides what is new; one bad file never stops the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from index.embedding.embedder import Vectors
from index.embedding.views import embedded
from index.errors import ReadError
from index.ingest.recognise import Look, Recognised, hashes, look, recognise, same_content
from index.ingest.reuse import known_vectors
from index.ingest.sources import Task, tasks_of
from index.ingest.walk import closed_folders, read_whole
from index.library.files import Folder, key, title_of
from index.library.fingerprint import note_readers
from index.library.library import Library
from index.library.listing import EXCLUDED, check_name
from index.library.versions import set_hash
from index.parsing.file import find_files, reader_of
from index.parsing.worker import Worker
from index.passages.chunks import chunk
from index.passages.sentences import is_wrapped
from index.types import Document, File, FileReport, Sentences

SAMPLES_LEAVE = "samples leave when your own documents come"
SAMPLES_STAY = "a sample, which now stays until you remove it"

BATCH = 64
"""Chunks embedded between two reports of progress: some 4 seconds on two cores."""


def ingest(
    library: Library,
    paths: Sequence[Path],
    *,
    collection: str = "default",
    sample: bool = False,
    keep_samples: bool = False,
    only_read: bool = False,
) -> Generator[FileReport]:
    """Bring the library up to date with `paths`, or with everything ingested before where there are none.

    Yields reports as files are done, and `embedding` ones on the way through a long file. A file that is gone leaves
    the library if it lay below an ingested folder that is still there; one that can't be read keeps the version it has.
    Documents of one's own displace samples, unless `keep_samples`: these are then documents like any other, for good.
    With `only_read` nothing leaves: files are read, as after a change of the readers.

    Raises:
        IndexingError: a path doesn't exist or holds nothing to read, it belongs to another collection or a collection
            can't be called so, there is nothing to ingest, or a sources.toml can't be understood; nothing was changed then.
        StoreError: the data folder can't be written, as the disk is full; files reported before are done.
    """
    check_name(collection)
    with library.writing, Worker() as worker:
        folders = library.folders()
        kept = [replace(folder, sample=False) for folder in folders if folder.sample and keep_samples]
        known = {folder.path: folder for folder in (*folders, *kept)}
        tasks, reports = tasks_of([*known.values()], paths, collection, sample)
        yield from reports
        if not library.count_chunks():
            note_readers(library.engine)
        library.tidy()
        for folder in (*kept, *(task.folder for task in tasks)):
            library.add_folder(folder)
        yield from (FileReport(file, "kept", reason=SAMPLES_STAY) for folder in kept for file in _held(library, folder))
        looks = [look(task, path) for task in tasks for path in _wanted(library, task)]
        found = recognise(library, tasks, looks, worker, lets_go=not only_read)
        ends = np.cumsum([one.size + 1 for one in looks])
        for number, one in enumerate(looks, 1):
            begin, end, all_ = ends[number - 2] if number > 1 else 0, ends[number - 1], ends[-1]
            for report in _take_in(library, one, found, worker):
                share = float((begin + report.share * (end - begin)) / all_)
                yield replace(report, number=number, total=len(looks), share=share)
        for task in tasks:
            for path, reason in closed_folders(task.part):
                name = path.relative_to(task.root).as_posix()
                yield FileReport(name, "failed", reason=f"the folder can't be read ({reason}): what is known of it stays")
        if not paths:
            note_readers(library.engine)
        yield from found.removed
        if not only_read:
            yield from _displace(library, [task.folder for task in tasks])


def _wanted(library: Library, task: Task) -> list[Path]:
    """The files to read: not those that a person removed, but for one that is named itself."""
    removed = {file.file for file in library.files(folder=task.folder.path) if file.reason.startswith(EXCLUDED)}
    found = find_files(task.part)
    return [path for path in found if path == task.part or path.relative_to(task.root).as_posix() not in removed]


def _take_in(library: Library, one: Look, found: Recognised, worker: Worker) -> Iterator[FileReport]:
    """Read and store what a file holds, unless that is known."""
    folder, this = one.task.folder, (one.task.folder.path, one.file)
    if this in found.done:
        yield found.done[this]
        return
    earlier = next(iter(library.files(folder=folder.path, file=one.file)), None)
    held = earlier.document_id if earlier else None
    current = library.current(held) if held else None
    now = File(*this, held if current else None, one.hash, one.size)
    state = "renamed" if this in found.renamed else "updated" if current else "added"
    try:
        if one.problem:
            raise ReadError(one.problem)
        facts = one.task.sources.facts.get(one.file, {})
        data = read_whole(one.path)
        bytes_hash, content_hash = hashes(data, facts)
        now = replace(now, hash=bytes_hash, size=len(data))
        if same := same_content(library, found, folder.collection, content_hash, one.file):
            library.set_files([replace(now, document_id=same)], (), {})
            others = [file.file for file in library.files(document_id=same) if (file.folder, file.file) != this]
            if others and same != held:
                yield FileReport(one.file, state, reason=f"the same content as {others[0]}")
            else:
                yield FileReport(one.file, "unchanged")
            return
        content = worker.parse(one.path, data)
        del data  # while it is embedded
    except ReadError as error:
        library.note_file(replace(now, reason=str(error)))
        yield FileReport(one.file, "failed", reason=str(error))
        return
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
    if (
        current
        and alone
        and this not in found.renamed
        and replace(document, version=current.version, content_hash=current.content_hash) == current
    ):
        with library.engine.begin() as connection:
            set_hash(connection, replace(document, version=current.version))
        library.forget_texts()
        library.set_files([replace(now, document_id=document_id)], (), {})
        found.contents[folder.collection, content_hash, reader_of(one.file)] = document_id
        yield FileReport(one.file, "unchanged")
        return
    chunks = chunk(document, library.embedder.count_tokens, library.chunk_tokens)
    known = known_vectors(library, current, document, chunks)
    vectors: list[Vectors] = [known[0]] if known else []
    views: list[Sentences] = known[1] if known else []
    wrapped = is_wrapped(document.text)
    for start in range(0, len(chunks) if known is None else 0, BATCH):
        batch = chunks[start : start + BATCH]
        made, own = embedded(document, batch, library.embedder, wrapped=wrapped)
        vectors.append(made)
        views += own
        if start + BATCH < len(chunks):
            share = (start + BATCH) / len(chunks)
            yield FileReport(one.file, "embedding", start + BATCH, f"of {len(chunks)} chunks", share=share)
    library.write(folder.path, document, chunks, np.concatenate(vectors), views, replace(now, document_id=document_id))
    found.contents[folder.collection, content_hash, reader_of(one.file)] = document_id
    reason = "; ".join(filter(None, (found.renamed.get(this, ""), content.note)))
    yield FileReport(one.file, state, len(chunks), reason)


def _new_id(library: Library, parts: tuple[str, ...]) -> str:
    """An id that no current document has, the same for the same file where it is free: a file that returns has its own."""
    for number in count():
        own = parts if number == 0 else (*parts, str(number))
        id_ = hashlib.sha256("\0".join(own).encode()).hexdigest()[:16]
        if library.current(id_) is None:
            break
    return id_


def _displace(library: Library, ingested: Sequence[Folder]) -> Iterator[FileReport]:
    """Samples leave when own documents are in, and paths below a folder that now holds them too leave for it."""
    above = {folder.path for folder in ingested}
    own = any(file.document_id for one in ingested if not one.sample for file in library.files(folder=one.path))
    for folder in library.folders():
        if own and folder.sample:
            reason = SAMPLES_LEAVE
        elif any(str(parent) in above for parent in Path(folder.path).parents):
            reason = "it is now part of a larger folder"
        else:
            continue
        held = _held(library, folder)
        library.remove_folder(folder.path)
        for file in held:
            yield FileReport(file, "removed", reason=reason)


def _held(library: Library, folder: Folder) -> list[str]:
    return [file.file for file in library.files(folder=folder.path) if file.document_id]
