"""`office`: small files of everyday work, a library for each case, its questions through `ask`; see the data's NOTE."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.chat import ask
from assistant.errors import AssistantError
from assistant.types import Answer
from evals.corpus import fresh_library
from evals.errors import EvaluationError
from evals.questions import read_lines
from evals.run import citation_object, open_model, seconds_object
from evals.runs import Record, Run, print_table
from evals.statistics import proportion
from index.errors import IndexingError
from index.ingest.ingest import ingest
from index.library.library import Library

Groups = tuple[tuple[str, ...], ...]

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Task:
    """A question on one case's files; groups of strings, of each of which one has to be there."""

    id: str
    case: str
    kind: str
    question: str
    answerable: bool
    must: Groups
    must_not: tuple[str, ...]
    or_must: Groups
    if_then: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def office(
    directory: Path, *, llm: str = "none", kinds: Sequence[str] | None = None, questions: Path | None = None
) -> dict[str, Any]:
    """Ask the questions, print the table, save the run and return its figures."""
    path = questions or directory / "questions.jsonl"
    tasks = [task for task in load_tasks(path) if not kinds or task.kind in kinds]
    if not tasks:
        raise EvaluationError(f"there are no questions to ask in {path}")
    model = open_model(llm)
    if model is not None:
        model.start()
    saved: Run | None = None
    records = []
    for case in dict.fromkeys(task.case for task in tasks):
        with fresh_library() as library:
            unread = taken_in(directory / "docs" / case, library)
            saved = saved or Run("office", {"llm": llm, "kinds": " ".join(kinds or ())}, [directory], library.fingerprint)
            own = [task for task in tasks if task.case == case]

            def measure(task: Task, library: Library = library, unread: Sequence[str] = unread) -> Record:
                return measured(task, library, model, unread)

            records += saved.measure(own, lambda task: task.id, measure, case)
    assert saved is not None
    figures = summary(records)
    show(figures)
    saved.finish(figures)
    return figures


def taken_in(folder: Path, library: Library) -> list[str]:
    """Ingest a case's files; those that could not be read, or why none could."""
    try:
        return [report.file for report in ingest(library, [folder]) if report.state == "failed"]
    except IndexingError as error:
        return [str(error)]


def load_tasks(path: Path) -> list[Task]:
    """The questions of a file, in its order."""

    def groups(given: Sequence[Sequence[str]]) -> Groups:
        return tuple(tuple(group) for group in given)

    return [
        Task(
            row["id"],
            row["case"],
            row["kind"],
            row["question"],
            row["answerable"],
            groups(row["must"]),
            tuple(row["must_not"]),
            groups(row.get("or_must", ())),
            tuple((tuple(one), tuple(other)) for one, other in row.get("if_then", ())),
        )
        for row in read_lines(path)
    ]


def measured(task: Task, library: Library, llm: Any, unread: Sequence[str]) -> Record:
    """A question's record; a library without documents, as nothing could be read, refuses."""
    try:
        answer = list(ask(task.question, library=library, llm=llm))[-1]
    except AssistantError as error:
        answer = Answer(text=str(error), status="refused", stage="done")
    right = is_right(task, answer)
    scores: dict[str, float | None] = {
        "right": float(right),
        "answerable_right": float(right) if task.answerable else None,
        "rightly_refused": float(right) if not task.answerable else None,
        "wrongly_refused": float(answer.status in ("refused", "asks_back")) if task.answerable else None,
    }
    detail = {
        "question": task.question,
        "answerable": task.answerable,
        "must": [list(group) for group in task.must],
        "status": answer.status,
        "answer": answer.text,
        "short": answer.short.text if answer.short else "",
        "confidence": answer.confidence,
        "citations": [citation_object(citation) for citation in answer.citations],
        "nearest": [citation.quote for citation in answer.nearest],
        "unread": list(unread),
        "seconds": seconds_object(answer),
    }
    return Record(task.id, task.kind, scores, detail)


def is_right(task: Task, answer: Answer) -> bool:
    """As the NOTE says: what must be there is, nothing of what must not; a refusal where nothing answers."""
    refused = answer.status in ("refused", "asks_back")
    text = answer.text
    if refused:
        text = _QUOTED.sub(" ", text)
    if any(holds(text, form) for form in task.must_not):
        return False
    said = all(any(holds(text, form) for form in group) for group in task.must)
    said = said or bool(task.or_must) and all(any(holds(text, form) for form in group) for group in task.or_must)
    said = said and all(
        any(holds(text, form) for form in then) for first, then in task.if_then if any(holds(text, form) for form in first)
    )
    if task.answerable:
        return not refused and said
    return refused or bool(task.must) and said


def plain(text: str) -> str:
    """NFKC, lower case, one kind of quote, dash and space, no markers, no commas in 1,000."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _DASHES.sub("-", re.sub(r"[‘’‚′`]", "'", re.sub(r"[“”„″«»]", '"', text)))
    text = re.sub(r"\[\d+\]", " ", text)
    return _SPACES.sub(" ", re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))


def holds(text: str, form: str) -> bool:
    """Whether a form stands in a text, not beginning inside a number or a Latin word, nor ending inside a number."""
    form = plain(form).strip()
    before = r"(?<![\d])(?<!\d[.,])" if form[:1].isdigit() else r"(?<![a-z])" if "a" <= form[:1] <= "z" else ""
    after = r"(?![\d])(?![.,]\d)" if form[-1:].isdigit() else ""
    return re.search(before + re.escape(form) + after, plain(text)) is not None


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """Shares over all, and by kind what is right."""

    def share(name: str, own: Sequence[Record]) -> Any:
        values = [record.scores[name] for record in own]
        return proportion([value == 1.0 for value in values if value is not None])

    names = ("right", "answerable_right", "rightly_refused", "wrongly_refused")
    figures: dict[str, Any] = {"n": len(records)} | {name: share(name, records) for name in names}
    kinds = dict.fromkeys(record.group for record in records)
    return figures | {
        "by kind": {kind: share("right", [one for one in records if one.group == kind]) for kind in kinds},
    }


def show(figures: dict[str, Any]) -> None:
    """Print the figures."""
    rows = [[name, value] for name, value in figures.items() if name != "by kind"]
    print_table(["figure", "value"], [*rows, *figures["by kind"].items()])
