"""The gate lets today's product through and stops three broken ones, by the floors it really has."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistant.answering.quote import numbered, quote
from assistant.chat import ask
from assistant.types import Answer, Evidence, EvidenceSpan
from evals.gate import GATES, judged, load_gates, quotes, unsupported_numbers
from evals.questions import UNANSWERABLE, Question, load_questions
from evals.run import spread
from evals.runs import Record
from index.library.library import Library


@pytest.fixture(scope="module")
def some() -> list[Question]:
    """A sample of plain questions and of ones to be refused."""
    questions = load_questions()
    plain = [question for question in questions if question.kind in ("fact", "number", "year")]
    return [*spread(plain, 24), *spread([q for q in questions if q.kind in UNANSWERABLE], 12)]


def failures(questions: Sequence[Question], library: Library, **options: Any) -> set[str]:
    bounds = {"quotes": load_gates(GATES)["quotes"]}
    _, failed = judged({"quotes": quotes(questions, library, **options)}, bounds)
    return {name.split(" ")[0].removeprefix("quotes.") for name in failed}


def test_today_s_product_passes_on_plain_questions(seeds: Library, some: list[Question]) -> None:
    assert failures(some, seeds) <= {"missing_refusals"}


def test_a_broken_retriever_fails_the_gate(seeds: Library, some: list[Question], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both rankings are turned round: the worst chunk comes first."""
    from index.search import search

    best = search.fuse
    monkeypatch.setattr(search, "fuse", lambda *given: [(id_, -score) for id_, score in best(*given)])
    assert {"accuracy_answerable", "citation_recall"} <= failures(some[:24:2], seeds)


def test_a_citation_shifted_by_one_character_fails_the_gate(seeds: Library, some: list[Question]) -> None:
    def shifted(*given: Any, **options: Any) -> Iterator[Answer]:
        for answer in ask(*given, **options):
            moved = (replace(citation, start=citation.start + 1, end=citation.end + 1) for citation in answer.citations)
            yield replace(answer, citations=tuple(moved))

    assert "round_trip" in failures(some[:3], seeds, ask=shifted)


def test_an_answerer_that_never_refuses_fails_the_gate(seeds: Library, some: list[Question]) -> None:
    def never_refuses(*given: Any, **options: Any) -> Iterator[Answer]:
        for answer in ask(*given, **options):
            if answer.refused:
                spans = tuple(EvidenceSpan(citation, 1.0, "") for citation in answer.nearest)
                answer = replace(quote(numbered(Evidence(spans, 1.0))), stage="done", seconds=answer.seconds)
            yield answer

    assert "missing_refusals" in failures(some[24:], seeds, ask=never_refuses)


def test_a_figure_beyond_its_bound_or_missing_fails() -> None:
    bounds = {"a": {"x": {"floor": 0.5}, "y": {"ceiling": 0.1}, "z": {"floor": 0.0}}}
    assert judged({"a": {"x": 0.5, "y": 0.1, "z": 1}}, bounds)[1] == []
    _, failed = judged({"a": {"x": 0.49, "y": 0.11}}, bounds)
    assert [name.split(" ")[0] for name in failed] == ["a.x", "a.y", "a.z"]


def test_a_number_that_no_citation_holds_is_counted() -> None:
    citations = [{"quote": "a capacity of 12 tons, and 50 tons at Yusheng"}]
    assert unsupported_numbers(Record("1", "fact", {}, {"answer": "It makes 12 tons.", "citations": citations})) == 0
    assert unsupported_numbers(Record("1", "fact", {}, {"answer": "38 tons more.", "citations": citations})) == 0
    assert unsupported_numbers(Record("1", "fact", {}, {"answer": "It makes 13 tons.", "citations": citations})) == 1
