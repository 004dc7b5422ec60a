"""What the library holds, through whichever process owns the data folder: lists, and a backup. No model is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from pydantic import TypeAdapter

from assistant.service.owner import Owner, Say, call, owner_or_database
from index.library.listing import ListedCollection, ListedFile, listed_collections, listed_files
from index.settings import IndexSettings
from index.upkeep.backup import BackedUp, back_up

LISTED_FILE = TypeAdapter(ListedFile)
LISTED_COLLECTION = TypeAdapter(ListedCollection)
BACKED_UP = TypeAdapter(BackedUp)


class Documents(Protocol):
    """What commands ask of the library as a whole."""

    def listed(self, collection: str = "") -> list[ListedFile]:
        """See `index.library.listing.listed_files`."""

    def collections(self) -> list[ListedCollection]:
        """See `index.library.listing.listed_collections`."""

    def back_up(self, file: Path) -> BackedUp:
        """See `index.upkeep.backup.back_up`."""


class LocalDocuments:
    """The same on an open database; `locks` are held by whoever changes the library or reads its vectors."""

    def __init__(self, home: Path, engine: sa.Engine, locks: Sequence[threading.Lock] = ()) -> None:
        """`engine` is the database of the data folder `home`."""
        self._home, self._engine, self._locks = home, engine, locks

    def listed(self, collection: str = "") -> list[ListedFile]:
        """See `Documents.listed`."""
        return listed_files(self._engine, collection)

    def collections(self) -> list[ListedCollection]:
        """See `Documents.collections`."""
        return listed_collections(self._engine)

    def back_up(self, file: Path) -> BackedUp:
        """See `Documents.back_up`."""
        return back_up(self._home, file, self._locks)


class RemoteDocuments:
    """The same done by the data folder's owner, on loopback."""

    def __init__(self, owner: Owner) -> None:
        """`owner` is the running process."""
        self._owner = owner

    def listed(self, collection: str = "") -> list[ListedFile]:
        """See `Documents.listed`."""
        return [LISTED_FILE.validate_python(line) for line in self._call("listed", collection=collection)]

    def collections(self) -> list[ListedCollection]:
        """See `Documents.collections`."""
        return [LISTED_COLLECTION.validate_python(line) for line in self._call("collections")]

    def back_up(self, file: Path) -> BackedUp:
        """See `Documents.back_up`."""
        [line] = self._call("back_up", file=str(file.absolute()))
        return BACKED_UP.validate_python(line)

    def _call(self, what: str, **body: Any) -> list[dict[str, Any]]:
        return list(call(self._owner, f"documents/{what}", body))


def replied(documents: Documents, what: str, body: dict[str, Any]) -> Iterator[Any]:
    """The owner's side of `RemoteDocuments`: the values that answer one call, each ready for JSON."""
    if what == "listed":
        yield from (LISTED_FILE.dump_python(one) for one in documents.listed(body["collection"]))
    elif what == "collections":
        yield from (LISTED_COLLECTION.dump_python(one) for one in documents.collections())
    elif what == "back_up":
        yield BACKED_UP.dump_python(documents.back_up(Path(body["file"])))


def open_documents(index: IndexSettings, say: Say) -> AbstractContextManager[Documents]:
    """The data folder's documents, see `owner_or_database`."""
    return owner_or_database(index.home, say, RemoteDocuments, lambda engine: LocalDocuments(index.home, engine))
