"""One process owns a data folder: it holds an OS lock, freed when it dies, and leaves its address and token beside it."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import filelock

from assistant.errors import AssistantError, OwnerError, ServedError, cause
from index.errors import IndexingError, StoreError

if TYPE_CHECKING:
    import sqlalchemy as sa

T = TypeVar("T")

logger = logging.getLogger(__name__)

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


@contextmanager
def owner_or_database(home: Path, say: Say, remote: Callable[[Owner], T], local: Callable[[sa.Engine], T]) -> Iterator[T]:
    """What `remote` makes of the data folder's owner if it has one, else what `local` makes of its database.

    The database is read also where the index can't be, as after a change of the embedder.

    Raises:
        OwnerError: another command holds the data folder and doesn't finish.
        StoreError: the database can't be read, or is newer than this code.
    """
    from index.library.schema import open_database

    with owner_or_self(home, say) as owner:
        if owner is not None:
            yield remote(owner)
            return
        engine = open_database(home)
        try:
            yield local(engine)
        finally:
            engine.dispose()


def announce(home: Path, owner: Owner) -> None:
    """Leave word, for this user's eyes only, of where the owner listens."""
    temporary = home / f"{NOTE}.new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({"pid": owner.pid, "address": owner.address, "token": owner.token}, file)
    temporary.replace(home / NOTE)


def call(owner: Owner, what: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The owner's reply to one call, value by value.

    Raises:
        AssistantError: the owner's own error, in its words.
        OwnerError: it refused, or broke off.
    """
    import httpx

    headers = {"Authorization": f"Bearer {owner.token}"}
    url = f"{owner.address}/owner/{what}"
    try:
        with httpx.stream("POST", url, json=body, headers=headers, timeout=None, trust_env=False) as reply:
            if reply.status_code != 200:
                raise OwnerError(f"the running Quarry at {owner.address} refused: {reply.status_code}; restart it")
            rest = b""
            for part in reply.iter_bytes():
                *lines, rest = (rest + part).split(b"\n")  # not `iter_lines`: it also ends a line at U+2028 of a quote
                for line in lines:
                    content = json.loads(line)
                    if "error" in content:
                        raise AssistantError(content["error"])
                    yield content
    except httpx.HTTPError as error:
        raise OwnerError(f"the running Quarry at {owner.address} broke off: {error}; ask again") from error


def lines_of(values: Iterator[bytes]) -> Iterator[bytes]:
    """The owner's reply as it is sent: each value, JSON, on a line, and an error as the last one; a bug's is logged, too."""
    try:
        for value in values:
            yield value + b"\n"
    except (AssistantError, IndexingError) as error:
        yield json.dumps({"error": str(error)}).encode() + b"\n"
    except Exception as error:  # the caller is to know, whatever it is; what it holds stays in the owner's log
        logger.exception("a command's work broke off")
        told = f"the running Quarry came upon an error of its own ({cause(error)}): what it prints says more; try again"
        yield json.dumps({"error": told}).encode() + b"\n"


def _read_note(home: Path) -> Owner | None:
    try:
        return Owner(**json.loads((home / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
