"""The gate: what CI can measure in minutes, held against the floors and ceilings of gates.toml."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.checking.arithmetic import computed
from assistant.facts.quantities import unsupported
from evals.chunks import chunks
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.mutations import sampled
from evals.questions import SEEDS, Question, load_questions
from evals.run import measured, open_model, spread
from evals.runs import Record, print_figures, print_table
from evals.statistics import Estimate
from evals.summary import summary
from index.library.library import Library

GATES = Path(__file__).parent / "gates.toml"

COMPOSED = 12
"""Composed answers asked for: each costs seconds, so they are gated on what must never happen, not on accuracy."""

STATEMENTS = 15
"""Sentences of each corpus that are made false: some 700 in all, judged in ten seconds."""

CORPORA = ("chatlogs", "state_of_the_union", "wikitexts")
"""The shorter ones of the chunking questions: to embed all five takes six minutes."""

COMPOSED_KINDS = ("fact", "number", "several", "list", "year", "comparison")
"""Kinds whose questions are mostly answered: a refusal composes nothing."""


def gate(*, data: Path, gates: Path = GATES) -> tuple[dict[str, Any], bool]:
    """Measure everything gates.toml names; the figures, and whether one is beyond its bound."""
    bounds = load_gates(gates)
    questions = load_questions()
    with library_of_folders([SEEDS]) as library:
        figures = {"quotes": quotes(questions, library), "composed": composed(questions, library)}
    figures["mutations"] = sampled(data, STATEMENTS)
    figures["chunks"] = chunks(data / "chroma-chunking", corpora=CORPORA)["search"]["all"]
    rows, failed = judged(figures, bounds)
    print_table(["part", "figure", "value", "bound", "holds"], rows)
    print_figures("gate", {"failed": failed} | figures)
    for name in failed:
        print(f"evals: the gate fails: {name}", file=sys.stderr)
    return figures, bool(failed)


def quotes(questions: Sequence[Question], library: Library, **options: Any) -> dict[str, Any]:
    """The figures of all questions answered by quotes."""
    return summary([measured(question, library, None, **options) for question in questions])


def composed(questions: Sequence[Question], library: Library) -> dict[str, Any]:
    """What must hold of composed answers: citations that round-trip, no unsupported number, no exception."""
    model = open_model("embedded")
    plain = [question for question in questions if question.kind in COMPOSED_KINDS]
    records = [measured(question, library, model) for question in spread(plain, COMPOSED)]
    written = [record for record in records if record.detail.get("answerer") not in (None, "quotes")]
    figures = summary(records)
    return {
        "round_trip": figures["round_trip"],
        "exceptions": figures["exceptions"],
        "unsupported_numbers": sum(map(unsupported_numbers, written)),
        "composed": len(written),
    }


def unsupported_numbers(record: Record) -> int:
    """How many numbers of an answer stand in none of its citations and follow from none of them."""
    quotes = [citation["quote"] for citation in record.detail["citations"]]
    text = record.detail["answer"]
    return sum(not computed(text, quantity, quotes) for quantity in unsupported(text, quotes))


def load_gates(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The bounds by part and figure.

    Raises:
        EvaluationError: the file can't be read, or a bound is neither `floor` nor `ceiling`.
    """
    try:
        bounds: dict[str, dict[str, dict[str, float]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise EvaluationError(f"{path} can't be read: {error}") from error
    for part, figures in bounds.items():
        for name, bound in figures.items():
            if not isinstance(bound, dict) or not bound or not set(bound) <= {"floor", "ceiling"}:
                raise EvaluationError(f"{path}: {part}.{name} needs a `floor` or a `ceiling`")
    return bounds


def judged(
    figures: Mapping[str, Mapping[str, Any]], bounds: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> tuple[list[list[Any]], list[str]]:
    """The table's rows, and the names of the figures beyond their bound. A figure that is missing fails."""
    rows: list[list[Any]] = []
    failed = []
    for part, names in bounds.items():
        for name, bound in names.items():
            figure = figures.get(part, {}).get(name)
            value = figure.value if isinstance(figure, Estimate) else figure
            holds = value is not None and bound.get("floor", value) <= value <= bound.get("ceiling", value)
            rows.append([part, name, figure, ", ".join(f"{kind} {at}" for kind, at in bound.items()), holds])
            if not holds:
                failed.append(f"{part}.{name} is {value}, {rows[-1][3]}")
    return rows, failed
