"""What to expect of the answers, in words, from counts that `python -m evals expect` took from a saved run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

EXPECTED = Path(__file__).with_name("expected.json")
"""The counts by language model, as its setting names it: `none` are the quotes alone."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Counts of a run over questions whose answers are known: how many of which kind, and what became of them."""

    questions: str
    answerable: int
    answered: int
    unanswerable: int
    refused: int
    answers: int
    wrong: int
    threshold: float
    commit: str

    def __post_init__(self) -> None:
        parts = ((self.answered, self.answerable), (self.refused, self.unanswerable), (self.wrong, self.answers))
        if not all(0 <= part <= whole for part, whole in parts):
            raise ValueError(f"a part is larger than its whole: {self}")

    def __str__(self) -> str:
        return (
            f"answers {_in_100(self.answered, self.answerable)} answerable questions and refuses "
            f"{_in_100(self.refused, self.unanswerable)} that the documents don't answer; of its answers "
            f"{_in_100(self.wrong, self.answers)} are wrong ({self.questions})"
        )


def load_expected(path: Path = EXPECTED) -> dict[str, Expected]:
    """The stored counts by language model."""
    return {llm: Expected(**counts) for llm, counts in json.loads(path.read_text(encoding="utf-8")).items()}


def expectation(llm: str, threshold: float, measured: dict[str, Expected]) -> str:
    """What to expect with this language model at this threshold; where it was not measured, of the quotes alone."""
    own = measured.get(llm)
    if own and own.threshold == threshold:
        return str(own)
    quotes = measured.get("none")
    if llm != "none" and quotes and quotes.threshold == threshold:
        return f"not measured with this language model; without one it {quotes}"
    return "not measured with these settings"


def _in_100(part: int, whole: int) -> str:
    """A share in words, the few that would round to none or all told apart from them."""
    if not whole:
        return "an unknown share of"
    share = round(100 * part / whole)
    if part in (0, whole):
        return f"{share} in 100"
    return "fewer than 1 in 100" if share == 0 else "over 99 in 100" if share == 100 else f"{share} in 100"
