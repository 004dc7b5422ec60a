"""What one open page shows, drawn from the server's state alone and by one event at a time.

Gradio writes what an event yields over what is there, in the order in which events yield. So no event draws a part that it
worked out when it began: `View.draw` draws the page as it is, and a newer event's drawing ends the one before it first.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from assistant.page.chat_messages import Chat, messages
from assistant.page.list_html import conversations_html, waiting_html
from assistant.rendering.export import cited
from assistant.service.answers import Talk
from assistant.service.service import LocalService
from assistant.types import Conversation, Outdated

UPDATE_SECONDS = 0.08
"""The page is redrawn some 12 times a second at most: each redraw renders the whole text again."""

WAIT = 0.5
"""Seconds after which a drawing that waits for an answer gives its thread to others for a moment."""

LATE = 3.0
"""Seconds that an act waits for the one before it, which may be lost on the way, and a drawing for the one it ends."""


class Drawn(NamedTuple):
    """What a redraw changes: the chat's messages, the list of conversations, what waits, the feedback form and its line.

    None is for what stays as it is.
    """

    chat: list[dict[str, Any]] | None = None
    stored: str | None = None
    waiting: str | None = None
    asks_why: bool | None = None
    told: str | None = None


def _difference(old: Drawn, new: Drawn) -> Drawn:
    same = {name: None for name in Drawn._fields if getattr(old, name) == getattr(new, name)}
    return new._replace(**same)


class View:
    """An open page: its conversation, the words its list is searched for, whether it asks why an answer is wrong."""

    def __init__(self, service: LocalService) -> None:
        """An empty conversation."""
        self.chat = Chat()
        self.words = ""
        self.asks_why = False
        self.told = ""
        self._service = service
        self._answers = service.answers
        self._changed = service.answers.changed
        self._lock = threading.RLock()
        self._seen = 0
        self._outdated: tuple[Conversation, list[Outdated]] = (Conversation(), [])
        self._got = 0
        self._newest = 0
        self._drawing = 0
        self._late = 0
        self._left = False

    @contextmanager
    def acting(self, number: int) -> Iterator[None]:
        """The place of the page's act of this number, from 1: after the one before it, whichever came first here."""
        with self._changed:
            self._changed.wait_for(lambda: self._got >= number - 1, LATE)
        with self._lock:
            try:
                yield
            finally:
                with self._changed:
                    self._got = max(self._got, number)
                    self._changed.notify_all()

    def show(self, chat: Chat, talk: Talk | None = None) -> None:
        """Open another conversation; `talk` is the work at it that `chat` knows of."""
        with self._lock:
            self.chat, self._seen = chat, talk.version if talk else 0
            self.asks_why, self.told = False, ""

    def talk(self) -> Talk | None:
        """The work at the open conversation, whose turns are then the page's too."""
        with self._lock:
            talk = self._answers.of(self.chat.conversation.id)
            if talk and talk.version > self._seen:
                self.chat, self._seen = Chat(talk.conversation, self.chat.shown, self.chat.rated), talk.version
            return talk

    def leave(self) -> None:
        """End what is drawn: the page is closed. Its answers go on."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def draw(self) -> Generator[Drawn]:
        """The whole page, then what changes of it, as long as any answer is under way and no other event draws."""
        mine, drew = self._begin(), False
        last, seen = Drawn(), (-1, -1, 0)
        try:
            while self._is_mine(mine):
                at = self._version()
                last = last if at[2] == seen[2] else Drawn()
                now = self._look(last, at[1] != seen[1]) if at != seen else last
                drew = True
                yield _difference(last, now)
                last, seen = now, at
                if not self._waits(mine, at):
                    break
            yield Drawn()  # Gradio sends what was yielded last a second time, when a newer drawing may have begun
            while drew and self._overtaken(mine) and seen != self._version():
                seen = self._version()
                yield self._look(Drawn(), True)
                yield Drawn()
        finally:
            with self._changed:
                self._late += drew and self._overtaken(mine)
                self._drawing = 0 if self._drawing == mine else self._drawing
                self._changed.notify_all()

    def _overtaken(self, mine: int) -> bool:
        """Whether a newer drawing didn't wait for this one's end. What this one drew may lie over the newer's: the whole
        page is drawn once more, by the newer one too where it still goes on."""
        return mine not in (self._drawing, self._newest) and not self._left

    def _begin(self) -> int:
        """The right to draw, once the drawing before this one has ended: all that it yielded is then on its way."""
        with self._changed:
            self._newest += 1
            mine = self._newest
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._drawing or self._newest != mine, LATE)
            if self._newest == mine:
                self._drawing = mine
            return mine

    def _is_mine(self, mine: int) -> bool:
        return self._newest == mine and not self._left and not self._answers.closed

    def _version(self) -> tuple[int, int, int]:
        with self._changed:
            talk = self._answers.of(self.chat.conversation.id)
            return talk.version if talk else 0, self._answers.listed, self._late

    def _waits(self, mine: int, at: tuple[int, int, int]) -> bool:
        """Wait for a change; False where none will come."""
        with self._changed:
            if not self._answers.running() and self._version() == at:
                return False
            self._changed.wait_for(lambda: not self._is_mine(mine), UPDATE_SECONDS)
            self._changed.wait_for(
                lambda: not self._is_mine(mine) or self._version() != at or not self._answers.running(), WAIT
            )
            return True

    def _look(self, last: Drawn, lists: bool) -> Drawn:
        """The page as it is; the list is looked up only where it may have changed."""
        with self._lock:
            talk = self.talk()
            conversation = self.chat.conversation
            if last.chat is None or self._outdated[0] is not conversation:
                self._outdated = conversation, self._service.conversations.outdated(cited(conversation))
            stored = last.stored
            if lists or stored is None:
                found = self._service.conversations.listed(self.words)
                stored = conversations_html(found, self._answers.running(), self.words, conversation.id)
            waiting = waiting_html(talk.waiting if talk else (), self._got)
            return Drawn(messages(self.chat, self._outdated[1], talk), stored, waiting, self.asks_why, self.told)


class Views:
    """The open pages, by Gradio's name for their session. Safe to use from many threads."""

    def __init__(self, service: LocalService) -> None:
        """None is open."""
        self._service = service
        self._open: dict[str, View] = {}
        self._lock = threading.Lock()

    def of(self, session: str | None) -> View:
        """The page of a session."""
        with self._lock:
            return self._open.setdefault(session or "", View(self._service))

    def leave(self, session: str | None) -> None:
        """Forget a page that is closed."""
        with self._lock:
            view = self._open.pop(session or "", None)
        if view:
            view.leave()
