"""The open training data: rows of questions and passages, only of the sources that the reader's card lists."""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvaluationError

LANGUAGES = "zh ru es de tr vi ar el hi ro".split()
SOURCES = (
    "squad2",
    "nqg",
    "qamr",
    "selqa",
    "covidqa",
    "clapnq",
    "xquad.en",
    *(f"xquad.{language}" for language in LANGUAGES if language != "hi"),
    *(f"xquad.{language}.own" for language in LANGUAGES),
)
"""All that may be learnt from; each stands in the card with its licence."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question, its passage's sentences, the numbers of those that answer; `hard` are sentences of other places."""

    question: str
    sentences: tuple[str, ...]
    gold: tuple[int, ...]
    source: str
    title: str = ""
    answer: str = ""
    hard: tuple[str, ...] = ()


def read_rows(path: Path) -> list[Row]:
    """The rows of `train.jsonl` or `train.jsonl.xz`.

    Raises:
        EvaluationError: a row is of a source that the card doesn't list.
    """
    data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    given = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    if foreign := {one["src"] for one in given} - set(SOURCES):
        raise EvaluationError(
            f"{path} holds rows of {sorted(foreign)}, which the reader's card doesn't list: leave them out"
        )
    return [
        Row(
            one["q"],
            tuple(one["sents"]),
            tuple(one["gold"]),
            one["src"],
            one.get("title", "").replace("_", " "),
            one.get("answer", ""),
            tuple(one.get("hard", ())),
        )
        for one in given
    ]


def by_source(rows: Sequence[Row]) -> dict[str, list[int]]:
    """The numbers of the rows of each source."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        found.setdefault(row.source, []).append(number)
    return found


HELD_TITLES = (
    "Imperialism",
    "United Methodist Church",
    "Prime number",
    "Chloroplast",
    "Intergovernmental Panel on Climate Change",
)
"""Articles never trained on: thresholds are chosen, and errors read, on their questions."""

HELD_ENGLISH = range(640, 775)
"""The rows of `xquad.en`, and of its translations in the same order, that are of these articles or next to them."""


def held_out(rows: Sequence[Row]) -> frozenset[int]:
    """The numbers of the rows that training leaves alone: of the held articles, wherever their sentences occur."""
    held = {number for number, row in enumerate(rows) if row.title in HELD_TITLES}
    for source, numbers in by_source(rows).items():
        if source == "xquad.en" or (source.startswith("xquad.") and not source.endswith(".own")):
            held |= {numbers[place] for place in HELD_ENGLISH}
    said = {_letters(sentence) for number in held for sentence in rows[number].sentences}
    held |= {number for number, row in enumerate(rows) if any(_letters(sentence) in said for sentence in row.sentences)}
    return frozenset(held)


def _letters(sentence: str) -> str:
    return "".join(filter(str.isalnum, sentence.lower()))
