"""All feedback of a data folder, through whichever process owns it. No model, no index, only the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from assistant.history.feedback import FEEDBACK, Feedback
from assistant.history.feedback_store import FeedbackStore
from assistant.service.owner import Owner, Say, call, owner_or_database
from index.settings import IndexSettings


class Feedbacks(Protocol):
    """What commands do with feedback; see `assistant.history.feedback_store.FeedbackStore`."""

    def listed(self) -> list[Feedback]:
        """All feedback, the oldest first."""

    def questions(self) -> list[dict[str, Any]]:
        """Of each its `id` and the evaluation `question`, or the `reason` why there is none."""


class RemoteFeedbacks:
    """The same done by the data folder's owner, on loopback."""

    def __init__(self, owner: Owner) -> None:
        """`owner` is the running process."""
        self._owner = owner

    def listed(self) -> list[Feedback]:
        """See `Feedbacks.listed`."""
        return [FEEDBACK.validate_python(line) for line in call(self._owner, "feedback/listed", {})]

    def questions(self) -> list[dict[str, Any]]:
        """See `Feedbacks.questions`."""
        return list(call(self._owner, "feedback/questions", {}))


def replied(store: FeedbackStore, what: str) -> Iterator[Any]:
    """The owner's side of `RemoteFeedbacks`: the values that answer one call, each ready for JSON."""
    if what == "listed":
        yield from (FEEDBACK.dump_python(one, mode="json") for one in store.listed())
    elif what == "questions":
        yield from store.questions()


def open_feedbacks(index: IndexSettings, say: Say) -> AbstractContextManager[Feedbacks]:
    """The data folder's feedback, see `owner_or_database`."""
    return owner_or_database(index.home, say, RemoteFeedbacks, lambda engine: FeedbackStore(engine, index.home))
