"""`expect RUN…`: the counts of saved runs of our own questions, stored where `quarry status` tells them in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.cli.expected import EXPECTED, Expected, load_expected
from evals.errors import EvaluationError
from evals.runs import Record, load_run, print_figures, print_table


def expect(runs: Sequence[Path], *, out: Path = EXPECTED) -> dict[str, Any]:
    """Store what each run counted under its language model, print it, and return the counts."""
    stored = load_expected(out) if out.exists() else {}
    for folder in runs:
        facts, records = load_run(folder)
        options = facts["options"]
        if facts["command"] != "run" or "threshold" not in options or "feedback" in options:
            raise EvaluationError(f"{folder} is no run of our own questions: make one with `python -m evals run`")
        asked = _questions(options, len(records), facts["figures"]["chunks"])
        stored[options["llm"]] = counted(records, float(options["threshold"]), asked, facts["commit"])
    lines = {llm: asdict(counts) for llm, counts in sorted(stored.items())}
    out.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    print_table(["language model", "what to expect"], [[llm, str(counts)] for llm, counts in stored.items()])
    print_figures("expect", {**lines, "n": len(stored)})
    return lines


def counted(records: Sequence[Record], threshold: float, questions: str, commit: str) -> Expected:
    """What became of the questions of these records; where an exception came, there was no answer."""
    answerable = [record for record in records if record.scores.get("answerable_right") is not None]
    unanswerable = [record for record in records if record.scores.get("missing_refusal") is not None]
    answers = [record for record in records if record.scores.get("wrong_answer") is not None]
    return Expected(
        questions=questions,
        answerable=len(answerable),
        answered=sum(record.scores.get("wrong_answer") is not None for record in answerable),
        unanswerable=len(unanswerable),
        refused=sum(record.scores["missing_refusal"] == 0.0 for record in unanswerable),
        answers=len(answers),
        wrong=sum(record.scores["wrong_answer"] == 1.0 for record in answers),
        threshold=threshold,
        commit=commit,
    )


def _questions(options: dict[str, str], n: int, chunks: int) -> str:
    """Which questions were asked, in words."""
    half = {"open": ", the half that thresholds are chosen on", "report": ", the half that nothing was chosen on"}
    sample = ", a sample" if options["sample"] != "None" else ""
    return f"{n} test questions on the sample documents among {chunks:,} passages{half.get(options['half'], '')}{sample}"
