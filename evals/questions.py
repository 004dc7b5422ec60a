"""Our own questions on the seeds, or those of a feedback: loaded, checked against the documents, and split into halves."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.history.feedback_question import KIND as FEEDBACK
from evals.errors import EvaluationError
from evals.metrics import Span
from index.types import Document

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions.jsonl"
SEEDS = HERE.parent / "seeds"

Half = Literal["open", "report"]

UNANSWERABLE = ("wrong_attribute", "wrong_subject", "follow_up_refused")
"""Kinds whose only right status is a refusal."""

NOT_FACTUAL = ("ambiguous", "small_talk", "about_library", "false_premise", "injection", *UNANSWERABLE)
"""Kinds that are no plain answerable questions: left out of the accuracy on answerable ones."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the user's earlier ones, the statuses that are right, gold spans, required facts with their forms."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    status: tuple[str, ...]
    gold: tuple[Span, ...]
    facts: tuple[tuple[str, ...], ...]
    wrong: tuple[str, ...]
    half: Half

    @property
    def answerable(self) -> bool:
        """Whether it is a plain question whose answer the documents hold."""
        return self.kind not in NOT_FACTUAL and (self.kind != FEEDBACK or "answered" in self.status)

    @property
    def must_be_refused(self) -> bool:
        """Whether a refusal is the only right answer."""
        return self.kind in UNANSWERABLE or (self.kind == FEEDBACK and self.status == ("refused",))


def load_questions(path: Path = QUESTIONS, documents: Path = SEEDS) -> list[Question]:
    """The questions of a file, in its order.

    Raises:
        EvaluationError: the file is missing or malformed, an id comes twice, or a gold quote isn't found exactly once.
    """
    texts: dict[str, list[str]] = {}

    def read(file: str) -> list[str]:
        if file not in texts:
            try:
                texts[file] = [(documents / file).read_bytes().decode("utf-8")]
            except OSError:
                return []
        return texts[file]

    return _loaded(path, read, str(documents))


def load_feedback(path: Path, documents: Sequence[Document]) -> list[Question]:
    """The questions that were made of people's feedback, over documents as the product reads them, so also of PDFs.

    Raises:
        EvaluationError: as in `load_questions`; documents of one name in two folders are looked through together.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        texts[document.file].append(document.text)
    return _loaded(path, lambda file: texts.get(file, []), "the documents asked about (--docs)")


def _loaded(path: Path, read: Callable[[str], list[str]], where: str) -> list[Question]:
    rows = read_lines(path)
    halves = _halves(rows)
    questions = []
    for row in rows:
        try:
            gold = tuple(_found(read(gold["file"]), gold["file"], gold["quote"], row["id"], where) for gold in row["gold"])
            facts = tuple(tuple(forms) for forms in row["facts"])
            lists = {name: tuple(row[name]) for name in ("history", "status", "wrong")}
            half = halves[row["id"]]
            questions.append(Question(row["id"], row["kind"], row["question"], gold=gold, facts=facts, half=half, **lists))
        except (KeyError, TypeError) as error:
            raise EvaluationError(f"{path}: question {row.get('id')} is malformed: {error!r}") from error
    if len({question.id for question in questions}) < len(questions):
        raise EvaluationError(f"{path}: an id comes twice")
    return questions


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        EvaluationError: the file is missing, or a line of it is no JSON object.
    """
    if not path.is_file():
        raise EvaluationError(f"there is no file {path}")
    rows = []
    # Not splitlines: U+2028 and its like may stand inside a text.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{path}, line {number}: no JSON: {error}") from error
        if not isinstance(row, dict):
            raise EvaluationError(f"{path}, line {number}: an object is expected")
        rows.append(row)
    return rows


def half_of(id_: str) -> Half:
    """The half of an item of an open benchmark: thresholds are chosen on `open` and reported on `report`."""
    return "open" if int(hashlib.sha256(id_.encode()).hexdigest(), 16) % 2 == 0 else "report"


def _halves(rows: list[dict[str, Any]]) -> dict[str, Half]:
    """Within each kind, every other question in the order of its id's hash."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        kinds[str(row.get("kind"))].append(str(row.get("id")))
    halves: dict[str, Half] = {}
    for ids in kinds.values():
        ordered = sorted(ids, key=lambda id_: hashlib.sha256(id_.encode()).hexdigest())
        halves |= {id_: "report" if place % 2 else "open" for place, id_ in enumerate(ordered)}
    return halves


def _found(texts: Sequence[str], file: str, quote: str, id_: str, where: str) -> Span:
    if not texts:
        raise EvaluationError(f"question {id_}: the gold document {file} is not in {where}")
    times = sum(text.count(quote) for text in texts)
    if times != 1:
        raise EvaluationError(f"question {id_}: {quote!r} stands {times} times in {file}, not once")
    start = max(text.find(quote) for text in texts)
    return file, start, start + len(quote)
