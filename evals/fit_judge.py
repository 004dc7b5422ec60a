"""`fit-judge`: how well the model's yes to its answer parts right from wrong, and both errors at each threshold.

The one in `assistant/judge.py` is chosen on the open half. Small talk and the like are left out: no yes is asked there.
The same questions are also asked without the model: the table by kind says which answerer is right more often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from assistant.models import LanguageModel
from evals.corpus import library_of_folders
from evals.metrics import is_right
from evals.questions import QUESTIONS, SEEDS, Question, load_questions
from evals.run import as_wanted, asked_in_turn, open_model, spread
from evals.runs import Record, Run, print_table
from index.library import Library

LEFT_OUT = frozenset("small_talk about_library injection ambiguous".split())

TRIED = tuple(k / 50 for k in range(30, 41))
"""Thresholds whose two errors are shown."""


class Noting:
    """A language model that notes which answer it was asked about, and its yes."""

    def __init__(self, model: LanguageModel) -> None:
        """`model` does the work."""
        self.name = model.name
        self.prompt_tokens: int | None = None
        self.answer = ""
        self.p_yes: float | None = None
        self._model = model

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        """See `assistant.models.LanguageModel.stream`."""
        yield from self._model.stream(messages, max_tokens)

    def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
        """See `assistant.models.LanguageModel.yes`."""
        self.answer = messages[-2][1]
        for p_yes in self._model.yes(messages):
            self.p_yes = p_yes
            yield p_yes


def fit_judge(*, limit: int = 60, llm: str = "embedded") -> dict[str, Any]:
    """Ask `limit` questions of each half, print what each reaches, save and return it."""
    questions = [question for question in load_questions() if question.kind not in LEFT_OUT]
    halves = [[question for question in questions if question.half == half] for half in ("open", "report")]
    asked = [question for half in halves for question in spread(half, limit)]
    model = open_model(llm)
    with library_of_folders([SEEDS]) as library:
        model.start()
        saved = Run("fit-judge", {"limit": limit, "llm": llm}, [QUESTIONS, SEEDS], library.fingerprint)
        records = saved.measure(asked, lambda q: q.id, lambda q: judged(q, library, model), "questions")
    figures = {half: reached([record for record in records if record.detail["half"] == half]) for half in ("open", "report")}
    print_table(["half", *figures["open"]], [[half, *figures[half].values()] for half in ("open", "report")])
    by_kind = {kind: [record for record in records if record.group == kind] for kind in sorted({r.group for r in records})}
    print_table(
        ["kind", "n", "wrote right", "with the model", "quotes"],
        [
            [kind, len(own), *(sum(record.scores[name] or 0 for record in own) for name in ("right", "given", "quotes"))]
            for kind, own in by_kind.items()
        ],
    )
    saved.finish(figures)
    return figures


def judged(question: Question, library: Library, model: LanguageModel) -> Record:
    """Whether the answer that the model was asked about is right, its yes and its evidence; None where it wasn't asked.

    Also whether the answer given in the end is right, and the one given without the model.
    """
    noting = Noting(model)
    answer = asked_in_turn(question.question, question.history, library, noting)
    right = "answered" in question.status and is_right(noting.answer, question.facts, question.wrong)
    scores = {
        "right": float(right) if noting.p_yes is not None else None,
        "given": float(as_wanted(question, answer)),
        "quotes": float(as_wanted(question, asked_in_turn(question.question, question.history, library, None))),
    }
    detail = {"half": question.half, "answer": noting.answer, "answerable": answer.confidence, "p_yes": noting.p_yes}
    return Record(question.id, question.kind, scores, detail)


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
