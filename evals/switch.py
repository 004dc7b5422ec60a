"""`switch`: a question about one document after a question about another. Does anything of the earlier subject leak in?

Both are our own questions that stand alone. What is cited after the other question, of the other question's document, and
is not cited when the question is asked alone, has leaked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.types import Answer
from evals.corpus import library_of_folders
from evals.questions import QUESTIONS, SEEDS, Question, load_questions
from evals.run import asked_in_turn, span_of
from evals.runs import Record, Run, print_table
from evals.statistics import proportion


def switch() -> dict[str, Any]:
    """Ask each question alone and after one on another document; print what leaked, save the run and return its figures."""
    turns = pairs(load_questions())
    with library_of_folders([SEEDS]) as library:
        saved = Run("switch", {}, [QUESTIONS, SEEDS], library.fingerprint)

        def both(turn: tuple[Question, Question]) -> Record:
            before, question = turn
            alone = asked_in_turn(question.question, (), library, None)
            after = asked_in_turn(question.question, (before.question,), library, None)
            scores: dict[str, float | None] = {
                "leaked": float(bool(leaked(before, alone, after))),
                "same_query": float(after.query == alone.query),
                "same_answer": float((after.status, after.text) == (alone.status, alone.text)),
            }
            detail = {"before": before.question, "question": question.question, "alone": alone.text, "after": after.text}
            return Record(question.id, question.kind, scores, detail)

        records = saved.measure(turns, lambda turn: turn[1].id, both, "switches")
    names = ("leaked", "same_query", "same_answer")
    figures: dict[str, Any] = {name: proportion([record.scores[name] == 1.0 for record in records]) for name in names}
    figures["n"] = len(records)
    print_table(["figure", "value"], [[name, value] for name, value in figures.items()])
    saved.finish(figures)
    return figures


def pairs(questions: Sequence[Question]) -> list[tuple[Question, Question]]:
    """Each question that stands alone and rests on one document, behind the next one of the list that rests on another."""
    single = [(one, files) for one in questions if not one.history and len(files := {file for file, _, _ in one.gold}) == 1]
    made = []
    for place, (question, files) in enumerate(single):
        others = (other for other, held in (*single[place + 1 :], *single[:place]) if not held & files)
        if (before := next(others, None)) is not None:
            made.append((before, question))
    return made


def leaked(before: Question, alone: Answer, after: Answer) -> list[tuple[str, int, int]]:
    """The spans of the earlier question's document that are cited only after it."""
    known, earlier = {span_of(citation) for citation in alone.citations}, {file for file, _, _ in before.gold}
    return [span for citation in after.citations if (span := span_of(citation)) not in known and span[0] in earlier]
