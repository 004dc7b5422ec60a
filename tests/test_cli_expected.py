"""What `quarry status` says to expect: words for counts that were measured, and nothing where none were."""

import json
from pathlib import Path

import pytest

from assistant.cli.expected import Expected, expectation, load_expected
from assistant.cli.status import status
from assistant.reading.evidence import answerable_from
from assistant.settings import AssistantSettings
from evals import runs
from evals.errors import EvaluationError
from evals.expect import counted, expect
from evals.runs import Record, Run
from index.settings import IndexSettings

COUNTS = Expected("20 test questions", 10, 9, 5, 4, 12, 3, 0.6, "abc")
WORDS = (
    "answers 90 in 100 answerable questions and refuses 80 in 100 that the documents don't answer; "
    "of its answers 25 in 100 are wrong (20 test questions)"
)

RECORDS = [
    Record("1", "fact", {"answerable_right": 1.0, "missing_refusal": None, "wrong_answer": 0.0}),
    Record("2", "fact", {"answerable_right": 0.0, "missing_refusal": None, "wrong_answer": 1.0}),
    Record("3", "fact", {"answerable_right": 0.0, "missing_refusal": None, "wrong_answer": None}),
    Record("4", "wrong_subject", {"answerable_right": None, "missing_refusal": 1.0, "wrong_answer": 1.0}),
    Record("5", "wrong_subject", {"answerable_right": None, "missing_refusal": 0.0, "wrong_answer": None}),
    Record("6", "fact", {"right": 0.0, "exception": 1.0, "answerable_right": 0.0}),
]


def test_counts_become_words() -> None:
    assert str(COUNTS) == WORDS
    rare = str(Expected("q", 1000, 999, 0, 0, 1000, 1, 0.6, ""))
    assert "over 99 in 100 answerable" in rare and "fewer than 1 in 100 are wrong" in rare and "an unknown share" in rare
    with pytest.raises(ValueError, match="larger than its whole"):
        Expected("q", 1, 2, 0, 0, 0, 0, 0.6, "")


def test_only_what_was_measured_with_these_settings_is_said() -> None:
    measured = {"none": COUNTS}
    assert expectation("none", 0.6, measured) == WORDS
    assert expectation("embedded", 0.6, measured) == f"not measured with this language model; without one it {WORDS}"
    assert expectation("none", 0.7, measured) == expectation("none", 0.6, {}) == "not measured with these settings"


def test_a_run_is_counted_by_what_became_of_its_questions() -> None:
    found = counted(RECORDS, 0.6, "six", "abc")
    assert found == Expected("six", 4, 2, 2, 1, 3, 2, 0.6, "abc")


def test_saved_runs_are_stored_by_language_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    options = {"haystack": True, "half": "report", "sample": None, "llm": "none", "threshold": 0.6}
    saved = Run("run", options, [])
    saved.measure(RECORDS, lambda record: record.id, lambda record: record, "questions")
    saved.finish({"chunks": 3000})
    out = tmp_path / "expected.json"
    expect([saved.folder], out=out)
    [(llm, counts)] = load_expected(out).items()
    assert (llm, counts.answered, counts.wrong, counts.threshold) == ("none", 2, 2, 0.6)
    assert (
        counts.questions
        == "6 test questions on the sample documents among 3,000 passages, the half that nothing was chosen on"
    )
    other = Run("deletion", {"llm": "none"}, [])
    other.finish({})
    with pytest.raises(EvaluationError, match="no run of our own questions"):
        expect([other.folder], out=out)


def test_status_says_what_the_shipped_counts_say(tmp_path: Path) -> None:
    found = status(IndexSettings(home=tmp_path), AssistantSettings(llm="none"))
    shipped = load_expected()
    assert found["expect"] == str(shipped["none"]) and shipped["none"].threshold == answerable_from(IndexSettings().embedder)
    assert json.loads(json.dumps(found))["measured"]["none"]["answers"] == shipped["none"].answers > 100
