"""`deletion`: the passages an answer cites are deleted and the question is asked again. Does the answer rest on them?

Quotes pass nearly by construction, as they are the passages; a composed answer fails if the model knew or guessed it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.types import Answer
from evals.corpus import library_of_folders
from evals.metrics import Span, facts_held
from evals.questions import QUESTIONS, SEEDS, Question, load_questions
from evals.run import asked_in_turn, open_model, span_of, spread
from evals.runs import Record, Run, print_table
from evals.statistics import proportion

OUTCOMES = ("refused", "changed", "other_passage", "unchanged")
"""What became of the answer: the last is the failure, an answer that stands without what it cited."""


def deletion(*, llm: str = "none", sample: int | None = None, questions: Path = QUESTIONS) -> dict[str, Any]:
    """Ask, delete what was cited, ask again; print how the answers changed, save the run and return its figures."""
    asked = load_questions(questions)
    if sample is not None:
        asked = spread(asked, sample)
    model = open_model(llm)
    with library_of_folders([SEEDS]) as library:
        first = {question.id: asked_in_turn(question.question, question.history, library, model) for question in asked}
        saved = Run("deletion", {"llm": llm, "sample": sample}, [questions, SEEDS], library.fingerprint)
    answered = [question for question in asked if first[question.id].citations]

    def again(question: Question) -> Record:
        before = first[question.id]
        with (
            tempfile.TemporaryDirectory(prefix="quarry-deletion-") as folder,
            library_of_folders([without(SEEDS, Path(folder), [span_of(citation) for citation in before.citations])]) as left,
        ):
            after = asked_in_turn(question.question, question.history, left, model)
        outcome = became(question, before, after)
        detail = {"question": question.question, "before": before.text, "after": after.text, "outcome": outcome}
        return Record(question.id, question.kind, {name: float(name == outcome) for name in OUTCOMES}, detail)

    records = saved.measure(answered, lambda question: question.id, again, "questions")
    figures: dict[str, Any] = {
        "rests_on_its_citations": proportion([record.scores["unchanged"] == 0.0 for record in records]),
        **{name: proportion([record.scores[name] == 1.0 for record in records]) for name in OUTCOMES},
        "asked": len(asked),
        "n": len(records),
    }
    print_table(["figure", "value"], [[name, value] for name, value in figures.items()])
    saved.finish(figures)
    return figures


def without(documents: Path, folder: Path, spans: Sequence[Span]) -> Path:
    """A copy of the documents in `folder` without the characters of these spans."""
    shutil.copytree(documents, folder, dirs_exist_ok=True)
    for name in {file for file, _, _ in spans}:
        text = (documents / name).read_bytes().decode("utf-8")
        for start, end in sorted({(start, end) for file, start, end in spans if file == name}, reverse=True):
            text = text[:start] + text[end:]
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


def became(question: Question, before: Answer, after: Answer) -> str:
    """The outcome: an answer that still gives the facts has to cite a passage that states them.

    One that never gave them, or whose question asks for none, has to say something else.
    """
    if after.status not in ("answered", "partly"):
        return "refused"
    if facts_held(after.text, question.facts) != 1.0:
        return "unchanged" if after.text == before.text else "changed"
    cited = " ".join(citation.quote for citation in after.citations)
    return "other_passage" if facts_held(cited, question.facts) == 1.0 else "unchanged"
