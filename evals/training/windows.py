"""The value that training examples are: a question, a window of sentences, and which of them answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """`gold` are the numbers of the sentences that answer, if any does; `answer` stands in the one gold sentence."""

    question: str
    above: str
    sentences: tuple[str, ...]
    gold: tuple[int, ...]
    answer: str = ""
