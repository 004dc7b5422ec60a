"""The report's page and what it computes, on hand-made runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals import runs
from evals.errors import EvaluationError
from evals.plots import calibration_bins, expected_calibration_error, judged
from evals.report import estimate, report
from evals.runs import Record, Run

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    """Saves records as a finished run; `name` is an option of it."""
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")

    def saved(name: str, records: Sequence[Record], command: str = "run", figures: dict[str, Any] | None = None) -> Path:
        path = tmp_path / "data.jsonl"
        path.write_text("same", encoding="utf-8")
        run = Run(command, {"name": name}, [path], "an index of 120 tokens")
        run.measure(records, lambda record: record.id, lambda record: record, "questions")
        run.finish(figures or {"n": len(records)})
        return run.folder

    return saved


def answered(id_: str, right: float, confidence: float = 0.5, answer: str = "an answer", **detail: Any) -> Record:
    citation = {"file": f"{id_}.pdf", "start": 3, "end": 9, "quote": f"the quote of {id_}", "page": 7}
    known = {
        "question": f"What is {id_}?",
        "status": "answered",
        "answer": answer,
        "confidence": confidence,
        "citations": [citation],
        "seconds": {"quote": 0.2, "first_token": None, "total": 0.5},
    }
    return Record(id_, "fact", {"right": right}, known | detail)


def page_of(tmp_path: Path, *folders: Path) -> str:
    report(folders, out=tmp_path / "report.html")
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_calibration_error_of_two_bins_is_the_mean_gap_of_both() -> None:
    # sorted: (.1 wrong, .2 right) has mean .15, half right; (.8 right, .9 wrong) has mean .85, half right
    bins = calibration_bins([0.9, 0.1, 0.8, 0.2], [False, False, True, True], 2)
    assert [n for _, _, n in bins] == [2, 2]
    assert bins[0] == pytest.approx((0.15, 0.5, 2)) and bins[1] == pytest.approx((0.85, 0.5, 2))
    assert expected_calibration_error(bins) == pytest.approx(0.35)


def test_the_calibration_error_weighs_bins_by_their_size() -> None:
    # two answers with mean .3, half right (gap .2); one with .9, right (gap .1): (2 x .2 + .1) / 3
    bins = calibration_bins([0.2, 0.4, 0.9], [False, True, True], 2)
    assert expected_calibration_error(bins) == pytest.approx(0.5 / 3)


def test_fewer_answers_than_bins_are_a_bin_each_and_none_have_no_error() -> None:
    assert calibration_bins([1.0, 0.0], [True, False]) == [(0.0, 0.0, 1), (1.0, 1.0, 1)]
    assert expected_calibration_error(calibration_bins([1.0, 0.0], [True, False])) == 0.0
    assert expected_calibration_error(calibration_bins([], [])) is None


def test_only_answers_with_a_confidence_and_a_verdict_are_judged() -> None:
    records = [
        answered("whole", 1.0, 0.9),
        answered("part", 0.0, 0.8, status="partly"),
        answered("refusal", 1.0, 0.1, status="refused"),
        answered("unsure", 1.0, confidence=None),  # type: ignore[arg-type]
        Record("unscored", "fact", {"recall": 1.0}, {"status": "answered", "confidence": 0.5}),
        Record("broken", "fact", {"right": 0.0}, {"error": "it stopped"}),
    ]
    assert judged(records) == ([0.9, 0.8], [True, False])


def test_scores_of_zero_and_one_have_wilsons_interval_and_graded_ones_a_bootstrapped_one() -> None:
    found = estimate([1.0, 0.0, None], binary=True)
    assert (found.value, found.n, found.missing) == (0.5, 2, 1)
    assert found.low == pytest.approx(0.0945, abs=1e-4) and found.high == pytest.approx(0.9055, abs=1e-4)
    assert estimate([0.4, 0.4], binary=False).low == pytest.approx(0.4)


def test_the_page_shows_how_a_run_was_made_its_figures_and_its_kinds(save: Save, tmp_path: Path) -> None:
    figures = {"accuracy": estimate([1.0, 0.0], binary=True), "seconds": {"total": {"p50": 0.5}}, "n": 2}
    folder = save("careful", [answered("a", 1.0), answered("b", 0.0)], figures=figures)
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    page = page_of(tmp_path, folder)
    for value in (folder.name, "careful", "an index of 120 tokens", facts["data"], str(facts["seed"]), facts["started"]):
        assert value in page
    assert facts["commit"] in page
    assert "<th>accuracy</th><td>0.500 <small>0.09–0.91 n=2</small></td>" in page
    assert "<th>seconds / total / p50</th><td>0.500</td>" in page
    assert "<th>fact</th><td>2</td><td>0.500 <small>0.09–0.91 n=2</small></td>" in page


def test_the_page_asks_the_network_for_nothing_and_holds_its_plots_as_text(save: Save, tmp_path: Path) -> None:
    records = [answered(f"q{place}", float(place % 3 > 0), place / 30) for place in range(30)]
    page = page_of(tmp_path, save("a", records))
    assert "http://" not in page and "https://" not in page
    assert not re.search(r"<(script|link|img|iframe|object|embed)\b|@import|\bsrc=", page)
    assert all(
        target.startswith("#")
        for target in re.findall(r'href="([^"]*)"|url\(([^)]*)\)', page)
        for target in target
        if target
    )
    assert page.count("<svg") == 3
    assert re.search(r"<text[^>]*>mean confidence</text>", page)


def test_the_same_runs_give_the_same_page(save: Save, tmp_path: Path) -> None:
    folder = save("a", [answered("a", 1.0), answered("b", 0.0)])
    assert page_of(tmp_path, folder) == page_of(tmp_path, folder)


def test_nothing_that_a_document_question_or_option_holds_is_markup(save: Save, tmp_path: Path) -> None:
    evil = "<script>alert('&')</script>"
    citation = {"file": evil, "start": 0, "end": 5, "quote": evil, "page": None}
    detail = {"question": evil, "history": [evil], "citations": [citation], "status": "answered"}
    records = [Record(evil, evil, {"right": right, evil: 1.0}, detail | {"answer": evil}) for right in (1.0, 0.0)]
    page = page_of(
        tmp_path, save(evil, records[:1], figures={evil: evil}), save(f"{evil} 2", records[1:], figures={evil: [evil]})
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;") > 10


def test_flipped_questions_of_the_first_two_runs_stand_side_by_side_with_their_sources(save: Save, tmp_path: Path) -> None:
    first = save("a", [answered("a", 1.0, answer="140 t"), answered("b", 1.0), answered("gone", 1.0)])
    second = save("b", [answered("a", 0.0, answer="95 t", history=["Hello?"]), answered("b", 1.0)])
    page = page_of(tmp_path, first, second)
    flips = page[page.index("Flipped questions") :]
    assert "Got worse from run 1 to run 2: 1" in flips and "Got better from run 1 to run 2: 0" in flips
    assert "only in one: 1 and 0" in flips
    assert flips.index("140 t") < flips.index("95 t")
    assert flips.count("a.pdf, page 7 [3, 9): “the quote of a”") == 2
    assert "What is a?" in flips and "What is b?" not in flips


def test_a_run_of_scores_alone_gets_its_tables_and_the_rest_is_said_to_be_missing(save: Save, tmp_path: Path) -> None:
    rows = [
        Record(f"q{i}", "all queries", {"search nDCG@10": i / 4, "recall": None}, {"query": "germanium"}) for i in range(5)
    ]
    page = page_of(tmp_path, save("a", rows, command="beir"))
    assert "<th>all queries</th><td>5</td><td>0.500 <small>" in page
    assert "Never scored: recall." in page
    assert "No answers with both a confidence and a score right: run 1." in page
    assert "No run recorded times." in page
    assert "One run was given: there is nothing to compare it with." in page
    assert "<svg" not in page


def test_runs_of_different_commands_share_a_page_but_are_not_compared(save: Save, tmp_path: Path) -> None:
    rows = [Record("q", "all", {"right": 1.0})]
    page = page_of(tmp_path, save("a", [answered("a", 1.0)]), save("b", rows, command="clapnq"))
    assert "the runs are of different commands, run and clapnq" in page
    assert "No answers with both a confidence and a score right: run 2." in page
    assert "<td>not recorded</td>" in page


def test_its_last_line_holds_the_figures_of_each_run(save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = save("a", [answered("a", 1.0, 1.0), answered("b", 0.0, 0.5)])
    figures = report([folder], out=tmp_path / "new" / "report.html")
    expected = {"n": 2, "answered": 2, "expected_calibration_error": 0.25, "coverage_at_5_percent_error": 0.5}
    assert figures == {"run 1": expected}
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"command": "report", "figures": {"run 1": expected, "n": 1}}


def test_a_missing_run_and_a_page_that_can_not_be_written_are_said_in_one_line(save: Save, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no finished run"):
        report([tmp_path / "nowhere"], out=tmp_path / "report.html")
    with pytest.raises(EvaluationError, match="can't be written"):
        report([save("a", [answered("a", 1.0)])], out=tmp_path)
