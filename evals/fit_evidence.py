"""`fit-evidence`: the evidence's two small logistic models, fitted on open halves, written to assistant/evidence.json.

The first learns from sentences: which overlap gold. The second learns from questions: whether what was found answers.
Its unanswerable ones are those of CLAPnq and our own, and, at less weight, answerable ones whose gold sentences were
taken out of what was found. Reporting halves are only reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from assistant.asked import Asked
from assistant.evidence import WEIGHTS, Model, all_statements, asked_of
from assistant.signals import AnswerSignals, SentenceSignals, Statement, answer_signals
from assistant.standalone import standalone
from evals.chunks import load_excerpt_questions
from evals.clapnq import load_tasks
from evals.corpus import library_of_folders, library_of_passages
from evals.metrics import Span
from evals.questions import SEEDS, UNANSWERABLE, half_of, load_questions
from evals.run import only_asked
from evals.runs import print_figures, print_table
from index.library import Library
from index.search import search
from index.types import Filters

LEFT_OUT = frozenset("small_talk about_library chinese korean russian injection ambiguous false_premise".split())
"""Kinds of our own questions that say nothing about whether English evidence answers."""

SENTENCE_C, ANSWER_C = 1.0, 0.02
"""Inverse strengths of the L2 penalty. The second is strong: with 1.0 CLAPnq's report half falls from .86 to .82 AUROC."""

TAKEN_OUT_WEIGHT = 0.12
"""What a question with its gold taken out counts beside a real one."""

TRIED = tuple(k / 20 for k in range(6, 17))
"""Thresholds whose two errors are shown."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; `gold` says of each statement whether it overlaps a gold span."""

    group: str
    half: str
    answerable: bool
    wanted: Asked
    found: tuple[Statement, ...]
    gold: tuple[bool, ...]


def fit_evidence(*, data: Path, out: Path = WEIGHTS) -> dict[str, Any]:
    """Fit both models, write them to `out`, print what they reach on both halves, and return the figures."""
    cases = [*_own(), *_clapnq(data / "clapnq"), *_chunks(data / "chroma-chunking")]
    fitted = [case for case in cases if case.half == "open"]
    sentence = _sentence_model(fitted)
    answer = _answer_model(fitted, sentence)
    models = {
        "sentence": _named(sentence, SentenceSignals._fields),
        "answer": _named(answer, AnswerSignals._fields),
    }
    out.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
    figures: dict[str, Any] = {}
    for group in dict.fromkeys(case.group for case in cases):
        for half in ("open", "report"):
            own = [case for case in cases if (case.group, case.half) == (group, half)]
            figures[f"{group}, {half}"] = _reached(own, sentence, answer)
    print_table(["set", *next(iter(figures.values()))], [[name, *row.values()] for name, row in figures.items()])
    print_figures("fit-evidence", figures)
    return figures


def _case(
    group: str, half: str, answerable: bool, query: str, gold: Sequence[Span], library: Library, only: str = ""
) -> Case:
    filters = Filters(document_ids=(only,)) if only else None
    wanted = asked_of(query, library)
    found = tuple(all_statements(wanted, search(query, library, filters=filters), library))
    files = [library.document(one.hit.chunk.document_id, one.hit.chunk.version).file for one in found]
    held = tuple(
        any(file == g and one.start < end and start < one.end for g, start, end in gold)
        for file, one in zip(files, found, strict=True)
    )
    return Case(group, half, answerable, wanted, found, held)


def _own() -> Iterator[Case]:
    with library_of_folders([SEEDS]) as library:
        for one in tqdm(load_questions(), "own", disable=None):
            if one.kind not in LEFT_OUT:
                query = standalone(one.question, only_asked(one.history))
                yield _case("own", one.half, one.kind not in UNANSWERABLE, query, one.gold, library)


def _clapnq(folder: Path) -> Iterator[Case]:
    files = ("clapnq_open_answerable.jsonl", "clapnq_open_unanswerable.jsonl")
    tasks = [task for file in files for task in load_tasks(folder / file)]
    with library_of_passages([(task.id, task.title, task.passage) for task in tasks]) as library:
        ids = {document.file: document.id for document in library.documents()}
        for task in tqdm(tasks, "clapnq", disable=None):
            answerable = bool(task.references)
            yield _case("clapnq", half_of(task.id), answerable, task.question, task.gold, library, ids[task.id])


def _chunks(folder: Path) -> Iterator[Case]:
    with library_of_folders([folder / "corpora"]) as library:
        for one in tqdm(load_excerpt_questions(folder), "chunks", disable=None):
            yield _case("chunks", half_of(one.id), True, one.question, one.excerpts, library)


def _sentence_model(cases: Sequence[Case]) -> Model:
    """Which sentences overlap gold; each question counts the same, however many sentences it has."""
    own = [case for case in cases if any(case.gold)]
    signals = np.array([one.signals for case in own for one in case.found])
    weights = np.concatenate([np.full(len(case.gold), 1.0 / len(case.gold)) for case in own])
    labels = np.concatenate([case.gold for case in own])
    return _logistic(signals, labels, weights / weights.mean() * 0.04, SENTENCE_C)


def _answer_model(cases: Sequence[Case], sentence: Model) -> Model:
    rows = [(signals, case.answerable, 1.0) for case in cases if (signals := _signals(case, sentence))]
    for case in cases:
        if case.answerable and any(case.gold) and (signals := _signals(case, sentence, taken_out=True)):
            rows.append((signals, False, TAKEN_OUT_WEIGHT))
    signals_, labels, weights = (np.array(column) for column in zip(*rows, strict=True))
    return _logistic(signals_, labels, weights, ANSWER_C)


def _logistic(
    signals: npt.NDArray[Any], labels: npt.NDArray[Any], weights: npt.NDArray[Any], inverse_penalty: float
) -> Model:
    """Fitted on standardised signals, given back for plain ones."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    found = LogisticRegression(C=inverse_penalty, max_iter=5000)
    found.fit((signals - middle) / spread, labels, sample_weight=weights)
    plain = found.coef_[0] / spread
    return Model(float(found.intercept_[0] - plain @ middle), tuple(float(weight) for weight in plain))


def _signals(case: Case, sentence: Model, *, taken_out: bool = False) -> AnswerSignals | None:
    """The answer's signals with the sentences scored by `sentence`; None where nothing is left."""
    scored = [
        replace(one, score=sentence.probability(one.signals))
        for one, gold in zip(case.found, case.gold, strict=True)
        if not (taken_out and gold)
    ]
    scored.sort(key=lambda one: -one.score)
    return answer_signals(case.wanted, scored) if scored else None


def _reached(cases: Sequence[Case], sentence: Model, answer: Model) -> dict[str, Any]:
    """How often gold is among the first and the first three sentences, AUROC, and both errors at each threshold."""
    from sklearn.metrics import roc_auc_score

    ranked = [
        [
            gold
            for _, gold in sorted(zip(case.found, case.gold, strict=True), key=lambda p: -sentence.probability(p[0].signals))
        ]
        for case in cases
        if case.answerable
    ]
    found = [(answer.probability(signals), case.answerable) for case in cases if (signals := _signals(case, sentence))]
    yes = np.array([p for p, answerable in found if answerable])
    no = np.array([p for p, answerable in found if not answerable])
    labels = [answerable for _, answerable in found]
    return {
        "n": len(cases),
        "gold first": round(float(np.mean([any(row[:1]) for row in ranked])), 3),
        "gold in 3": round(float(np.mean([any(row[:3]) for row in ranked])), 3),
        "auroc": round(float(roc_auc_score(labels, [p for p, _ in found])), 3) if len(no) else None,
        "refused: answerable/not": ", ".join(
            f"{t:.2f} {np.mean(yes < t):.2f}/{np.mean(no < t):.2f}" if len(no) else f"{t:.2f} {np.mean(yes < t):.2f}"
            for t in TRIED
        ),
    }


def _named(model: Model, names: Sequence[str]) -> dict[str, float]:
    return {"bias": round(model.bias, 4)} | {
        name: round(weight, 4) for name, weight in zip(names, model.weights, strict=True)
    }
