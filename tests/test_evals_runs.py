import json
from pathlib import Path

import pytest

from evals import runs
from evals.errors import EvaluationError
from evals.runs import Record, Run, load_run
from evals.statistics import proportion


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")
    (tmp_path / "data").write_text("data")
    return tmp_path / "data"


def test_a_run_is_saved_with_what_made_it(own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run("run", {"half": "open"}, [own_folder], "embedder 1")
    records = run.measure(["a", "b"], str, lambda id_: Record(id_, "fact", {"right": float(id_ == "a")}), "questions")
    run.finish({"accuracy": proportion([True, False]), "n": 2})
    facts, saved = load_run(run.folder)
    assert saved == records
    assert {"command", "options", "code", "data", "index", "seed", "commit", "figures"} <= set(facts)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["figures"]["accuracy"]["value"] == 0.5 and last["figures"]["n"] == 2


def test_an_interrupted_run_goes_on_where_it_was(own_folder: Path) -> None:
    asked: list[str] = []

    def score(id_: str) -> Record:
        if id_ == "c" and len(asked) < 3:
            asked.append("stop")
            raise KeyboardInterrupt
        asked.append(id_)
        return Record(id_, "fact", {"right": 1.0})

    first = Run("run", {}, [own_folder])
    with pytest.raises(KeyboardInterrupt):
        first.measure(["a", "b", "c"], str, score, "questions")
    with (first.folder / "records.jsonl").open("a") as file:
        file.write('{"id": "half a li')
    again = Run("run", {}, [own_folder])
    assert [record.id for record in again.measure(["a", "b", "c"], str, score, "questions")] == ["a", "b", "c"]
    assert asked == ["a", "b", "stop", "c"]
    again.finish({})
    assert Run("run", {}, [own_folder]).records == {}


def test_other_options_or_data_are_another_run(own_folder: Path) -> None:
    folders = {Run("run", {"half": half}, [own_folder]).folder for half in ("open", "report")}
    own_folder.write_text("other")
    assert len(folders | {Run("run", {"half": "open"}, [own_folder]).folder}) == 3


def test_a_folder_without_a_finished_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no finished run"):
        load_run(tmp_path)
