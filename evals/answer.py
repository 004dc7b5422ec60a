"""`answer`: any question file answered over any folder, in a fresh index; scores nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.errors import AssistantError
from assistant.language_models.client import LanguageModel
from assistant.types import Answer
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.questions import read_lines
from evals.run import asked_in_turn, citation_object, open_model, seconds_object
from evals.runs import print_figures, print_table
from evals.statistics import percentiles, proportion
from index.library.library import Library


def answer(
    questions: Path,
    *,
    docs: Path,
    out: Path,
    llm: str = "embedded",
    limit: int | None = None,
    compose_history: bool = False,
) -> dict[str, Any]:
    """Answer a question file over a folder of documents in a fresh index; continues an unfinished `out`."""
    rows = read_lines(questions)[:limit]
    for number, row in enumerate(rows, 1):
        if "id" not in row or not isinstance(row.get("question"), str):
            raise EvaluationError(f"{questions}: object {number} needs an `id` and a `question`")
    done = {row["id"] for row in read_lines(out)} if out.exists() else set()
    model = open_model(llm)
    with library_of_folders([docs]) as library, out.open("a", encoding="utf-8") as file:
        for row in tqdm(rows, "questions", disable=None):
            if row["id"] not in done:
                earlier = model if compose_history else None
                line = _prediction(row, library, model, earlier)
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
    predictions = read_lines(out)
    figures = {
        "n": len(predictions),
        "refused": proportion([row["refused"] for row in predictions]),
        "seconds": {name: percentiles([row["seconds"][name] for row in predictions]) for name in ("quote", "total")},
    }
    print_table(["figure", "value"], [["n", figures["n"]], ["refused", figures["refused"]]])
    print_figures("answer", figures)
    return figures


def _prediction(
    row: dict[str, Any], library: Library, llm: LanguageModel | None, earlier: LanguageModel | None
) -> dict[str, Any]:
    try:
        found = asked_in_turn(row["question"], row.get("history", []), library, llm, earlier)
    except AssistantError as error:  # a question that can't be asked (empty, too long) has no answer
        found = Answer(text=str(error), status="refused", stage="done")
    return {
        "id": row["id"],
        "answer": found.text,
        "refused": found.refused,
        "status": found.status,
        "query": found.query,
        "citations": [citation_object(citation) for citation in found.citations],
        "seconds": seconds_object(found),
    }
