"""What people thought of an answer: a thumb with reasons, and what it was about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import TypeAdapter

from assistant.errors import FeedbackError
from assistant.types import Citation, Found, Status

Rating = Literal["up", "down"]
Reason = Literal["wrong", "citation doesn't fit", "not in the documents, though it is", "out of date"]

REASONS: tuple[Reason, ...] = get_args(Reason)

LONGEST = 2000
"""Characters of a right answer or a remark."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A rating of the answer of a conversation's turn `number`, from 1, and what was asked, found and answered there.

    `history` are the conversation's earlier questions, `index` is what the index was made with, `created` is ISO 8601 in
    UTC. The versions of the documents stand in `citations` and `hits`; hits older than their keeping are empty.
    """

    conversation_id: str
    number: int
    rating: Rating
    reasons: tuple[Reason, ...]
    right_answer: str
    remark: str
    question: str
    history: tuple[str, ...]
    query: str
    answer: str
    status: Status
    citations: tuple[Citation, ...]
    hits: tuple[Found, ...]
    answerer: str
    index: str
    created: str

    def __post_init__(self) -> None:
        if self.rating not in get_args(Rating) or not set(self.reasons) <= set(REASONS):
            raise ValueError(f"{self.rating} because of {self.reasons} is no rating: up or down, with reasons of {REASONS}")
        if self.rating == "up" and self.reasons:
            raise ValueError(f"a thumb up has no reasons, not {self.reasons}")
        for what, text in (("right answer", self.right_answer), ("remark", self.remark)):
            if len(text) > LONGEST:
                raise FeedbackError(f"the {what} has {len(text):,} characters: {LONGEST:,} at most, please shorten it")

    @property
    def id(self) -> str:
        """The conversation's id and the turn's number: a turn has one feedback at most."""
        return f"{self.conversation_id}-{self.number}"


FEEDBACK = TypeAdapter(Feedback)
