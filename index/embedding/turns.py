"""Who may use the model: one at a time, what a question waits for before all else; and passages in parts between turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile

SLICE_CHARACTERS, SLICE_TEXTS = 4000, 32
"""Passages embedded in one go, some 4 chunks: between two goes a query gets in, so it waits a moment and not the seconds
that a batch takes."""

LIKE = 0.85
"""Texts that go together have at least this much of the longest one's length: shorter ones are padded, and without it a
sixth of what the encoder did was padding."""


class Turns:
    """The turns at one model. Safe to use from many threads."""

    def __init__(self) -> None:
        """Nobody has it."""
        self._changed = threading.Condition()
        self._busy = False
        self._waiting = 0
        """Those that a question waits for: all others wait for them."""

    @contextmanager
    def turn(self, first: bool) -> Iterator[None]:
        """The model for oneself; those `first` that a question waits for: queries, and passages read for it."""
        with self._changed:
            self._waiting += first
            self._changed.wait_for(lambda: not self._busy and (first or not self._waiting))
            self._waiting -= first
            self._busy = True
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()


def slices(texts: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of the texts, the longest first, in parts that are embedded in one go."""
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    while order:
        longest = len(texts[order[0]])
        size = min(max(SLICE_CHARACTERS // max(longest, 1), 1), SLICE_TEXTS)
        part = list(takewhile(lambda i: len(texts[i]) >= LIKE * longest, order[:size]))  # noqa: B023
        yield part
        order = order[len(part) :]
