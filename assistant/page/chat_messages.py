"""The page's chat: what it shows of a conversation, as Gradio's messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.page.answer_html import earlier_html, failed_html, page_html, question_html
from assistant.service.answers import Talk
from assistant.types import Conversation, Outdated

SHOWN = 20
"""Turns shown of a long conversation, so that a redraw stays quick; a link shows as many more."""

LONGEST = 200
"""Characters shown of a question that could not be asked: it may be too long."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What a page shows: a conversation, how many of its last turns, and which of its answers are rated how."""

    conversation: Conversation = Conversation()
    shown: int = SHOWN
    rated: tuple[tuple[int, str], ...] = ()


def messages(chat: Chat, outdated: Sequence[Outdated] = (), talk: Talk | None = None) -> list[dict[str, Any]]:
    """The last turns of the conversation; then, where it is at work, the question under way, or the one that failed."""
    turns = chat.conversation.turns
    hidden = max(0, len(turns) - chat.shown)
    rated = dict(chat.rated)
    under_way = talk.question if talk else None
    found = [_message("assistant", earlier_html(min(hidden, SHOWN)))] if hidden else []
    for number, turn in list(enumerate(turns, 1))[hidden:]:
        last = under_way is None and number == len(turns)
        html = page_html(turn.answer, outdated, turn.question, number, rated.get(number, ""), last)
        found += [_message("user", question_html(turn.question)), _message("assistant", html)]
    if talk and talk.failed:
        question, reason = talk.failed
        found.append(_message("user", question_html(question.text[:LONGEST])))
        found.append(_message("assistant", failed_html(question.text, reason, question.number)))
    if talk and under_way:
        html = page_html(talk.answer, outdated, under_way.text, asked=under_way.number)
        found += [_message("user", question_html(under_way.text)), _message("assistant", html)]
    return found


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}
