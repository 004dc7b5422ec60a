"""`run`: our own questions through `ask`, scored. `answer`: anybody's questions over anybody's documents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.chat import ask
from assistant.language_models.client import LanguageModel, open_llm
from assistant.reading.evidence import answerable_from
from assistant.settings import AssistantSettings
from assistant.types import Answer, Citation, Conversation, Turn
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.metrics import (
    Span,
    citation_precision,
    citation_recall,
    is_right,
    overlaps,
)
from evals.questions import QUESTIONS, SEEDS, Question, load_feedback, load_questions
from evals.runs import Record, Run
from evals.summary import show, summary
from index.library.library import Library

HAYSTACK = ("chroma-chunking/corpora", "contoso-hr/docs")
"""The folders of the open benchmark data that are put beside the seeds: over 3,000 chunks of other subjects."""


def run(
    *,
    data: Path,
    haystack: bool = False,
    half: str | None = None,
    sample: int | None = None,
    kinds: Sequence[str] | None = None,
    llm: str = "embedded",
    questions: Path = QUESTIONS,
    feedback: Path | None = None,
    docs: Sequence[Path] | None = None,
) -> dict[str, Any]:
    """Ask our own questions, or those of a feedback over `docs`; print the table, save the run and return its figures."""
    if docs and not feedback:
        raise EvaluationError("--docs says what --feedback is asked about: our own questions are about the seeds")
    folders = [*(docs or [SEEDS]), *(data / name for name in HAYSTACK if haystack)]
    asked = [] if feedback else _chosen(load_questions(questions), half, kinds, sample, questions)
    model = open_model(llm)
    with library_of_folders(folders) as library:
        if feedback:
            asked = _chosen(load_feedback(feedback, library.documents()), half, kinds, sample, feedback)
        if model is not None:
            model.start()
        options = {
            "haystack": haystack,
            "half": half,
            "sample": sample,
            "llm": llm,
            "threshold": answerable_from(library.embedder.name),
        }
        options |= ({"kinds": " ".join(kinds)} if kinds else {}) | ({"feedback": str(feedback)} if feedback else {})
        saved = Run("run", options, [feedback or questions, *folders], library.fingerprint)
        records = saved.measure(asked, lambda q: q.id, lambda q: measured(q, library, model), "questions")
        figures = summary(records) | {"chunks": library.count_chunks()}
    show(records, figures)
    saved.finish(figures)
    return figures


def _chosen(
    questions: Sequence[Question], half: str | None, kinds: Sequence[str] | None, sample: int | None, path: Path
) -> list[Question]:
    """Those of the half, of the kinds, and as many as wanted."""
    asked = [question for question in questions if half in (None, question.half)]
    if kinds and (unknown := sorted(set(kinds) - {question.kind for question in asked})):
        raise EvaluationError(f"there are no questions of kind {', '.join(unknown)} in {path}")
    asked = [question for question in asked if not kinds or question.kind in kinds]
    if not asked:
        raise EvaluationError(f"there are no questions to ask in {path}")
    return asked if sample is None else spread(asked, sample)


def open_model(name: str) -> Any:
    """The language model of this name; None for `none`."""
    return open_llm(AssistantSettings(llm=name), lambda done, all_: None)


def spread(questions: Sequence[Question], n: int) -> list[Question]:
    """`n` questions, taken in turn from each kind, so that a small sample has all kinds."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        kinds[question.kind].append(question)
    ranked = sorted((place, question.id) for own in kinds.values() for place, question in enumerate(own))
    chosen = {id_ for _, id_ in ranked[:n]}
    return [question for question in questions if question.id in chosen]


Ask = Callable[..., Iterator[Answer]]
"""What answers: the product's `ask`, or in the gate's own tests a broken one."""


def as_wanted(question: Question, answer: Answer) -> bool:
    """Whether an answer has one of the statuses wanted and, where it states something, the facts and nothing wrong."""
    said = answer.status in ("answered", "partly")
    return answer.status in question.status and (not said or is_right(answer.text, question.facts, question.wrong))


def asked_in_turn(
    question: str,
    history: Sequence[str],
    library: Library,
    llm: LanguageModel | None,
    earlier: LanguageModel | None = None,
    ask: Ask = ask,
) -> Answer:
    """The final answer to a question after really asking the earlier ones, by default answered by quotes."""
    conversation = earlier_turns(history, library, earlier, ask)
    return list(ask(question, conversation, library=library, llm=llm))[-1]


def only_asked(history: Sequence[str]) -> Conversation:
    """The conversation before a question as its queries alone, where nothing but the query is looked at."""
    return Conversation(turns=tuple(Turn(text, Answer(query=text, stage="done"), "") for text in history))


def earlier_turns(
    history: Sequence[str], library: Library, llm: LanguageModel | None = None, ask: Ask = ask
) -> Conversation:
    """The conversation before a question, its questions really asked in turn; answered by quotes without a model."""
    conversation = Conversation()
    for text in history:
        answer = list(ask(text, conversation, library=library, llm=llm))[-1]
        conversation = Conversation(turns=(*conversation.turns, Turn(text, answer, "")))
    return conversation


def measured(question: Question, library: Library, llm: LanguageModel | None, ask: Ask = ask) -> Record:
    """A question's record; an error counts as a wrong answer, is counted and shown."""
    if llm is not None:
        llm.prompt_tokens = None
    try:
        answer = asked_in_turn(question.question, question.history, library, llm, ask=ask)
    except Exception as error:  # a crash on one question is a figure of its own, not the end of the run
        failed = {"right": 0.0, "exception": 1.0, "answerable_right": 0.0 if question.answerable else None}
        return Record(question.id, question.kind, failed, {"error": repr(error)})
    cited = [span_of(citation) for citation in answer.citations]
    said = answer.status in ("answered", "partly")
    right = as_wanted(question, answer)
    numeric = [forms for forms in question.facts if all(re.search(r"\d", form) for form in forms)]
    shown = (*answer.citations, *answer.nearest)
    held = [citation.holds_in(library.document(citation.document_id, citation.version)) for citation in shown]
    scored = question.answerable and bool(question.gold)
    scores: dict[str, float | None] = {
        "right": float(right),
        "answerable_right": float(right) if question.answerable else None,
        "wrong_refusal": float(answer.refused) if question.answerable else None,
        "missing_refusal": float(said) if question.must_be_refused else None,
        "wrong_answer": float(said and not right) if said else None,
        "citation_precision": citation_precision(cited, question.gold) if scored and said else None,
        "citation_recall": citation_recall(cited if said else [], question.gold) if scored else None,
        "numeric_right": float(is_right(answer.text, numeric, question.wrong)) if numeric and said else None,
        "gold_in_5": gold_found(answer, question, library) if scored else None,
        "round_trip": sum(held) / len(held) if held else None,
        "exception": 0.0,
    }
    detail = {
        "question": question.question,
        "history": list(question.history),
        "half": question.half,
        "status": answer.status,
        "query": answer.query,
        "answer": answer.text,
        "answerer": answer.answerer,
        "removed": answer.removed,
        "confidence": answer.confidence,
        "citations": [citation_object(citation) for citation in answer.citations],
        "prompt_tokens": llm.prompt_tokens if llm is not None else None,
        "seconds": seconds_object(answer),
    }
    return Record(question.id, question.kind, scores, detail)


def gold_found(answer: Answer, question: Question, library: Library) -> float:
    """1 if a gold span is in one of the first five passages found, else 0."""
    found = [
        (library.document(hit.chunk.document_id, hit.chunk.version).file, hit.chunk.start, hit.chunk.end)
        for hit in answer.hits[:5]
    ]
    return float(any(overlaps(span, gold) for span in found for gold in question.gold))


def span_of(citation: Citation) -> Span:
    """A citation's file and range."""
    return citation.file, citation.start, citation.end


def citation_object(citation: Citation) -> dict[str, Any]:
    """A citation as predictions and records hold it."""
    return {name: getattr(citation, name) for name in ("file", "start", "end", "quote", "page")}


def seconds_object(answer: Answer) -> dict[str, float | None]:
    """An answer's times in seconds."""
    return {name: getattr(answer.seconds, name) for name in ("quote", "first_token", "total")}
