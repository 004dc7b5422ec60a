"""`compare` on hand-made runs: paired differences, flips, and when it is a regression."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from evals import runs
from evals.compare import compare, difference, moved, pair
from evals.errors import EvaluationError
from evals.runs import Record, Run, load_run
from evals.statistics import Estimate

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    """Saves records as a finished run; `name` is an option of it, `data` the text of its data."""
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")

    def saved(name: str, records: Sequence[Record], command: str = "run", data: str = "same") -> Path:
        path = tmp_path / "data.jsonl"
        path.write_text(data, encoding="utf-8")
        run = Run(command, {"name": name}, [path], "index")
        run.measure(records, lambda record: record.id, lambda record: record, "questions")
        run.finish({"n": len(records)})
        return run.folder

    return saved


def scored(name: str, values: Sequence[float | None]) -> list[Record]:
    return [Record(f"q{place}", "kind", {name: value}) for place, value in enumerate(values)]


def test_the_difference_is_of_b_minus_a_over_the_questions_scored_in_both(save: Save) -> None:
    first = save("a", scored("right", [1.0, 0.0, 0.0, 0.0, 1.0]))
    second = save("b", scored("right", [1.0, 1.0, 1.0, 0.0, None]))
    figures, regressed = compare(first, second)
    change = figures["difference"]["right"]
    assert (change.value, change.n, change.missing) == (0.5, 4, 1)
    assert change.low <= 0.5 <= change.high
    assert not regressed


def test_most_questions_getting_wrong_is_a_regression_and_the_reverse_is_not(save: Save) -> None:
    good, bad = save("good", scored("right", [1.0] * 20)), save("bad", scored("right", [0.0] * 12 + [1.0] * 8))
    figures, regressed = compare(good, bad)
    assert regressed and figures["regressed"]
    assert figures["difference"]["right"].value == pytest.approx(-0.6)
    assert figures["got_worse"] == [f"q{place}" for place in range(12)]
    figures, regressed = compare(bad, good)
    assert not regressed
    assert len(figures["got_better"]) == 12


def test_one_question_of_twenty_is_within_noise(save: Save) -> None:
    figures, regressed = compare(save("a", scored("right", [1.0] * 20)), save("b", scored("right", [0.0] + [1.0] * 19)))
    assert figures["got_worse"] == ["q0"]
    assert not regressed


@pytest.mark.parametrize("name", ["wrong_refusal", "missing_refusal", "wrong_answer", "exception"])
def test_more_of_something_bad_is_a_regression_and_less_of_it_is_not(save: Save, name: str) -> None:
    few, many = save("few", scored(name, [0.0] * 10)), save("many", scored(name, [1.0] * 8 + [0.0] * 2))
    figures, regressed = compare(few, many)
    assert regressed and len(figures["got_worse"]) == 8
    figures, regressed = compare(many, few)
    assert not regressed and len(figures["got_better"]) == 8


def test_right_decides_wherever_it_stands_and_without_it_the_first_score_or_the_one_asked_for(save: Save) -> None:
    def both(one: str, first: float, other: str, second: float) -> list[Record]:
        return [Record(f"q{i}", "kind", {one: first, other: second}) for i in range(5)]

    a, b = save("a", both("recall", 1.0, "right", 0.0)), save("b", both("recall", 0.0, "right", 0.0))
    assert compare(a, b)[0]["main"] == "right"
    assert not compare(a, b)[1]
    assert compare(a, b, score="recall")[1]
    a, b = save("c", both("recall", 1.0, "iou", 0.0)), save("d", both("recall", 0.0, "iou", 1.0))
    assert compare(a, b)[0]["main"] == "recall"
    assert compare(a, b)[1]
    with pytest.raises(EvaluationError, match="no score nDCG in common: choose one of recall, iou"):
        compare(a, b, score="nDCG")


def test_a_graded_score_flips_when_it_moves_by_more_than_a_half(save: Save) -> None:
    first = save("a", scored("rouge_l", [0.9, 0.9, 0.2, None]))
    second = save("b", scored("rouge_l", [0.3, 0.4, 0.8, 1.0]))
    figures, _ = compare(first, second)
    assert (figures["got_worse"], figures["got_better"]) == (["q0"], ["q2"])


def test_it_shows_the_flips_with_both_answers_the_ids_in_one_only_and_what_differs(
    save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    def record(id_: str, right: float, answer: str) -> Record:
        return Record(id_, "fact", {"right": right}, {"question": f"What is {id_}?", "status": "answered", "answer": answer})

    error = Record("q2", "fact", {"right": 0.0, "exception": 1.0}, {"error": "the model stopped"})
    first = save("slow", [record("q1", 1.0, "It is\n140 t."), record("q2", 1.0, "x" * 500), record("old", 1.0, "")])
    second = save("fast", [record("q1", 0.0, "It is 95 t."), error, record("new", 1.0, "")])
    figures, _ = compare(first, second)
    shown = capsys.readouterr().out
    assert "option name: A slow, B fast" in shown
    assert "What is q1?" in shown and "A: [answered] It is 140 t." in shown and "B: [answered] It is 95 t." in shown
    assert "B: [error] the model stopped" in shown
    assert "x" * 90 in shown and "x" * 120 not in shown
    assert "only in A: 1 questions: old" in shown and "only in B: 1 questions: new" in shown
    last = json.loads(shown.splitlines()[-1])["figures"]
    assert (last["n"], last["only_in_a"], last["only_in_b"]) == (2, ["old"], ["new"])
    assert last["differs"] == {"option name": ["slow", "fast"]}
    assert set(figures["difference"]) == {"right"}


def test_a_run_compared_with_itself_has_no_difference(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    run = save("a", scored("right", [1.0, 0.0]))
    figures, regressed = compare(run, run)
    assert not regressed and figures["differs"] == {}
    assert "made alike" in capsys.readouterr().out


def test_runs_that_can_not_be_compared_are_refused_in_one_line(save: Save, tmp_path: Path) -> None:
    run = save("a", scored("right", [1.0]))
    with pytest.raises(EvaluationError, match="different commands, run and clapnq"):
        compare(run, save("a", scored("right", [1.0]), command="clapnq"))
    with pytest.raises(EvaluationError, match="different data"):
        compare(run, save("b", scored("right", [1.0]), data="other"))
    with pytest.raises(EvaluationError, match="in common"):
        compare(run, save("c", [Record("another", "kind", {"right": 1.0})]))
    with pytest.raises(EvaluationError, match="no question has the score right in both"):
        compare(run, save("d", scored("right", [None])))
    with pytest.raises(EvaluationError, match="no finished run"):
        compare(run, tmp_path / "nowhere")


def test_a_score_that_no_pair_has_is_counted_as_missing(save: Save) -> None:
    rows = [Record("q", "kind", {"right": 1.0, "precision": None})]
    pairs = pair(load_run(save("a", rows)), load_run(save("b", rows))).pairs
    assert difference(pairs, "precision") == Estimate(None, None, None, 0, 1)


def test_an_interval_that_touches_zero_has_not_moved() -> None:
    assert moved(Estimate(-0.1, -0.2, 0.0, 10)) == ""
    assert moved(Estimate(-0.1, -0.2, -0.01, 10)) == "fell"
    assert moved(Estimate(0.1, 0.01, 0.2, 10)) == "rose"
    assert moved(Estimate(None, None, None, 0)) == ""
