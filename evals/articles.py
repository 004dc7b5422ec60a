"""`articles`: whole articles as documents, questions people wrote in eleven languages, through `ask`; see the data's NOTE.

`squad2` asks two English articles, half of the questions without an answer; `same` asks articles in their own language;
`cross` asks the English ones in ten others. With `without_own` each `same` and `cross` question is asked of the other
articles alone, where every answer is false. Nothing is chosen on these articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.chat import ask
from assistant.types import Answer
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.metrics import Span, coverage_at_risk, overlaps, risk_coverage
from evals.questions import read_lines
from evals.run import citation_object, open_model, seconds_object, span_of
from evals.runs import Record, Run, print_table
from evals.statistics import Estimate, calibration_error, clustered, percentiles
from index.library.library import Library
from index.types import Filters

KINDS = ("squad2", "same", "cross")

_HAN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f])")


@dataclass(frozen=True, slots=True)
class Task:
    """A question about one article; `paragraph` is what an interval is resampled by."""

    id: str
    kind: str
    language: str
    folder: str
    question: str
    answers: tuple[str, ...]
    gold: tuple[Span, ...]
    file: str
    paragraph: str


def articles(
    directory: Path,
    *,
    without_own: bool = False,
    kinds: Sequence[str] | None = None,
    limit: int | None = None,
    llm: str = "none",
) -> dict[str, Any]:
    """Ask the questions, print the tables, save the run, return its figures; `limit` keeps so many a kind and language."""
    chosen = tuple(kind for kind in kinds or KINDS if not (without_own and kind == "squad2"))
    if unknown := set(chosen) - set(KINDS):
        raise EvaluationError(f"there is no kind {', '.join(sorted(unknown))}: the kinds are {', '.join(KINDS)}")
    tasks = [task for task in load_tasks(directory) if task.kind in chosen]
    if limit is not None:
        seen: Counter[tuple[str, str, bool]] = Counter()
        kept = []
        for task in tasks:
            group = (task.kind, task.language, bool(task.gold))
            if seen[group] < limit:
                kept.append(task)
            seen[group] += 1
        tasks = kept
    model = open_model(llm)
    if model is not None:
        model.start()
    options = {"without_own": without_own, "kinds": " ".join(chosen), "limit": limit, "llm": llm}
    saved: Run | None = None
    records = []
    for folder in dict.fromkeys(task.folder for task in tasks):
        with library_of_folders([directory / "docs" / folder]) as library:
            saved = saved or Run("articles", options, [directory], library.fingerprint)
            ids = {document.file: document.id for document in library.documents()}
            own = [task for task in tasks if task.folder == folder]

            def measure(task: Task, library: Library = library, ids: dict[str, str] = ids) -> Record:
                others = tuple(id_ for file, id_ in ids.items() if file != task.file)
                filters = Filters(document_ids=others) if without_own else None
                return measured(task, library, model, filters)

            records += saved.measure(own, lambda task: task.id, measure, folder)
    if saved is None:
        raise EvaluationError(f"there are no questions in {directory}")
    figures = summary(records, without_own)
    show(figures)
    saved.finish(figures)
    return figures


def load_tasks(directory: Path) -> list[Task]:
    """The questions of `questions.jsonl`, in its order."""
    texts: dict[Path, str] = {}
    tasks = []
    for row in read_lines(directory / "questions.jsonl"):
        path = directory / "docs" / row["folder"] / row["file"]
        if path not in texts:
            texts[path] = path.read_bytes().decode("utf-8")
        gold = tuple((row["file"], answer["start"], answer["end"]) for answer in row["answers"] if row["answerable"])
        paragraph = texts[path].count("\n\n", 0, gold[0][1]) if gold else row["id"]
        answers = tuple(answer["text"] for answer in row["answers"])
        where = f"{row['folder']}/{row['file']}/{paragraph}"
        tasks.append(
            Task(row["id"], row["kind"], row["language"], row["folder"], row["question"], answers, gold, row["file"], where)
        )
    return tasks


def measured(task: Task, library: Library, llm: Any, filters: Filters | None) -> Record:
    """A question's record."""
    answer = list(ask(task.question, library=library, llm=llm, filters=filters))[-1]
    said = answer.status in ("answered", "partly")
    cited = [span_of(citation) for citation in answer.citations]
    held = said and any(normalised(text) in normalised(answer.text) for text in task.answers)
    first = (
        said
        and bool(cited)
        and (
            any(overlaps(cited[0], gold) for gold in task.gold)
            or any(normalised(text) in normalised(answer.citations[0].quote) for text in task.answers)
        )
    )
    answerable = bool(task.gold)
    short = answer.short.text if said and answer.short else ""
    scores: dict[str, float | None] = {
        "answered": float(said),
        "right": float(held) if answerable else None,
        "first_quote": float(first) if answerable else None,
        "short_f1": max((f1(short, text) for text in task.answers), default=0.0) if answerable else None,
        "decided": float(said == answerable),
        "found": float(_found(answer, task, library)) if answerable else None,
    }
    detail = {
        "kind": task.kind,
        "language": task.language,
        "paragraph": task.paragraph,
        "question": task.question,
        "answerable": answerable,
        "gold": list(task.answers),
        "status": answer.status,
        "answer": answer.text,
        "short": short,
        "confidence": answer.confidence,
        "citations": [citation_object(citation) for citation in answer.citations],
        "nearest": [citation.quote for citation in answer.nearest],
        "seconds": seconds_object(answer),
    }
    return Record(task.id, task.kind, scores, detail)


def _found(answer: Answer, task: Task, library: Library) -> bool:
    """Whether a passage found holds the gold."""
    spans = [
        (library.document(hit.chunk.document_id, hit.chunk.version).file, hit.chunk.start, hit.chunk.end)
        for hit in answer.hits
    ]
    return any(overlaps(span, gold) for span in spans for gold in task.gold)


def normalised(text: str) -> str:
    """Lower case, no punctuation, single blanks."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def f1(text: str, reference: str) -> float:
    """The F1 of shared words; a Chinese, Japanese or Thai character is a word, as in MLQA (Lewis et al. 2020)."""
    sides = [Counter(_HAN.sub(r" \1 ", normalised(side)).split()) for side in (text, reference)]
    shared, total = sum((sides[0] & sides[1]).values()), sum(sides[0].values()) + sum(sides[1].values())
    return 2 * shared / total if total else 0.0


def summary(records: Sequence[Record], without_own: bool) -> dict[str, Any]:
    """The figures of each kind; means with intervals resampled by paragraph."""
    figures: dict[str, Any] = {"n": len(records)}
    for kind in dict.fromkeys(record.group for record in records):
        own = [record for record in records if record.group == kind]
        if without_own:
            figures[kind] = {"false_answers": _mean(own, "answered")}
        else:
            figures[kind] = _figures(own)
        languages = dict.fromkeys(record.detail["language"] for record in own)
        name = "answered" if without_own else "first_quote"
        if len(languages) > 1:
            figures[kind]["by language"] = {
                language: _mean([one for one in own if one.detail["language"] == language], name) for language in languages
            }
    figures["quote_seconds"] = percentiles([record.detail["seconds"]["quote"] for record in records])
    return figures


def _figures(own: Sequence[Record]) -> dict[str, Any]:
    answerable = [record for record in own if record.detail["answerable"]]
    others = [record for record in own if not record.detail["answerable"]]
    right = [record.scores["first_quote"] == 1.0 for record in own]
    confidences = [record.detail["confidence"] for record in own]
    points = risk_coverage(confidences, right)
    figures: dict[str, Any] = {
        name: _mean(answerable, name) for name in ("found", "right", "first_quote", "short_f1", "answered")
    }
    if others:
        refused = 1.0 - float(_mean(others, "answered").value or 0.0)
        figures["refused_unanswerable"] = _mean(others, "answered", inverted=True)
        figures["balanced_accuracy"] = (refused + float(figures["answered"].value or 0.0)) / 2
    figures["calibration_error"] = calibration_error(confidences, [record.detail["answerable"] for record in own])
    figures["coverage_at_10_percent_risk"] = coverage_at_risk(points, 0.1)
    figures["risk_coverage"] = [
        (round(coverage, 2), round(risk, 3)) for coverage, risk in points[:: max(1, len(points) // 10)]
    ]
    return figures


def _mean(records: Sequence[Record], name: str, *, inverted: bool = False) -> Estimate:
    values = [record.scores[name] or 0.0 for record in records]
    return clustered([1 - value if inverted else value for value in values], [one.detail["paragraph"] for one in records])


def show(figures: dict[str, Any]) -> None:
    """Print the figures, a table for the kinds and one for the languages."""
    kinds = [kind for kind in KINDS if kind in figures]
    names = dict.fromkeys(name for kind in kinds for name in figures[kind] if name not in ("by language", "risk_coverage"))
    print_table(["figure", *kinds], [[name, *(figures[kind].get(name) for kind in kinds)] for name in names])
    languages = dict.fromkeys(one for kind in kinds for one in figures[kind].get("by language", ()))
    if languages:
        rows = [[one, *(figures[kind].get("by language", {}).get(one) for kind in kinds)] for one in languages]
        print_table(["language", *kinds], rows)
