"""Model files that PyPI packages carry: found through the packages' metadata, never imported, and checked by hash."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.errors import MissingPackageError, ModelError

JOINED = Path(sys.prefix) / "share" / "quarry"
"""Where joined files and the record of checked ones lie: in the environment, shared by all data folders."""

BLOCK = 1 << 22


def is_installed(package: str) -> bool:
    """Whether the environment has this package."""
    return any(importlib.metadata.distributions(name=package))


def package_file(package: str, suffix: str) -> Path:
    """The one file of an installed package whose path ends with `suffix`.

    Raises:
        MissingPackageError: the package is not installed.
        ModelError: the file is not in it.
    """
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingPackageError(f"the package {package} is not installed: run `make chat`, which installs it") from error
    found = [Path(str(file.locate())) for file in files if file.as_posix().endswith(suffix)]
    if len(found) != 1 or not found[0].is_file():
        raise ModelError(f"the package {package} holds no file {suffix}: remove .venv and run `make chat` again")
    return found[0]


def check_hash(path: Path, sha256: str) -> None:
    """Returns if `path` has this hash. A file already checked is read again only if its size or time changed.

    Raises:
        ModelError: the file is missing or its hash differs.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise ModelError(f"the model file {path} is missing: remove .venv and run `make chat` again") from error
    record = JOINED / "checked.json"
    checked: dict[str, list[int | str]] = {}
    try:
        checked = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        pass  # no record, or one cut short: the file is hashed again
    entry: list[int | str] = [state.st_size, state.st_mtime_ns, sha256]
    if checked.get(str(path)) == entry:
        return
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    if found.hexdigest() != sha256:
        raise ModelError(
            f"the model file {path} has the wrong hash (sha256 {found.hexdigest()[:12]}…, expected {sha256[:12]}…): "
            "remove it, or .venv, and run `make chat` again"
        )
    with contextlib.suppress(ModelError):  # an environment that can't be written: hashed again next time
        _replace(record, [json.dumps({**checked, str(path): entry}).encode()])


def joined_file(name: str, parts: Iterable[Path], sha256: str, progress: Callable[[int], None]) -> Path:
    """The file made of `parts` in order, joined on first use and hash-checked; `progress` gets the bytes written so far.

    Raises:
        ModelError: the joined file's hash differs, or the environment can't be written.
    """
    path = JOINED / name
    if not path.exists():
        found = hashlib.sha256()

        def blocks() -> Iterator[bytes]:
            done = 0
            for part in parts:
                with part.open("rb") as file:
                    while block := file.read(BLOCK):
                        found.update(block)
                        done += len(block)
                        progress(done)
                        yield block
            if found.hexdigest() != sha256:
                raise ModelError(f"the parts of {name} have the wrong hash together: remove .venv and run `make chat` again")

        _replace(path, blocks())
    check_hash(path, sha256)
    return path


def _replace(path: Path, blocks: Iterable[bytes]) -> None:
    """Write to a temporary name beside `path`, then rename: a reader sees the old file or the whole new one."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            for block in blocks:
                file.write(block)
        temporary.replace(path)
    except OSError as error:
        raise ModelError(f"{path} can't be written ({error.strerror}): the environment has to be writable") from error
    finally:
        temporary.unlink(missing_ok=True)
