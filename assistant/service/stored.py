"""What a data folder's database holds, through whichever process owns it. No model is needed, nor a sound index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from assistant.history.feedback_store import FeedbackStore
from assistant.history.history import History
from assistant.service.interfaces import Conversations, Documents, Feedbacks
from assistant.service.owner import Say, owner_or_self
from assistant.service.remote import remote
from index.library.listing import ListedCollection, ListedFile, listed_collections, listed_files
from index.library.schema import open_database
from index.settings import IndexSettings
from index.upkeep.backup import BackedUp, back_up

T = TypeVar("T")


class LocalDocuments:
    """See `Documents`; `locks` are held by whoever changes the library or reads its vectors."""

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


def open_conversations(index: IndexSettings, say: Say) -> AbstractContextManager[Conversations]:
    """The data folder's conversations; raises as `_opened`."""
    return _opened(index.home, say, Conversations, History)


def open_documents(index: IndexSettings, say: Say) -> AbstractContextManager[Documents]:
    """The data folder's documents; raises as `_opened`."""
    return _opened(index.home, say, Documents, lambda engine: LocalDocuments(index.home, engine))


def open_feedbacks(index: IndexSettings, say: Say) -> AbstractContextManager[Feedbacks]:
    """The data folder's feedback; raises as `_opened`."""
    return _opened(index.home, say, Feedbacks, lambda engine: FeedbackStore(engine, index.home))


@contextmanager
def _opened(home: Path, say: Say, interface: type[T], local: Callable[[sa.Engine], T]) -> Iterator[T]:
    """The interface as the data folder's owner has it, if it has one, else what `local` makes of its database.

    The database is read also where the index can't be, as after a change of the embedder.

    Raises:
        OwnerError: another command holds the data folder and doesn't finish.
        StoreError: the database can't be read, or is newer than this code.
    """
    with owner_or_self(home, say) as owner:
        if owner is not None:
            yield remote(owner, interface)
            return
        engine = open_database(home)
        try:
            yield local(engine)
        finally:
            engine.dispose()
