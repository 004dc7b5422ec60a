"""Files as they lie on the disk, or attached to a mail there: which are gone, which folders are closed, and their bytes
while nobody writes them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from index.errors import ReadError
from index.library.files import mail_around, root_of
from index.parsing.file import load
from index.parsing.formats.mail import attached
from index.types import File


def path_of(file: File) -> Path:
    """Where a file lies."""
    return root_of(file.folder) / file.file


def is_gone(file: File) -> bool:
    """Whether a file is there no longer, though the folder is that it lay in; one that can't be looked at is not gone."""
    try:
        return Path(file.folder).exists() and not stat.S_ISREG(path_of(file).stat().st_mode)
    except (FileNotFoundError, ValueError):  # ValueError: no file can have this name
        return True
    except NotADirectoryError:  # it is attached to a mail that is there, or its folder is a file now
        return not mail_around(file.file)
    except OSError:
        return False


def closed_folders(path: Path) -> list[tuple[Path, str]]:
    """The folders at or below `path` that can't be entered, each with the reason, in order of name."""
    if not path.is_dir():
        return []
    errors: list[OSError] = []
    for folder, folders, _ in os.walk(path, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        if not os.access(folder, os.X_OK):
            errors.append(PermissionError(0, "its files can't be opened", folder))
    return sorted((Path(os.fsdecode(error.filename)), error.strerror or str(error)) for error in errors)


def read_whole(path: Path) -> bytes:
    """The bytes of a file, none of them from before a change and others from after it.

    Raises:
        ReadError: it can't be read, or was changed twice while it was.
    """
    if (mail := mail_around(str(path))) and not path.exists():
        return attached(read_whole(Path(mail)), path.name)
    for _ in range(2):
        before = _state(path)
        data = load(path)
        if before == _state(path) and before[0] == len(data):
            return data
    raise ReadError("it is being written: it changed while it was read; ingest again when that is done")


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written or put in the place of another."""
    try:
        found = path.stat()
    except OSError as error:
        raise ReadError(f"it can't be opened: {error.strerror}") from error
    return found.st_size, found.st_mtime_ns, found.st_ino
