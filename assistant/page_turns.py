"""The page's chat as it grows: a question in, the messages to show again and again, the turn stored at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant import texts
from assistant.errors import AssistantError
from assistant.export import cited
from assistant.page_html import earlier_html, page_html, question_html
from assistant.service import LocalService
from assistant.types import Answer, Conversation, Outdated, Turn
from index.errors import IndexingError
from index.types import Filters

UPDATE_SECONDS = 0.08
"""The page is redrawn some 12 times a second at most: each redraw renders the whole text again."""

SHOWN = 20
"""Turns shown of a long conversation, so that a redraw stays quick; a link shows as many more."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What a page shows: a conversation, how many of its last turns, and which of its answers are rated how."""

    conversation: Conversation = Conversation()
    shown: int = SHOWN
    rated: tuple[tuple[int, str], ...] = ()


Update = tuple[list[dict[str, Any]], Chat, str]
"""The chat's messages, what the page shows, and what stands in the question box."""


def answer_turn(
    service: LocalService,
    question: str,
    chat: Chat,
    filters: Filters = Filters(),  # noqa: B008  # it is frozen
    stopping: threading.Event | None = None,
    replaces: int | None = None,
) -> Iterator[Update]:
    """The page's state as an answer grows; the turn joins the conversation and is stored when it is done.

    With `replaces`, the number of the last turn, that one goes when the new one is there. Once `stopping` is set, what was
    found so far is the answer.
    """
    conversation = chat.conversation
    before = replace(conversation, turns=conversation.turns[: replaces - 1]) if replaces else conversation
    outdated = service.conversations.outdated(cited(before))
    if not question.strip():
        yield messages(chat, outdated), chat, ""
        return
    asked, answer, kept, drawn = replace(chat, conversation=before), Answer(), Answer(), 0.0
    try:
        for answer in service.ask(question, before, filters=filters):
            if stopping is not None and stopping.is_set() and answer.stage != "done":
                answer = stopped(kept)
            now = time.monotonic()
            if answer.stage in ("reading", "done") or now - drawn >= UPDATE_SECONDS:
                drawn = now
                yield messages(asked, outdated, question, answer), chat, ""
            if answer.stage == "reading":
                kept = answer
            if answer.stage == "done":
                break
    except (AssistantError, IndexingError) as error:
        failed = Answer(text=str(error), status="meta", stage="done")
        yield messages(asked, outdated, question[:200], failed), chat, question
        return
    turn = Turn(question, answer, datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        if replaces and before.id:
            service.conversations.withdraw(before.id, replaces)
        listed = service.conversations.add(before.id, turn)
        before = replace(before, id=listed.id, title=listed.title)
    except AssistantError as error:  # the answer is still worth reading
        turn = replace(turn, answer=replace(answer, notes=(*answer.notes, f"this answer is not stored: {error}")))
    rated = tuple((number, way) for number, way in chat.rated if number != replaces)
    grown = replace(chat, conversation=replace(before, turns=(*before.turns, turn)), rated=rated)
    yield messages(grown, outdated), grown, ""


def stopped(kept: Answer) -> Answer:
    """The answer that a stopped one leaves: the quotes, if they were found; what is not checked never stays."""
    if not kept.text:
        return Answer(text=texts.STOPPED_EARLY, status="meta", stage="done")
    return replace(kept, stage="done", notes=(*kept.notes, texts.STOPPED))


def messages(
    chat: Chat, outdated: Sequence[Outdated] = (), question: str = "", answer: Answer | None = None
) -> list[dict[str, Any]]:
    """The chat's messages: the last turns of the conversation, then the one under way."""
    turns = chat.conversation.turns
    hidden = max(0, len(turns) - chat.shown)
    rated = dict(chat.rated)
    found = [_message("assistant", earlier_html(min(hidden, SHOWN)))] if hidden else []
    for number, turn in list(enumerate(turns, 1))[hidden:]:
        last = answer is None and number == len(turns)
        html = page_html(turn.answer, outdated, turn.question, number, rated.get(number, ""), last)
        found += [_message("user", question_html(turn.question)), _message("assistant", html)]
    if answer is not None:
        found += [_message("user", question_html(question)), _message("assistant", page_html(answer, outdated, question))]
    return found


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}
