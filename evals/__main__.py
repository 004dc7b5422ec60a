"""`python -m evals COMMAND`: each prints a table and, as its last line, one JSON object with the figures and n."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

from assistant.errors import AssistantError
from evals.errors import EvaluationError
from evals.runs import ROOT
from index.errors import IndexingError

DATA = ROOT.parent / "shared" / "data"
"""The open benchmark data, beside the project."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did its work, 1 with one line on standard error if not (or on a regression)."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        return COMMANDS[command](**options)
    except (EvaluationError, AssistantError, IndexingError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("evals: stopped; the same command continues where it was", file=sys.stderr)
        return 130


def _run(**options: Any) -> int:
    from evals.run import run

    run(**options)
    return 0


def _answer(**options: Any) -> int:
    from evals.run import answer

    answer(**options)
    return 0


COMMANDS = {"run": _run, "answer": _answer}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="our own questions on the seeds")
    run.add_argument("--haystack", action="store_true", help="with the open benchmark corpora in the same index")
    run.add_argument("--half", choices=["open", "report"], help="only this half (default: both)")
    run.add_argument("--sample", type=int, metavar="N", help="only N questions, spread over the kinds")
    run.add_argument("--llm", default="embedded", help="none, embedded, or a server's URL (default: embedded)")
    run.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")

    answer = commands.add_parser("answer", help="answer a question file over a folder of documents")
    answer.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    answer.add_argument("--docs", type=Path, required=True, metavar="DIR")
    answer.add_argument("--out", type=Path, required=True, metavar="PREDICTIONS.jsonl")
    answer.add_argument("--llm", default="embedded", help="none, embedded, or a server's URL (default: embedded)")
    answer.add_argument("--limit", type=int, metavar="N", help="only the first N questions")
    answer.add_argument("--compose-history", action="store_true", help="let the model answer the earlier questions too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
