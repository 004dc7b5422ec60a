"""Folders and files in, an up-to-date library out. Content decides what is new; one bad file never stops the rest."""

from __future__ import annotations

from collections.abc import Container, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from index.ingest.batches import Batches
from index.ingest.intake import Intake, Told
from index.ingest.recognise import Key, Look, look, recognise
from index.ingest.sources import Task, tasks_of
from index.ingest.walk import closed_folders
from index.library.files import Folder
from index.library.fingerprint import note_readers
from index.library.library import Library
from index.library.listing import EXCLUDED, check_name
from index.parsing.file import find_files
from index.parsing.worker import Worker
from index.types import FileReport

SAMPLES_LEAVE = "samples leave when your own documents come"
SAMPLES_STAY = "a sample, which now stays until you remove it"


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

    Yields reports as files are done, some at a time, and `embedding` ones on the way through a long file. A file that is
    gone leaves the library if it lay below an ingested folder that is still there; one that can't be read keeps the
    version it has.
    Documents of one's own displace samples, unless `keep_samples`: these are then documents like any other, for good.
    With `only_read` nothing leaves: files are read, as after a change of the readers.

    Raises:
        IndexingError: a path doesn't exist or holds nothing to read, it belongs to another collection or a collection
            can't be called so, there is nothing to ingest, or a sources.toml can't be understood; nothing was changed then.
        StoreError: the data folder can't be written, as the disk is full; files reported before are done.
    """
    check_name(collection)
    with library.writing, Worker() as worker, Batches(library.embedder) as batches:
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
        intake = Intake(library, found, worker, batches)
        yield from _told(looks, found.done, chain(chain.from_iterable(map(intake.take, looks)), intake.rest()))
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


def _told(looks: Sequence[Look], known: Container[Key], reports: Iterator[Told]) -> Iterator[FileReport]:
    """The reports with how far the ingest is: how many files are done, and what share of the bytes that had to be read."""
    work = {one.key: 0 if one.key in known else one.size + 1 for one in looks}
    number, done, share, left, whole = 0, 0, 0.0, dict(work), sum(work.values())
    for one, report in reports:
        ended = report.state != "embedding" and one.key in work  # what is attached comes with its mail
        share = max(share, (done + report.share * left.get(one.key, 0)) / max(1, whole))
        if ended:
            number, done = number + 1, done + left.pop(one.key, 0)
        yield replace(report, number=min(number + (not ended), len(looks)), total=len(looks), share=share)


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
