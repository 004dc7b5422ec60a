"""A folder in, a value each time that it has changed and come to rest. Looks every few seconds: any disk can be followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.errors import AssistantError
from index.parsing.file import SOURCES, find_files

Seen = dict[Path, tuple[int, int]]
"""Size and time of change, in nanoseconds, of each file."""


def check_folder(given: Path, every: float) -> Path:
    """The folder to follow, as an absolute path.

    Raises:
        AssistantError: it is no folder, or is to be looked at too often.
    """
    folder = given.expanduser().resolve()
    if not folder.is_dir():
        raise AssistantError(f"there is no folder {given} to follow")
    if not 0.1 <= every <= 86_400:
        raise AssistantError(f"every is {every:g} seconds: give a number from 0.1 to 86400")
    return folder


def changes(folder: Path, every: float, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """A value at first, if there is a file, and then whenever files were added, changed or removed.

    A change counts once two looks in a row, `every` seconds apart, see the same: a file half copied is left in peace. A
    folder that vanishes, as an unplugged disk's, is waited for.
    """
    known: Seen = {}
    before = seen(folder)
    while True:
        wait(every)
        now = seen(folder)
        if now is not None and now == before and now != known:
            known = now
            yield
        before = now


def seen(folder: Path) -> Seen | None:
    """The files as they are now; None where the folder is gone."""
    if not folder.is_dir():
        return None
    found: Seen = {}
    for path in [*find_files(folder), folder / SOURCES]:
        try:
            state = path.stat()
        except OSError:
            continue  # gone since, or no sources.toml
        found[path] = (state.st_size, state.st_mtime_ns)
    return found
