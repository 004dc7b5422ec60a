"""What an ingest is to read: the paths it was given, or those ingested before, with what their sources.toml says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import IndexingError
from index.ingest.walk import closed_folders
from index.library.files import Folder, root_of
from index.parsing.file import KINDS, Sources, find_files, read_sources
from index.types import FileReport


@dataclass(frozen=True, slots=True)
class Task:
    """An ingested path: the folder its files are named below, the part of it to read now, and its sources.toml."""

    folder: Folder
    root: Path
    part: Path
    sources: Sources
    named: bool = False
    """Whether a person named the part now."""


def tasks_of(
    folders: Sequence[Folder], paths: Sequence[Path], collection: str, sample: bool
) -> tuple[list[Task], list[FileReport]]:
    """What to read, and a report for each path ingested before that is no longer there; `folders` are those.

    Raises:
        IndexingError: a path doesn't exist or holds nothing to read, it belongs to another collection, there is
            nothing to ingest, or a sources.toml can't be understood.
    """
    known = {folder.path: folder for folder in folders}
    if not paths and not known:
        raise IndexingError("nothing was ingested before: name a folder or file, as in `quarry ingest FOLDER`")
    if not paths:
        gone = [path for path in known if not _is_there(Path(path))]
        reason = "this folder or file is gone; its documents stay until it is there again"
        tasks = [_task(folder, Path(folder.path)) for folder in known.values() if folder.path not in gone]
        return tasks, [FileReport(path, "failed", reason=reason) for path in gone]
    return [_named(given, known, collection, sample) for given in paths], []


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # it lies in a folder that can't be entered now
        return False


def _named(given: Path, known: dict[str, Folder], collection: str, sample: bool) -> Task:
    try:
        path = given.expanduser().resolve()
        exists = path.exists()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, or ~nobody
        raise IndexingError(f"{given} can't be opened ({error}); nothing was changed") from error
    if not exists:
        raise IndexingError(f"there is no file or folder {given}; nothing was changed")
    if not find_files(path):
        for _, reason in closed_folders(path):
            raise IndexingError(f"{given} can't be read ({reason}); nothing was changed")
        raise IndexingError(f"{given} holds no file that can be read ({KINDS}); nothing was changed")
    around = next((known[str(place)] for place in (path, *path.parents) if str(place) in known), None)
    if around is None:
        return _task(Folder(str(path), collection, sample, ()), path, named=True)
    if collection not in ("default", around.collection):
        raise IndexingError(f"{given} is in the collection {around.collection}, not {collection}; nothing was changed")
    return _task(replace(around, sample=around.sample and sample), path, named=True)


def _task(folder: Folder, part: Path, *, named: bool = False) -> Task:
    """The work on one path, with what its folder's sources.toml says now."""
    root = root_of(folder.path)
    sources = read_sources(root)
    return Task(replace(folder, questions=sources.questions), root, part, sources, named)
