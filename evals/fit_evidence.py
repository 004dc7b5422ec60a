"""`fit-evidence`: the evidence's three small models, fitted on open halves, written to assistant/evidence.json.

The first two learn from sentences which overlap gold: one to rank those of a question, one to judge each alone. The third
learns from questions whether what was found answers. Its unanswerable ones are those of CLAPnq, of MTRAG-UN and our own,
these also in a haystack, and, at less weight, answerable ones whose gold sentences were taken out of what was found.
Reporting halves are only reported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer_signals import AnswerSignals, answer_signals
from assistant.evidence import WEIGHTS, Model
from assistant.signals import SentenceSignals
from evals.evidence_cases import Case, all_cases
from evals.linear_fits import listwise, logistic, named
from evals.runs import print_figures, print_table

ORDER_PENALTY = 0.003
"""The strength of the L2 penalty. Five folds of the open halves, gold first: .710 with .0003, .714, .714 with .01."""

SENTENCE_C, ANSWER_C = 1.0, 0.02
"""Inverse strengths of the L2 penalties. The second is strong: with 1.0 CLAPnq's report half falls from .86 to .82 AUROC."""

TAKEN_OUT_WEIGHT = 0.08
"""What a question with its gold taken out counts beside a real one; with .12 open halves' AUROC is lower by up to .02."""

TRIED = tuple(k / 20 for k in range(6, 17))
"""Thresholds whose two errors are shown."""


def fit_evidence(*, data: Path, out: Path = WEIGHTS) -> dict[str, Any]:
    """Fit the models, write them to `out`, print what they reach on both halves, and return the figures."""
    cases = all_cases(data)
    fitted = [case for case in cases if case.half == "open"]
    order = order_model(fitted)
    sentence = _sentence_model(fitted)
    answer = _answer_model(fitted, sentence)
    models = {
        "order": named(order, SentenceSignals._fields),
        "sentence": named(sentence, SentenceSignals._fields),
        "answer": named(answer, AnswerSignals._fields),
    }
    out.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
    figures: dict[str, Any] = {}
    for group in dict.fromkeys(case.group for case in cases):
        for half in ("open", "report"):
            own = [case for case in cases if (case.group, case.half) == (group, half)]
            figures[f"{group}, {half}"] = _reached(own, order, sentence, answer)
    print_table(["set", *next(iter(figures.values()))], [[name, *row.values()] for name, row in figures.items()])
    print_figures("fit-evidence", figures)
    return figures


def order_model(cases: Sequence[Case]) -> Model:
    """Which sentence of a question's is gold."""
    own = [case for case in cases if any(case.gold)]
    return listwise([(np.array([one.signals for one in case.found]), np.array(case.gold)) for case in own], ORDER_PENALTY)


def _sentence_model(cases: Sequence[Case]) -> Model:
    """Which sentences overlap gold; each question counts the same, however many sentences it has."""
    own = [case for case in cases if any(case.gold)]
    signals = np.array([one.signals for case in own for one in case.found])
    weights = np.concatenate([np.full(len(case.gold), 1.0 / len(case.gold)) for case in own])
    labels = np.concatenate([case.gold for case in own])
    return logistic(signals, labels, weights / weights.mean() * 0.04, SENTENCE_C)


def _answer_model(cases: Sequence[Case], sentence: Model) -> Model:
    rows = [(signals, case.answerable, 1.0) for case in cases if (signals := _signals(case, sentence))]
    for case in cases:
        if case.answerable and any(case.gold) and (signals := _signals(case, sentence, taken_out=True)):
            rows.append((signals, False, TAKEN_OUT_WEIGHT))
    signals_, labels, weights = (np.array(column) for column in zip(*rows, strict=True))
    return logistic(signals_, labels, weights, ANSWER_C)


def _signals(case: Case, sentence: Model, *, taken_out: bool = False) -> AnswerSignals | None:
    """The answer's signals with the sentences judged by `sentence`; None where nothing is left."""
    judged = [
        replace(one, likely=sentence.probability(one.signals))
        for one, gold in zip(case.found, case.gold, strict=True)
        if not (taken_out and gold)
    ]
    return answer_signals(case.wanted, judged) if judged else None


def _reached(cases: Sequence[Case], order: Model, sentence: Model, answer: Model) -> dict[str, Any]:
    """How often gold is among the first and the first three sentences, AUROC, and both errors at each threshold."""
    from sklearn.metrics import roc_auc_score

    ranked = [
        [gold for _, gold in sorted(zip(case.found, case.gold, strict=True), key=lambda pair: -order.value(pair[0].signals))]
        for case in cases
        if case.answerable
    ]
    known = any(map(any, ranked))  # MTRAG-UN's answers have no gold sentences
    found = [(answer.probability(signals), case.answerable) for case in cases if (signals := _signals(case, sentence))]
    yes = np.array([p for p, answerable in found if answerable])
    no = np.array([p for p, answerable in found if not answerable])
    labels = [answerable for _, answerable in found]
    return {
        "n": len(cases),
        "gold first": round(float(np.mean([any(row[:1]) for row in ranked])), 3) if known else None,
        "gold in 3": round(float(np.mean([any(row[:3]) for row in ranked])), 3) if known else None,
        "auroc": round(float(roc_auc_score(labels, [p for p, _ in found])), 3) if len(no) else None,
        "refused: answerable/not": ", ".join(
            f"{t:.2f} {np.mean(yes < t):.2f}/{np.mean(no < t):.2f}" if len(no) else f"{t:.2f} {np.mean(yes < t):.2f}"
            for t in TRIED
        ),
    }
