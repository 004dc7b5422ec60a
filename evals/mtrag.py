"""`mtrag`: the conversations of MTRAG-UN over its own passages, pooled in one library.

In go its reference.jsonl and qrels; out come how well the last turn's passages are found, alone and with the query made
of the conversation, and how often `ask` refuses, asks back or answers, by what the task calls for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.chat import ask
from assistant.errors import AssistantError
from assistant.language_models.client import LanguageModel
from assistant.questions.follow_up import carried, context, leaning, understood
from assistant.types import Answer, Conversation, Turn
from evals.beir import Qrels, files_by_chunk, read_qrels
from evals.corpus import Passage, library_of_passages
from evals.errors import EvaluationError
from evals.metrics import ranking_scores
from evals.questions import read_lines
from evals.run import citation_object, open_model, seconds_object
from evals.runs import Record, Run, print_table
from evals.statistics import Estimate, mean, paired_difference, proportion
from index.embedding.embedder import Embedder
from index.library.library import Library
from index.search.search import POOL, search

MEASURES = ("nDCG@5", "R@5")

QUERIES = ("last_turn", "standalone")
"""What is searched with: the last turn alone, and what `ask` makes of the conversation, its earlier queries weighing in."""

CHUNKS = POOL
"""More than five passages have, and no more than `search` fuses for an answer: a larger top_k would change the ranking."""

OUTCOMES = {"refused": ("refused",), "asks_back": ("asks_back",), "answered": ("answered", "partly")}
"""The statuses of an answer that make each outcome; the page's own `meta` answers are none of them."""


@dataclass(frozen=True, slots=True)
class Task:
    """A conversation up to a last question; `label` is its answerability, `relevant` its judged passages, if any."""

    id: str
    collection: str
    label: str
    question: str
    conversation: Conversation
    relevant: dict[str, int] | None


def mtrag(reference: Path, qrels: Sequence[Path], *, llm: str = "none", limit: int | None = None) -> dict[str, Any]:
    """Search and ask for every task (or the first `limit`), print the tables, save the run and return its figures."""
    judged: Qrels = {}
    for path in qrels:
        judged |= read_qrels(path)
    rows = read_lines(reference)
    tasks = [task_of(row, f"{reference}: object {number}", judged) for number, row in enumerate(rows, 1)]
    if not any(task.relevant for task in tasks):
        raise EvaluationError(
            f"no task of {reference} is judged in {', '.join(map(str, qrels))}: are they of one benchmark?"
        )
    passages = pooled(rows)
    missing = {id_ for task in tasks for id_ in task.relevant or ()}.difference(id_ for id_, _, _ in passages)
    model = open_model(llm)
    with library_of_passages(passages) as library:
        if model is not None:
            model.start()
        file_of = files_by_chunk(library)
        options = {"llm": llm, "limit": limit}
        saved = Run("mtrag", options, [reference, *qrels], library.fingerprint)
        chosen = tasks[:limit]
        records = saved.measure(chosen, lambda task: task.id, lambda t: measured(t, library, file_of, model), "tasks")
    figures = summary(records) | {"passages": len(passages), "judged_not_pooled": len(missing)}
    show(figures)
    saved.finish(figures)
    return figures


def task_of(row: Mapping[str, Any], place: str, judged: Qrels) -> Task:
    """A task as the reference holds it; the qrels name it by the same id, without a prefix.

    Raises:
        EvaluationError: a key is missing, or user and agent don't take turns up to a last question.
    """
    try:
        speakers = [said["speaker"] for said in row["input"]]
        texts = [said["text"] for said in row["input"]]
        [label] = row["answerability"]
        id_, collection = row["task_id"], row["Collection"]
    except (KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{place} is no task: {error!r}") from error
    if speakers != [*["user", "agent"] * (len(speakers) // 2), "user"]:
        raise EvaluationError(f"{place} ({id_}): user and agent in turns are expected, a user's question last")
    return Task(id_, collection, label, texts[-1], conversation_of(texts[:-1]), judged.get(id_))


def conversation_of(texts: Sequence[str]) -> Conversation:
    """The turns given by both speakers: the user's texts as questions, the agent's as their answers."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return Conversation(turns=tuple(Turn(user, Answer(text=agent, stage="done", query=user), "") for user, agent in pairs))


def with_queries(conversation: Conversation, embedder: Embedder) -> Conversation:
    """The conversation, each turn with the query that it is meant as by what it says itself, nothing being searched."""
    turns: tuple[Turn, ...] = ()
    for turn in conversation.turns:
        leans = turns and leaning(turn.question, embedder) > 0
        query = carried(turn.question, turns[-1].answer.query, embedder) if leans else turn.question
        turns = (*turns, replace(turn, answer=replace(turn.answer, query=query)))
    return Conversation(turns=turns)


def pooled(rows: Sequence[Mapping[str, Any]]) -> list[Passage]:
    """All distinct passages of all tasks, with the titles that some have.

    Raises:
        EvaluationError: a passage is malformed, or one id has two texts.
    """
    passages: dict[str, Passage] = {}
    for number, row in enumerate(rows, 1):
        for given in row.get("contexts", []):
            try:
                passage = (given["document_id"], given.get("title") or "", given["text"])
            except (KeyError, TypeError, AttributeError) as error:
                raise EvaluationError(f"object {number} has a malformed passage: {error!r}") from error
            if passages.setdefault(passage[0], passage)[2] != passage[2]:
                raise EvaluationError(f"object {number}: the passage {passage[0]} has another text than before")
    return list(passages.values())


def measured(task: Task, library: Library, file_of: Mapping[str, str], llm: LanguageModel | None) -> Record:
    """A task's record: the ranking measures of both queries, None where nothing is judged, and the answer's outcome."""
    said = with_queries(task.conversation, library.embedder)
    turned = understood(task.question, said, library)
    queries = dict(zip(QUERIES, (task.question, turned), strict=True))
    earlier = {"standalone": context(task.question, said)}
    detail: dict[str, Any] = {"collection": task.collection, "question": task.question, "query": queries["standalone"]}
    scores: dict[str, float | None] = {f"{name} {measure}": None for name in QUERIES for measure in MEASURES}
    if task.relevant:
        # Both queries in one call: each stands in for a query with the same judgements.
        found = {name: passages_found(query, library, file_of, earlier.get(name, ())) for name, query in queries.items()}
        given = {name: [(file, 0.0) for file in files] for name, files in found.items()}
        scored = ranking_scores(dict.fromkeys(QUERIES, task.relevant), given, MEASURES)
        scores |= {f"{name} {measure}": value for name, own in scored.items() for measure, value in own.items()}
        detail |= {"relevant": task.relevant, "found": {name: files[:5] for name, files in found.items()}}
    try:
        answer = list(ask(task.question, said, library=library, llm=llm))[-1]
    except AssistantError as error:
        return Record(task.id, task.label, scores | dict.fromkeys(OUTCOMES), detail | {"error": str(error)})
    scores |= {name: float(answer.status in statuses) for name, statuses in OUTCOMES.items()}
    detail |= {"status": answer.status, "answer": answer.text, "answerer": answer.answerer, "confidence": answer.confidence}
    detail |= {"citations": [citation_object(citation) for citation in answer.citations], "seconds": seconds_object(answer)}
    return Record(task.id, task.label, scores, detail)


def passages_found(query: str, library: Library, file_of: Mapping[str, str], earlier: Sequence[str] = ()) -> list[str]:
    """The distinct passages of the chunks that `search` finds, best first."""
    return list(dict.fromkeys(file_of[hit.chunk.id] for hit in search(query, library, top_k=CHUNKS, context=earlier)))


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """The figures: retrieval by collection, outcomes by answerability, and how often the query isn't the last turn."""
    collections: dict[str, list[Record]] = {"all": list(records)}
    labels: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        collections.setdefault(record.detail["collection"], []).append(record)
        labels[record.group].append(record)
    return {
        "pooled_retrieval": {name: {m: compared(own, m) for m in MEASURES} for name, own in collections.items()},
        "pooled_outcomes": {
            label: {name: proportion([_is_one(record.scores[name]) for record in labels[label]]) for name in OUTCOMES}
            for label in sorted(labels)
        },
        "rewritten": proportion([record.detail["query"] != record.detail["question"] for record in records]),
        "exceptions": sum("error" in record.detail for record in records),
        "n": len(records),
    }


def compared(records: Sequence[Record], measure: str) -> dict[str, Estimate]:
    """A measure of both queries, and the paired difference: the query of the conversation minus the last turn."""
    first, second = ([record.scores[f"{name} {measure}"] for record in records] for name in QUERIES)
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    gain = paired_difference([a for a, _ in pairs], [b for _, b in pairs])
    return {"last_turn": mean(first), "standalone": mean(second), "gain": gain}


def _is_one(score: float | None) -> bool | None:
    return None if score is None else score == 1.0


def show(figures: Mapping[str, Any]) -> None:
    """Print retrieval by collection and outcomes by answerability."""
    print(f"pooled: {figures['passages']} passages of all tasks in one index; {figures['n']} tasks")
    rows = [
        [collection, measure, *own.values()]
        for collection, measures in figures["pooled_retrieval"].items()
        for measure, own in measures.items()
    ]
    print_table(["pooled retrieval", "", "last turn alone", "query of the conversation", "gain"], rows)
    print()
    rows = [[label, *own.values()] for label, own in figures["pooled_outcomes"].items()]
    print_table(["pooled answers", "refused", "asks back", "answered or partly"], rows)
    print()
    print_table(["figure", "value"], [[name, figures[name]] for name in ("rewritten", "exceptions", "judged_not_pooled")])
