"""The stored conversations, through whichever process owns the data folder. No model, no index, only the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from pydantic import TypeAdapter

from assistant.history.history import CONVERSATION, TURN, History
from assistant.service.owner import Owner, Say, call, owner_or_database
from assistant.types import Conversation, Listed, Outdated, Turn
from index.settings import IndexSettings

LISTED = TypeAdapter(Listed)
OUTDATED = TypeAdapter(Outdated)


class Conversations(Protocol):
    """What commands and the page do with them; see `assistant.history.history.History`."""

    def listed(self, words: str = "") -> list[Listed]:
        """The conversations that hold all `words`, the last changed first."""

    def read(self, id_: str) -> Conversation:
        """A conversation with its turns."""

    def add(self, id_: str, turn: Turn) -> Listed:
        """Store a turn; an empty id begins a conversation."""

    def rename(self, id_: str, title: str) -> Listed:
        """Give a conversation another title."""

    def delete(self, id_: str) -> Listed:
        """Forget a conversation; what it was."""

    def outdated(self, cited: Sequence[tuple[str, int]]) -> list[Outdated]:
        """Those of the cited versions that are no longer current."""


class RemoteConversations:
    """The same done by the data folder's owner, on loopback."""

    def __init__(self, owner: Owner) -> None:
        """`owner` is the running process."""
        self._owner = owner

    def listed(self, words: str = "") -> list[Listed]:
        """See `Conversations.listed`."""
        return [LISTED.validate_python(line) for line in self._call("listed", words=words)]

    def read(self, id_: str) -> Conversation:
        """See `Conversations.read`."""
        [line] = self._call("read", id=id_)
        return CONVERSATION.validate_python(line)

    def add(self, id_: str, turn: Turn) -> Listed:
        """See `Conversations.add`."""
        return self._one("add", id=id_, turn=TURN.dump_python(turn, mode="json"))

    def rename(self, id_: str, title: str) -> Listed:
        """See `Conversations.rename`."""
        return self._one("rename", id=id_, title=title)

    def delete(self, id_: str) -> Listed:
        """See `Conversations.delete`."""
        return self._one("delete", id=id_)

    def outdated(self, cited: Sequence[tuple[str, int]]) -> list[Outdated]:
        """See `Conversations.outdated`."""
        return [OUTDATED.validate_python(line) for line in self._call("outdated", cited=list(cited))]

    def _one(self, what: str, **body: Any) -> Listed:
        [line] = self._call(what, **body)
        return LISTED.validate_python(line)

    def _call(self, what: str, **body: Any) -> list[dict[str, Any]]:
        return list(call(self._owner, f"conversations/{what}", body))


def replied(history: History, what: str, body: dict[str, Any]) -> Iterator[Any]:
    """The owner's side of `RemoteConversations`: the values that answer one call, each ready for JSON."""
    if what == "listed":
        yield from (LISTED.dump_python(one) for one in history.listed(body["words"]))
    elif what == "read":
        yield CONVERSATION.dump_python(history.read(body["id"]), mode="json")
    elif what == "add":
        yield LISTED.dump_python(history.add(body["id"], TURN.validate_python(body["turn"])))
    elif what == "rename":
        yield LISTED.dump_python(history.rename(body["id"], body["title"]))
    elif what == "delete":
        yield LISTED.dump_python(history.delete(body["id"]))
    elif what == "outdated":
        cited = [(document_id, version) for document_id, version in body["cited"]]
        yield from (OUTDATED.dump_python(one) for one in history.outdated(cited))


def open_conversations(index: IndexSettings, say: Say) -> AbstractContextManager[Conversations]:
    """The data folder's conversations, see `owner_or_database`."""
    return owner_or_database(index.home, say, RemoteConversations, History)
