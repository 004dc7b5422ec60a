"""One process owns a data folder: it holds an OS lock, freed when it dies, and leaves its address and token beside it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from assistant.errors import OwnerError, ServedError
from index.errors import StoreError

LOCK = "owner.lock"
NOTE = "owner.json"

Say = Callable[[str], None]
"""One line to whoever started the process."""

PATIENCE = 120.0
"""Seconds a command waits for another one that holds the data folder but serves nobody: an ask or an ingest."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A running process that serves the data folder."""

    pid: int
    address: str
    token: str


def find_owner(home: Path) -> Owner | None:
    """The process that serves this data folder; None where none does."""
    return _read_note(home) if is_locked(home) else None


def is_locked(home: Path) -> bool:
    """Whether a running process holds the data folder, serving it or not."""
    if not (home / LOCK).exists():
        return False
    try:
        with filelock.FileLock(home / LOCK, timeout=0):
            return False
    except filelock.Timeout:
        return True
    except OSError:
        return False  # not even readable: opening the library says so


@contextmanager
def owning(home: Path, patience: float = PATIENCE, say: Say = lambda line: None) -> Iterator[None]:
    """Own the data folder inside the block, after waiting up to `patience` seconds for a command that is at it.

    Raises:
        ServedError: a running process serves it.
        OwnerError: another command keeps it.
        StoreError: the folder can't be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(home / LOCK)
        end, said = time.monotonic() + patience, False
        while True:
            try:
                lock.acquire(timeout=0.2)
                break
            except filelock.Timeout:
                owner = _read_note(home)
                if owner:
                    raise ServedError(
                        f"Quarry already runs on the data folder {home}: open {owner.address}, stop process {owner.pid}, "
                        "or set QUARRY_HOME to another folder"
                    ) from None
                if not said:
                    say("another quarry command works on the data folder: waiting for it")
                said = True
                if time.monotonic() > end:
                    raise OwnerError(
                        f"another quarry command works on the data folder {home}: wait until it is done and try again"
                    ) from None
    except OSError as error:
        raise StoreError(
            f"the data folder {home} can't be written ({error.strerror}): set QUARRY_HOME to a folder of yours"
        ) from error
    try:
        (home / NOTE).unlink(missing_ok=True)  # what a killed owner left
        yield
    finally:
        (home / NOTE).unlink(missing_ok=True)
        lock.release()


@contextmanager
def owner_or_self(home: Path, say: Say) -> Iterator[Owner | None]:
    """The process that serves this data folder; None where this one owns it, inside the block.

    Raises:
        OwnerError: another command holds the data folder and doesn't finish.
        StoreError: the folder can't be written.
    """
    with ExitStack() as stack:
        owner = find_owner(home)
        if owner is None:
            try:
                stack.enter_context(owning(home, say=say))
            except ServedError:  # it began to serve while this process waited
                owner = find_owner(home)
        yield owner


def announce(home: Path, owner: Owner) -> None:
    """Leave word, for this user's eyes only, of where the owner listens."""
    temporary = home / f"{NOTE}.new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({"pid": owner.pid, "address": owner.address, "token": owner.token}, file)
    temporary.replace(home / NOTE)


def _read_note(home: Path) -> Owner | None:
    try:
        return Owner(**json.loads((home / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
