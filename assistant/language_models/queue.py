"""Who waits for the language model, in order of coming; and the model as one asker sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

Told = Callable[[int], None]
"""Takes how many are ahead, each time it may have changed."""


class Line:
    """Places at something that serves `at_once` askers at a time; the others wait in order of coming."""

    def __init__(self, at_once: int, wait: float) -> None:
        """`wait` is the longest time in seconds between two signs of life while others are ahead."""
        self._at_once = at_once
        self._wait = wait
        self._tickets: list[object] = []
        self._moved = threading.Condition()

    @contextmanager
    def place(self, told: Told) -> Iterator[Iterator[None]]:
        """A place in the line, held inside the block; what is given yields while others are ahead."""
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        try:
            yield self._ahead(ticket, told)
        finally:
            with self._moved:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    def _ahead(self, ticket: object, told: Told) -> Iterator[None]:
        while True:
            with self._moved:
                ahead = self._tickets.index(ticket) - self._at_once + 1
                if ahead > 0:
                    self._moved.wait(self._wait)
                    ahead = self._tickets.index(ticket) - self._at_once + 1
            told(max(0, ahead))
            if ahead <= 0:
                return
            yield


class Waiting(Protocol):
    """A language model that tells how many are ahead; see `assistant.language_models.client.LanguageModel`."""

    name: str
    prompt_tokens: int | None

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int, told: Told = ...) -> Iterator[str]:
        """See `LanguageModel.stream`."""

    def yes(self, messages: Sequence[tuple[str, str]], told: Told = ...) -> Iterator[float | None]:
        """See `LanguageModel.yes`."""


class InLine:
    """A shared language model as one asker sees it: `ahead` is how many replies come before the next one."""

    def __init__(self, model: Waiting) -> None:
        """`model` is shared with others."""
        self.name = model.name
        self.prompt_tokens: int | None = None
        self.ahead = 0
        self._model = model

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        """See `LanguageModel.stream`."""
        yield from self._model.stream(messages, max_tokens, self._told)

    def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
        """See `LanguageModel.yes`."""
        yield from self._model.yes(messages, self._told)

    def _told(self, ahead: int) -> None:
        self.ahead = ahead
