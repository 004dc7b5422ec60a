"""A data folder in, one file out, and back: a consistent snapshot with a manifest that every byte is checked against."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from index.errors import StoreError
from index.library.migrate import HEAD

FORMAT = "quarry backup 1"
MANIFEST = "manifest.json"
LIBRARY, CHROMA = "library.db", "chroma"
BLOCK = 1 << 20

MOST_MANIFEST = 10_000_000
"""Bytes of a manifest that are read: some 100,000 files."""

HOLDING = ("versions", "folders", "files", "conversations")
"""The tables of which one has a row in any library that was used."""

RESTORING = "restoring"
"""The folder, in the data folder, that a backup is unpacked into before it is checked and moved into place."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup made or restored: its file, the number of files inside, and their size in bytes before packing."""

    file: str
    files: int
    size: int
    created: str


def back_up(home: Path, file: Path, locks: Sequence[threading.Lock] = ()) -> BackedUp:
    """Write the texts, the index and the conversations of a data folder to `file`.

    `locks` keep whoever changes the library, or reads its vectors in this process, waiting while its files are copied.

    Settings (quarry.toml) are no part of it, as they may hold a secret.

    Raises:
        StoreError: there is nothing to back up, or the file can't be written; a file of that name is as it was then.
    """
    if not (home / LIBRARY).exists():
        raise StoreError(f"{home} holds no library: nothing to back up")
    if file.exists() and not _is_backup(file):
        raise StoreError(f"the backup can't be written over {file}, which is none of Quarry's: name another file")
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(prefix=".quarry-backup-", dir=file.parent) as folder:
            with ExitStack() as held:
                for lock in locks:
                    held.enter_context(lock)
                _copy_database(home / LIBRARY, Path(folder, LIBRARY))
                _copy_chroma(home / CHROMA, Path(folder, CHROMA))
            found = _packed(Path(folder), temporary)
        temporary.replace(file)
    except (OSError, sqlite3.OperationalError, zipfile.LargeZipFile) as error:
        reason = getattr(error, "strerror", None) or error  # without the names of temporary files
        raise StoreError(f"the backup {file} can't be written ({reason}): name another file, or free some space") from error
    except sqlite3.Error as error:
        raise StoreError(f"{home} can't be backed up, as it is damaged ({error}): `quarry doctor` says where") from error
    finally:
        temporary.unlink(missing_ok=True)
    return BackedUp(str(file), len(found["files"]), sum(one["size"] for one in found["files"].values()), found["created"])


def restore(home: Path, file: Path) -> BackedUp:
    """Make an empty data folder what a backup holds. The library appears at once, after all of it was checked.

    Raises:
        StoreError: the folder holds a library, or the file is no sound backup of a Quarry not newer than this one.
    """
    if not _is_empty(home):
        raise StoreError(f"{home} already holds a library: set QUARRY_HOME to an empty folder, nothing was changed")
    if not file.is_file():
        raise StoreError(f"there is no file {file}; nothing was changed")
    unpacked = home / RESTORING
    try:
        shutil.rmtree(unpacked, ignore_errors=True)
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            needed = sum(one["size"] for one in manifest["files"].values())
            if needed > shutil.disk_usage(home).free:
                raise StoreError(f"{file} needs {needed / 1e9:.1f} GB on the disk of {home}: free some space")
            for name, expected in manifest["files"].items():
                _unpack(archive, name, expected, unpacked, file)
        shutil.rmtree(home / CHROMA, ignore_errors=True)  # what an interrupted restore left
        for name in (LIBRARY, f"{LIBRARY}-wal", f"{LIBRARY}-shm"):
            (home / name).unlink(missing_ok=True)  # of a library that never held anything
        if (unpacked / CHROMA).exists():
            (unpacked / CHROMA).rename(home / CHROMA)
        (unpacked / LIBRARY).rename(home / LIBRARY)
    except (OSError, EOFError, RuntimeError, ValueError, struct.error, zlib.error, zipfile.BadZipFile) as error:
        raise StoreError(f"{file} is no sound backup, or can't be unpacked ({error}); nothing was changed") from error
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    return BackedUp(str(file), len(manifest["files"]), needed, manifest["created"])


def _is_backup(file: Path) -> bool:
    """Whether a file may be overwritten by a backup, as it is an earlier one."""
    try:
        with zipfile.ZipFile(file) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _is_empty(home: Path) -> bool:
    """Whether no document, ingested folder or conversation was ever in this data folder."""
    if not (home / LIBRARY).exists():
        return True
    try:
        with closing(sqlite3.connect(home / LIBRARY, timeout=30)) as database:
            counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in HOLDING]
    except sqlite3.Error:
        return False
    return not any(counts)


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy, through SQLite, also of a database that is being read and written."""
    with closing(sqlite3.connect(source, timeout=30)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
        other.execute("PRAGMA journal_mode = DELETE")  # one file, no companions


def _copy_chroma(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_dir():
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "chroma.sqlite3":
            _copy_database(path, to)
        elif not path.name.startswith("chroma.sqlite3-"):
            shutil.copyfile(path, to)


def _packed(folder: Path, file: Path) -> dict[str, Any]:
    """The manifest of the files of a folder, which are now in `file` with it, readable by this user alone."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    try:
        made_by = version("quarry-assistant")
    except PackageNotFoundError:
        made_by = "unknown"
    created = datetime.now(UTC).isoformat(timespec="seconds")
    manifest: dict[str, Any] = {"format": FORMAT, "quarry": made_by, "tables": HEAD, "created": created, "files": {}}
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb+") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, path in paths.items():
                with path.open("rb") as content:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()
                manifest["files"][name] = {"size": path.stat().st_size, "sha256": digest}
                archive.write(path, name)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """What the backup says of itself, once it is sound and names exactly the files that are there, none outside."""
    foreign = StoreError(f"{file} is no backup of Quarry's; nothing was changed")
    names = archive.namelist()
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise foreign
    try:
        manifest = json.loads(archive.read(MANIFEST))
        made_by, tables, listed = manifest["format"], manifest["tables"], manifest["files"]
        facts = [(one["size"] >= 0, len(one["sha256"])) for one in listed.values()]
        manifest["created"] + tables  # noqa: B018  # both are text
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise foreign from error
    if made_by != FORMAT or tables > HEAD:
        raise StoreError(f"{file} was made by a newer Quarry: update Quarry; nothing was changed")
    if sorted(names) != sorted([*listed, MANIFEST]) or LIBRARY not in listed or any(one != (True, 64) for one in facts):
        raise StoreError(f"{file} doesn't hold what its manifest names: it was changed or damaged; nothing was restored")
    for name in listed:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or path.parts[0] not in (LIBRARY, CHROMA):
            raise StoreError(f"{file} names a file outside the data folder ({name!r}); nothing was restored")
    return dict(manifest)


def _unpack(archive: zipfile.ZipFile, name: str, expected: dict[str, Any], into: Path, file: Path) -> None:
    """Write one file of the backup, never more than its manifest says, and check it."""
    path = into / name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source, path.open("wb") as target:
        while size <= expected["size"] and (block := source.read(BLOCK)):
            size += len(block)
            digest.update(block)
            target.write(block)
    if size != expected["size"] or digest.hexdigest() != expected["sha256"]:
        raise StoreError(f"{name} in {file} is not what was backed up: the file is damaged; nothing was restored")
