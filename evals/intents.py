"""`intents`: texts that want something of the assistant itself, and questions of all open data, none of which does.

With `--write`, first the vectors of the examples in assistant/untrusted/intents.toml are written anew.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from assistant.untrusted.intents import intent, store
from evals.articles import load_tasks as article_tasks
from evals.chunks import load_excerpt_questions
from evals.clapnq import load_tasks as clapnq_tasks
from evals.contoso import load_page_questions
from evals.corpus import fresh_library
from evals.mtrag import task_of
from evals.office import load_tasks as office_tasks
from evals.questions import load_questions, read_lines
from evals.runs import print_figures, print_table
from evals.statistics import proportion
from index.embedding.embedder import PACKAGED, Embedder

TEXTS = Path(__file__).with_name("intents.toml")
"""Texts by intent, worded otherwise than the examples."""

OF_THE_ASSISTANT = frozenset(("small_talk", "about_library", "injection"))
"""Kinds of our own questions that are, or may be, no questions to the documents."""

SHOWN = 20
"""Mistakes printed at most."""


def intents(*, data: Path, write: bool = False) -> dict[str, Any]:
    """Print and return how many of the texts have their intent, and how many of the questions are taken for one."""
    if write:
        store([Embedder(name) for name in PACKAGED])
    with fresh_library() as library:
        wanted = [(name, text) for name, own in tomllib.loads(TEXTS.read_text(encoding="utf-8")).items() for text in own]
        found = [intent(text, library.embedder) for _, text in wanted]
        questions = open_questions(data)
        taken = [(text, name) for text in questions if (name := intent(text, library.embedder))]
    figures: dict[str, Any] = {
        "some intent": proportion([bool(own) for own in found]),
        "its intent": proportion([own == name for own, (name, _) in zip(found, wanted, strict=True)]),
        "questions taken for one": proportion([True] * len(taken) + [False] * (len(questions) - len(taken))),
    }
    mistaken = [
        (text, f"{own or 'none'}, not {name}") for own, (name, text) in zip(found, wanted, strict=True) if own != name
    ]
    print_table(["text", "taken for"], [*taken[:SHOWN], *mistaken[:SHOWN]])
    print_table(["figure", "value"], list(figures.items()))
    print_figures("intents", figures | {"n": len(wanted) + len(questions)})
    return figures


def open_questions(data: Path) -> list[str]:
    """The questions of all open data and our own, each once."""
    rows = read_lines(data / "mtrag-un" / "reference_open.jsonl")
    turns = [task_of(row, f"object {number}", {}) for number, row in enumerate(rows, 1)]
    clapnq = [data / "clapnq" / f"clapnq_open_{kind}.jsonl" for kind in ("answerable", "unanswerable")]
    found = [
        *(task.question for task in article_tasks(data / "articles")),
        *(task.question for task in office_tasks(data / "office" / "questions.jsonl")),
        *(task.question for path in clapnq for task in clapnq_tasks(path)),
        *(task.question for task in load_page_questions(data / "contoso-hr" / "ground_truth_open.jsonl")),
        *(task.question for task in load_excerpt_questions(data / "chroma-chunking")),
        *(task.question for task in turns if task.label == "ANSWERABLE"),
        *(one.question for one in load_questions() if one.kind not in OF_THE_ASSISTANT),
    ]
    return list(dict.fromkeys(found))
