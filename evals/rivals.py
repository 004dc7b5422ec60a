"""`rivals`: other ways to answer beside ours: same questions, texts, language model, embedder and machine.

The earlier turns of a conversation are given, not generated; how cold and warm are told apart stands in `wire`, who is
compared in `contenders`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from evals.contenders import Reply, System, systems_over
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.metrics import citation_precision, citation_recall, facts_held, holds, normalised
from evals.questions import QUESTIONS, SEEDS, UNANSWERABLE, Question, load_questions
from evals.run import HAYSTACK, earlier_turns, open_model, spread
from evals.runs import Record, Run, print_table
from evals.statistics import mean, paired_difference, percentiles, proportion
from evals.wire import Wire, client_of
from index.library.library import Library

SAYS_NOTHING = (
    *("not mention", "not say", "not state", "not specif", "not provide", "not contain", "not include", "not disclose"),
    *("not give", "not know", "not explicitly", "not have information", "not have any information", "not have enough"),
    *("not available", "not present in", "not found in", "no information", "no mention", "cannot answer"),
    *("cannot be determined", "unable to", "none of the sources", "none of the documents"),
    *("没有提", "未提", "沒有提", "언급되지", "언급하지", "не упомина", "не указан", "нет информации"),
)
"""A text with one of these refuses; "don't" and its like are read as "do not". The same list for every system."""


def says_nothing(text: str) -> bool:
    """Whether a text is empty or has one of the phrases of a refusal."""
    text = normalised(text).replace("’", "'").replace("can't", "cannot").replace("n't", " not")
    return not text or any(phrase in text for phrase in SAYS_NOTHING)


def scored(question: Question, reply: Reply) -> dict[str, float | None]:
    """The scores of a reply, the same rule for every system.

    Right is every required fact and no wrong string, or a refusal where the documents hold no answer. A refusal is
    Quarry's status, or a phrase of `SAYS_NOTHING` in a text that neither has all required facts nor a wrong string.
    """
    facts = facts_held(reply.text, question.facts)
    wrong = any(holds(reply.text, form) for form in question.wrong)
    refused = reply.status == "refused" or (says_nothing(reply.text) and facts != 1.0 and not wrong)
    answerable = question.answerable
    right = facts in (None, 1.0) and not wrong and not refused if answerable else refused
    sourced = answerable and bool(question.gold)
    return {
        "right": float(right),
        "answerable_right": float(right) if answerable else None,
        "wrong_refusal": float(refused) if answerable else None,
        "right_refusal": None if answerable else float(refused),
        "citation_precision": citation_precision(reply.cited, question.gold) if sourced and not refused else None,
        "citation_recall": citation_recall(() if refused else reply.cited, question.gold) if sourced else None,
        "cited_characters": float(sum(end - start for _, start, end in reply.cited)) if sourced and not refused else None,
        "error": 0.0,
    }


def measured(question: Question, name: str, system: System, wire: Wire, library: Library) -> Record:
    """One system's record of one question; its failure (a prompt over the window, say) is wrong, and an error."""
    import openai

    id_, conversation = f"{question.id}/{name}", earlier_turns(question.history, library)
    detail: dict[str, Any] = {"question": question.question, "kind": question.kind, "history": list(question.history)}
    try:
        wire.reset(warm=False)
        start = time.perf_counter()
        reply = system(question.question, conversation)
        total = time.perf_counter() - start
        cold, calls = wire.first_token, wire.calls
        seconds = {"first_token_cold": cold and cold - start, "total": total}
        seconds["first_text"] = reply.first_text or seconds["first_token_cold"] or total
        if cold is not None:
            wire.reset(warm=True)
            start = time.perf_counter()
            system(question.question, conversation)
            seconds["first_token_warm"] = wire.first_token and wire.first_token - start
    except (openai.APIConnectionError, openai.InternalServerError) as error:  # nobody's fault but the machine's
        raise EvaluationError(f"{id_}: the language model's server failed ({error}): run the command again") from error
    except (AssistantError, openai.BadRequestError, ValueError) as error:  # ValueError: llama-index has no room left
        failed = {"right": 0.0, "error": 1.0, "answerable_right" if question.answerable else "right_refusal": 0.0}
        return Record(id_, name, {**failed}, detail | {"error": str(error)})
    detail |= {"answer": reply.text, "status": reply.status, "cited": reply.cited, "seconds": seconds}
    detail |= {"model_calls": len(calls), "warm_cached_tokens": sum(call.cached_tokens for call in wire.calls)}
    scores = scored(question, reply)
    if calls:
        scores["prompt_tokens"] = float(sum(call.prompt_tokens for call in calls))
        scores["cached_tokens"] = float(sum(call.cached_tokens for call in calls))
    return Record(id_, name, scores, detail)


SHARES = ("right", "answerable_right", "wrong_refusal", "right_refusal")
MEANS = ("citation_precision", "citation_recall", "cited_characters", "prompt_tokens", "cached_tokens")
TIMES = ("first_text", "first_token_cold", "first_token_warm", "total")


def summary(records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Each system's figures; `quarry_gains` is the share right of Quarry with the model less its own, paired."""
    systems: dict[str, list[Record]] = {}
    for record in records:
        systems.setdefault(record.group, []).append(record)
    figures: dict[str, dict[str, Any]] = {}
    for name, own in systems.items():
        seconds = {time: [record.detail.get("seconds", {}).get(time) for record in own] for time in TIMES}
        figures[name] = {
            **{share: proportion([_truth(record.scores.get(share)) for record in own]) for share in SHARES},
            **{value: mean([record.scores.get(value) for record in own]) for value in MEANS},
            **{f"seconds_{time}": mean(values) for time, values in seconds.items()},
            "percentiles": {time: percentiles(values) for time, values in seconds.items()},
            "errors": sum(record.scores["error"] == 1.0 for record in own),
            "n": len(own),
        }
        if name != "quarry" and "quarry" in systems:
            pair = [[record.scores["right"] or 0.0 for record in side] for side in (own, systems["quarry"])]
            figures[name]["quarry_gains"] = paired_difference(*pair)
    return figures


def _truth(value: float | None) -> bool | None:
    return None if value is None else value > 0.5


def rivals(*, data: Path, limit: int = 12, questions: Path = QUESTIONS) -> dict[str, Any]:
    """Ask all systems the same questions over the haystack, print the table, save the run and return its figures."""
    factual = [question for question in load_questions(questions) if question.answerable or question.kind in UNANSWERABLE]
    asked = spread(factual, limit)
    if not asked:
        raise EvaluationError(f"{questions}: there is no question to ask: --limit must be 1 or more, not {limit}")
    folders = [SEEDS, *(data / name for name in HAYSTACK)]
    with library_of_folders(folders) as library:
        wire = Wire()
        model = open_model("embedded")  # the server lives as long as this does
        model.start()
        systems = systems_over(library, client_of(model.name, model._connection.url, model._connection.key, wire))
        saved = Run("rivals", {"limit": limit}, [questions, *folders], library.fingerprint)
        pairs = [(question, name) for question in asked for name in systems]
        records = saved.measure(
            pairs,
            lambda pair: f"{pair[0].id}/{pair[1]}",
            lambda pair: measured(*pair, systems[pair[1]], wire, library),
            "answers",
        )
        chunks = library.count_chunks()
    figures = summary(records)
    show(figures)
    saved.finish(figures | {"chunks": chunks, "n": len(asked)})
    return figures | {"chunks": chunks, "n": len(asked)}


def show(figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the figures, a column for each system."""
    names = list(dict.fromkeys(name for own in figures.values() for name in own if name != "percentiles"))
    print_table(["figure", *figures], [[name, *(own.get(name) for own in figures.values())] for name in names])
    print("times are the machine's at this load: seconds to the first text, to the model's first token, to the end")
