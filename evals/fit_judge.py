"""`fit-judge`: how well the model's yes to the quotes parts right from wrong, and both errors at each threshold.

The one in `assistant/answering/model_yes.py` is chosen on the open half. Small talk and the like are left out: no yes is
asked there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.answering.model_yes import answering
from assistant.answering.quote import numbered, picked, quote
from assistant.language_models.client import LanguageModel
from assistant.questions.follow_up import context, understood
from assistant.reading.evidence import select
from evals.corpus import library_of_folders
from evals.metrics import is_right
from evals.questions import QUESTIONS, SEEDS, Question, load_questions
from evals.run import only_asked, open_model, spread
from evals.runs import Record, Run, print_table
from index.library.library import Library
from index.search.search import search
from index.search.spelling import corrected

LEFT_OUT = frozenset("small_talk about_library injection ambiguous chinese korean russian".split())

TRIED = tuple(k / 20 for k in range(6, 16))
"""Thresholds whose two errors are shown."""


def fit_judge(*, limit: int = 60, llm: str = "embedded") -> dict[str, Any]:
    """Ask `limit` questions of each half, print what each reaches, save and return it."""
    questions = [question for question in load_questions() if question.kind not in LEFT_OUT]
    halves = [[question for question in questions if question.half == half] for half in ("open", "report")]
    asked = [question for half in halves for question in spread(half, limit)]
    model = open_model(llm)
    assert model is not None, "a language model is what is measured"
    with library_of_folders([SEEDS]) as library:
        model.start()
        saved = Run("fit-judge", {"limit": limit, "llm": llm}, [QUESTIONS, SEEDS], library.fingerprint)
        records = saved.measure(asked, lambda q: q.id, lambda q: judged(q, library, model), "questions")
    figures = {half: reached([record for record in records if record.detail["half"] == half]) for half in ("open", "report")}
    print_table(["half", *figures["open"]], [[half, *figures[half].values()] for half in ("open", "report")])
    saved.finish(figures)
    return figures


def judged(question: Question, library: Library, model: LanguageModel) -> Record:
    """Whether the quotes for a question are right, the model's yes to them and the evidence; None where nothing is found."""
    said = only_asked(question.history)
    query = corrected(understood(question.question, said, library), library)
    hits = search(query, library, context=context(question.question, said))
    evidence = numbered(select(query, hits, library))
    text = quote(evidence).text
    right = "answered" in question.status and is_right(text, question.facts, question.wrong)
    p_yes = list(answering(query, picked(evidence).spans, model))[-1] if text else None
    detail = {"half": question.half, "quotes": text, "answerable": evidence.answerable, "p_yes": p_yes}
    return Record(question.id, question.kind, {"right": float(right) if p_yes is not None else None}, detail)


def reached(records: Sequence[Record]) -> dict[str, Any]:
    """AUROC of the evidence and of the yes; at each threshold of the yes, right ones refused and wrong ones given."""
    from sklearn.metrics import roc_auc_score

    asked = [record for record in records if record.scores["right"] is not None]
    right = np.array([record.scores["right"] == 1.0 for record in asked])
    evidence, yes = (np.array([record.detail[name] for record in asked]) for name in ("answerable", "p_yes"))
    return {
        "n": len(records),
        "asked": len(asked),
        "right": round(float(right.mean()), 3),
        "auroc evidence": round(float(roc_auc_score(right, evidence)), 3),
        "auroc yes": round(float(roc_auc_score(right, yes)), 3),
        "right refused/wrong given": ", ".join(
            f"{t:.2f} {np.mean(yes[right] < t):.2f}/{np.mean(yes[~right] >= t):.2f}" for t in TRIED
        ),
    }
