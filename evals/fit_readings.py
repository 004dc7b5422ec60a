"""`fit-readings`: whether a question leans on the turns before it, fitted on our own follow-ups, and on questions about one
document asked after one about another, which lean on nothing; written to assistant/questions/follow_up.json.

The open half of both is fitted on, the other one reported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.questions.follow_up import WEIGHTS, Answered, Says, answered, carried, context
from assistant.reading.evidence import select
from evals.corpus import library_of_folders
from evals.linear_fits import logistic, named
from evals.metrics import overlaps
from evals.questions import SEEDS, Question, load_questions
from evals.run import only_asked, span_of
from evals.runs import print_figures, print_table
from evals.switch import pairs
from index.library.library import Library
from index.search.search import search

INVERSE_PENALTY = 0.5

NOWHERE = 99


@dataclass(frozen=True, slots=True)
class Case:
    """A question after others: what is looked at, whether it leans on them, and the place of its gold in what is found for
    it as it stands and with the subject before."""

    group: str
    half: str
    seen: Answered
    leans: bool
    alone: int
    with_subject: int


def fit_readings(*, out: Path = WEIGHTS) -> dict[str, Any]:
    """Fit both models, write them to `out`, print what they reach, and return the figures."""
    questions = load_questions()
    with library_of_folders([SEEDS]) as library:
        asked = [("follow-up", one.history, one) for one in questions if one.history]
        asked += [("alone", (before.question,), one) for before, one in pairs(questions)]
        cases = [_case(*one, library) for one in asked]
    own = [case for case in cases if case.half == "open"]
    labels = np.array([case.leans for case in own])
    weights = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum()) * len(own)
    answer = logistic(np.array([case.seen for case in own]), labels, weights, INVERSE_PENALTY)
    say = logistic(np.array([case.seen[:2] for case in own]), labels, weights, INVERSE_PENALTY)
    models = {"says": named(say, Says._fields), "answered": named(answer, Answered._fields)}
    out.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
    figures: dict[str, Any] = {}
    for group in ("follow-up", "alone"):
        for half in ("open", "report"):
            some = [case for case in cases if (case.group, case.half) == (group, half)]
            taken = [answer.value(case.seen) > 0 for case in some]
            best = [case.with_subject if lean else case.alone for case, lean in zip(some, taken, strict=True)]
            figures[f"{group}, {half}"] = {
                "n": len(some),
                "leans": _share([case.leans for case in some]),
                "taken to lean": _share(taken),
                "by itself alone": _share([say.value(case.seen[:2]) > 0 for case in some]),
                "as it should": _share([lean == case.leans for case, lean in zip(some, taken, strict=True)]),
                "gold in 3": _share([place < 3 for place in best]),
                "as it stands": _share([case.alone < 3 for case in some]),
                "with the subject": _share([case.with_subject < 3 for case in some]),
            }
    print_table(["questions", *next(iter(figures.values()))], [[name, *row.values()] for name, row in figures.items()])
    print_figures("fit-readings", figures | {"n": len(cases)})
    return figures


def _case(group: str, history: Sequence[str], question: Question, library: Library) -> Case:
    said = only_asked(history)
    with_subject = carried(question.question, history[-1], library.embedder)
    places = [
        _place(query, context(question.question, said), question, library) for query in (question.question, with_subject)
    ]
    seen = answered(question.question, with_subject, said, library, None)
    leans = group == "follow-up" and (not question.gold or places[1] <= places[0])
    return Case(group, question.half, seen, leans, places[0], places[1])


def _place(query: str, before: Sequence[str], question: Question, library: Library) -> int:
    """The place of the first gold sentence in the evidence, from 0; `NOWHERE` if it has none."""
    spans = select(query, search(query, library, context=before), library).spans
    found = (
        place for place, span in enumerate(spans) if any(overlaps(span_of(span.citation), gold) for gold in question.gold)
    )
    return next(found, NOWHERE)


def _share(values: Sequence[bool]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None
