"""All feedback of a data folder, through whichever process owns it. No model, no index, only the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from assistant.history.feedback import FEEDBACK, Feedback
from assistant.history.feedback_store import FeedbackStore
from assistant.service.owner import Owner, Say, call, owner_or_self
from index.library.schema import open_database
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


@contextmanager
def open_feedbacks(index: IndexSettings, say: Say) -> Iterator[Feedbacks]:
    """The data folder's feedback: through its owner if it has one, else from its database.

    Raises:
        OwnerError: another command holds the data folder and doesn't finish.
        StoreError: the database can't be read, or is newer than this code.
    """
    with owner_or_self(index.home, say) as owner:
        if owner is not None:
            yield RemoteFeedbacks(owner)
            return
        engine = open_database(index.home)
        try:
            yield FeedbackStore(engine, index.home)
        finally:
            engine.dispose()
