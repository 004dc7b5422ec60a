"""Who may use the model: one at a time, what a question waits for before all else; and passages in parts between turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SLICE_CHARACTERS, SLICE_TEXTS = 8000, 32
"""Passages embedded in one go, some 8 chunks: between two goes a query gets in, so it waits half a second at most and not
the seconds that a batch takes. Texts of like length go together, as the shorter ones are padded."""


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
        size = min(max(SLICE_CHARACTERS // max(len(texts[order[0]]), 1), 1), SLICE_TEXTS)
        yield order[:size]
        order = order[size:]
