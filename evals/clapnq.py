"""`clapnq`: questions with one gold passage each, answered by `ask`: ROUGE-L, refusals, citations of gold sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from assistant.answering.quote import numbered, quote
from assistant.chat import ask
from assistant.errors import AssistantError
from assistant.language_models.client import LanguageModel
from assistant.reading.evidence import answerable_from, select
from assistant.types import Answer
from evals.corpus import chosen_settings, library_of_passages
from evals.errors import EvaluationError
from evals.metrics import Span, citation_precision, citation_recall, rouge_l
from evals.questions import half_of, read_lines
from evals.run import citation_object, open_model, seconds_object, span_of
from evals.runs import Record, Run, print_table
from evals.statistics import Estimate, mean, proportion
from index.library.library import Library
from index.types import Filters

Mode = Literal["gold", "pooled"]

MIN_UNANSWERABLE_REFUSED = 0.75
"""The chosen threshold refuses at least this share of the open half's unanswerable questions, where one can."""


@dataclass(frozen=True, slots=True)
class Task:
    """A question on one passage. Without `references` the passage doesn't hold the answer; `lost` gold has no span."""

    id: str
    question: str
    title: str
    passage: str
    references: tuple[str, ...]
    gold: tuple[Span, ...]
    lost: int


def clapnq(files: Sequence[Path], *, mode: Mode = "gold", llm: str = "none", limit: int | None = None) -> dict[str, Any]:
    """Ask each question over its gold passage, or over all passages; print the table, save the run, return its figures.

    `limit` keeps that many questions of each file.
    """
    tasks = [task for file in files for task in load_tasks(file)[:limit]]
    if len({task.id for task in tasks}) < len(tasks):
        raise EvaluationError(f"an id comes twice in {', '.join(map(str, files))}: give each file once")
    model = open_model(llm)
    with library_of_passages([(task.id, task.title, task.passage) for task in tasks]) as library:
        if model is not None:
            model.start()
        saved = Run("clapnq", {"mode": mode, "llm": llm, "limit": limit}, files, library.fingerprint)
        scopes = {one.file: Filters(document_ids=(one.id,) if mode == "gold" else ()) for one in library.documents()}
        records = saved.measure(tasks, lambda t: t.id, lambda t: measured(t, library, model, scopes[t.id]), "questions")
    figures = summary(records, mode)
    show(figures)
    saved.finish(figures)
    return figures


def load_tasks(path: Path) -> list[Task]:
    """The questions of a CLAPnq file, in its order; gold is what any annotator selected, found in the passage.

    Raises:
        EvaluationError: the file is missing or malformed, or a question has not exactly one passage with text.
    """
    tasks = []
    for number, row in enumerate(read_lines(path), 1):
        try:
            id_, question, (passage,) = str(row["id"]), row["input"], row["passages"]
            title, text = passage["title"], passage["text"]
            if not (text.strip() and question.strip()):
                raise ValueError("the question or the passage is empty")
            references = tuple(output["answer"] for output in row["output"] if output["answer"].strip())
            selected = dict.fromkeys(tuple(output.get("selected_sentences") or ()) for output in row["output"])
            found = [place for sentences in selected for place in located(sentences, text)] if references else []
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EvaluationError(f"{path}, question {number} is malformed: {error!r}") from error
        gold = tuple((id_, start, end) for start, end in sorted({place for place in found if place}))
        tasks.append(Task(id_, question, title, text, references, gold, found.count(None)))
    return tasks


def located(sentences: Sequence[str], text: str) -> list[tuple[int, int] | None]:
    """Where each sentence stands in `text`, white space aside, looked for after the one before, then from the start."""
    found: list[tuple[int, int] | None] = []
    end = 0
    for sentence in sentences:
        pattern = re.compile(r"\s+".join(re.escape(word) for word in sentence.split()))
        place = (pattern.search(text, end) or pattern.search(text)) if sentence.strip() else None
        found.append(place.span() if place else None)
        end = place.end() if place else end
    return found


def measured(task: Task, library: Library, llm: LanguageModel | None, filters: Filters) -> Record:
    """A question's record: the answer's scores, and those of the quotes there would be without a refusal.

    ROUGE-L is scored where there are references, and 0 where nothing was answered. An error of ours is no answer.
    """
    try:
        answer, error = list(ask(task.question, library=library, llm=llm, filters=filters))[-1], ""
    except AssistantError as raised:
        answer, error = Answer(status="meta"), str(raised)
    said = answer.status in ("answered", "partly")
    evidence = select(answer.query, answer.hits, library)  # of the very hits that `ask` found
    quotes = quote(numbered(evidence)).text
    cited = [span_of(citation) for citation in answer.citations] if said else []
    scores: dict[str, float | None] = {
        "rouge_l": (rouge_l(answer.text, task.references) if said else 0.0) if task.references else None,
        "quotes_rouge_l": rouge_l(quotes, task.references) if task.references else None,
        "refused": float(answer.refused),
        "citation_precision": citation_precision(cited, task.gold) if task.gold and said else None,
        "citation_recall": citation_recall(cited, task.gold),
        "exception": float(bool(error)),
    }
    detail = {
        "question": task.question,
        "half": half_of(task.id),
        "status": "error" if error else answer.status,
        "answer": answer.text or error,
        "quotes": quotes,
        "references": list(task.references),
        "confidence": evidence.answerable,
        "words": len(answer.text.split()) if said else None,
        "citations": [citation_object(citation) for citation in answer.citations],
        "gold": [list(span) for span in task.gold],
        "gold_not_found": task.lost,
        "seconds": seconds_object(answer),
    }
    return Record(task.id, "answerable" if task.references else "unanswerable", scores, detail)


def summary(records: Sequence[Record], mode: Mode) -> dict[str, Any]:
    """The figures of a run. A threshold is chosen in gold mode only: pooled, another passage may hold the answer."""
    answerable, unanswerable = ([r for r in records if r.group == group] for group in ("answerable", "unanswerable"))
    unans = "unans" if mode == "gold" else "unans_not_meaningful_when_pooled"
    lengths = [record.detail["words"] for record in records if record.detail["words"] is not None]
    sweep = {f"{k / 20:.2f}": dict(zip(("rouge_l", unans), at_threshold(records, k / 20), strict=True)) for k in range(21)}
    return {
        "mode": mode,
        "rouge_l": mean([record.scores["rouge_l"] for record in answerable]),
        unans: proportion([record.scores["refused"] == 1.0 for record in unanswerable]),
        "answerable_refused": proportion([record.scores["refused"] == 1.0 for record in answerable]),
        "citation_precision": mean([record.scores["citation_precision"] for record in answerable]),
        "citation_recall": mean([record.scores["citation_recall"] for record in answerable]),
        "median_words": median(lengths) if lengths else None,
        "gold_sentences_not_found": sum(record.detail["gold_not_found"] for record in records),
        "exceptions": sum(record.scores["exception"] == 1.0 for record in records),
        "n": len(records),
        "quotes_without_refusal": sweep,
        "quotes_on_report_half": on_report_half(records) if mode == "gold" else {},
    }


def on_report_half(records: Sequence[Record]) -> dict[str, Any]:
    """What the quotes reach on the report half at the shipped threshold, and at the one chosen on the open half."""
    open_, report = ([r for r in records if r.detail["half"] == half] for half in ("open", "report"))
    found = {}
    for name, threshold in (("shipped", answerable_from(chosen_settings().embedder)), ("chosen", best_threshold(open_))):
        if threshold is not None:
            rouge, refused = at_threshold(report, threshold)
            found[name] = {"threshold": threshold, "rouge_l": rouge, "unans": refused}
    return found


def at_threshold(records: Sequence[Record], threshold: float) -> tuple[Estimate, Estimate]:
    """ROUGE-L of the quotes and the share of unanswerable questions refused, if confidence below it is a refusal."""
    kept = [(record, record.detail["confidence"] >= threshold) for record in records]
    rouge = [record.scores["quotes_rouge_l"] if said else 0.0 for record, said in kept if record.group == "answerable"]
    return mean(rouge), proportion([not said for record, said in kept if record.group == "unanswerable"])


def best_threshold(records: Sequence[Record]) -> float | None:
    """The threshold, in hundredths, with the best ROUGE-L among those that refuse enough unanswerable questions.

    If none refuses enough, the one with the best mean of both; the lowest of equals; None without both kinds.
    """
    if len({record.group for record in records}) < 2:
        return None
    points = [(k / 100, *(found.value or 0.0 for found in at_threshold(records, k / 100))) for k in range(101)]
    enough = [point for point in points if point[2] >= MIN_UNANSWERABLE_REFUSED]
    return max(enough or points, key=lambda point: point[1] if enough else point[1] + point[2])[0]


def show(figures: dict[str, Any]) -> None:
    """Print the figures of `ask`, then those of the quotes at each threshold, and on the report half."""
    print_table(["figure", "value"], [[name, value] for name, value in figures.items() if not isinstance(value, dict)])
    for name, rows in figures.items():
        if isinstance(rows, dict) and rows:
            print()
            print_table([name, *next(iter(rows.values()))], [[key, *row.values()] for key, row in rows.items()])
