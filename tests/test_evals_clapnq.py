from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.reading.evidence import answerable_from
from evals.clapnq import Task, at_threshold, best_threshold, clapnq, load_tasks, located, measured, on_report_half, summary
from evals.corpus import add_passages
from evals.errors import EvaluationError
from evals.questions import half_of
from evals.runs import Record, load_run
from index.library.library import Library
from index.types import Filters
from tests.conftest import FakeModel

HERON = "The grey heron nests in tall trees near water . The grey heron eats fish and frogs .  Its wings span a metre ."
FERRY = "The ferry to Orrin island leaves at nine . Tickets cost four pounds . Dogs travel free of charge on weekdays ."


def row(id_: str, question: str, title: str, text: str, *outputs: tuple[str, list[str]]) -> dict[str, Any]:
    """A line as CLAPnq has it."""
    return {
        "id": id_,
        "input": question,
        "passages": [{"title": title, "text": text, "sentences": []}],
        "output": [{"answer": answer, "selected_sentences": chosen} for answer, chosen in outputs or [("", [])]],
    }


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


HERON_ROW = row(
    "h",
    "what does the grey heron eat",
    "Grey heron",
    HERON,
    ("The grey heron eats fish and frogs .", ["The grey heron eats fish and frogs ."]),
)


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and cached vectors of a test go where it does."""
    monkeypatch.setattr("evals.runs.RUNS", tmp_path / "runs")
    monkeypatch.setattr("evals.corpus.CACHE", tmp_path / "vectors.db")


def test_a_selected_sentence_is_found_where_it_stands_white_space_aside() -> None:
    text = "One a .  Two b .\nOne a ."
    assert located(["Two  b .", "One a ."], text) == [(9, 16), (17, 24)]


def test_a_sentence_out_of_order_is_found_and_one_that_is_not_there_is_none() -> None:
    assert located(["Two b .", "One a .", "Three c .", " "], "One a . Two b .") == [(8, 15), (0, 7), None, None]


def test_gold_is_what_any_annotator_selected_each_span_once_and_what_is_not_found_is_counted(tmp_path: Path) -> None:
    first = ("Fish.", ["The grey heron eats fish and frogs ."])
    second = (
        "Frogs, near water.",
        ["The grey heron nests in tall trees near water .", "The grey heron eats fish and frogs .", "No such ."],
    )
    task = load_tasks(written(tmp_path / "a.jsonl", row("h", "diet?", "Heron", HERON, first, second, ("", []))))[0]
    assert task.references == ("Fish.", "Frogs, near water.")
    assert [HERON[start:end] for _, start, end in task.gold] == [second[1][0], second[1][1]]
    assert {file for file, _, _ in task.gold} == {"h"}
    assert task.lost == 1


def test_a_question_without_an_answer_has_no_references_and_no_gold(tmp_path: Path) -> None:
    task = load_tasks(written(tmp_path / "u.jsonl", row("u", "who built it", "Ferry", FERRY)))[0]
    assert (task.references, task.gold, task.lost) == ((), (), 0)


@pytest.mark.parametrize("change", [{"passages": []}, {"output": None}, {"input": " "}, {"passages": [{"title": "x"}]}])
def test_a_malformed_question_is_an_error_with_its_number(tmp_path: Path, change: dict[str, Any]) -> None:
    path = written(tmp_path / "a.jsonl", HERON_ROW, HERON_ROW | change)
    with pytest.raises(EvaluationError, match=r"a\.jsonl, question 2 is malformed"):
        load_tasks(path)


def test_a_missing_file_and_a_file_given_twice_get_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no file"):
        clapnq([tmp_path / "nothing.jsonl"])
    path = written(tmp_path / "a.jsonl", HERON_ROW)
    with pytest.raises(EvaluationError, match="an id comes twice"):
        clapnq([path, path])


def test_an_answer_is_scored_against_references_and_gold_sentences(library: Library, tmp_path: Path) -> None:
    task = load_tasks(written(tmp_path / "a.jsonl", HERON_ROW))[0]
    add_passages(library, [(task.id, task.title, task.passage)])
    record = measured(task, library, None, Filters())
    cited = record.detail["citations"]
    assert record.group == "answerable"
    assert record.detail["status"] == "answered"
    assert any(citation["quote"] == "The grey heron eats fish and frogs ." for citation in cited)
    assert record.scores["citation_recall"] == 1.0
    assert record.scores["citation_precision"] == pytest.approx(1 / len(cited))
    assert record.scores["rouge_l"] == record.scores["quotes_rouge_l"]  # without a model the answer is the quotes
    assert 0 < float(record.scores["rouge_l"] or 0) <= 1
    assert record.detail["words"] == len(record.detail["answer"].split())


def test_a_refusal_has_no_precision_and_scores_0_while_its_quotes_do_not(library: Library) -> None:
    start = HERON.index("The grey heron eats")
    task = Task(
        "h",
        "xylophone zeppelin quasar",
        "Grey heron",
        HERON,
        ("The grey heron eats fish and frogs .",),
        (("h", start, start + 36),),
        0,
    )
    add_passages(library, [(task.id, task.title, task.passage)])
    record = measured(task, library, None, Filters())
    assert record.scores["refused"] == 1.0
    assert record.detail["confidence"] < answerable_from("multilingual")
    assert (record.scores["rouge_l"], record.scores["citation_precision"], record.scores["citation_recall"]) == (0, None, 0)
    assert record.detail["quotes"]
    assert record.detail["words"] is None


def test_an_error_of_ours_is_no_answer_and_is_counted(library: Library) -> None:
    task = Task("h", "long " * 500, "Grey heron", HERON, ("x",), (("h", 0, 5),), 0)
    add_passages(library, [(task.id, task.title, task.passage)])
    record = measured(task, library, None, Filters())
    assert (record.detail["status"], record.scores["exception"], record.scores["refused"]) == ("error", 1.0, 0.0)
    assert record.scores["rouge_l"] == 0.0
    assert summary([record], "gold")["exceptions"] == 1


def test_the_model_given_writes_the_answer_and_the_quotes_stay_quotes(library: Library, tmp_path: Path) -> None:
    task = load_tasks(written(tmp_path / "a.jsonl", HERON_ROW))[0]
    add_passages(library, [(task.id, task.title, task.passage)])
    model = FakeModel("The heron eats fish and frogs.")
    record = measured(task, library, model, Filters())
    assert len(model.asked) == 1
    assert record.detail["answer"] == "The heron eats fish and frogs."
    assert record.scores["rouge_l"] == pytest.approx(12 / 13)  # all 6 words, of 7, in order
    assert "The grey heron eats fish and frogs ." in record.detail["quotes"]


def saved(id_: str, group: str, confidence: float, rouge: float | None = None) -> Record:
    """A record of an id in the half it falls in."""
    scores = {
        "rouge_l": rouge,
        "quotes_rouge_l": rouge,
        "refused": float(confidence < 0.6),
        "exception": 0.0,
    }
    scores |= {"citation_precision": None, "citation_recall": None}
    return Record(id_, group, scores, {"confidence": confidence, "half": half_of(id_), "words": 3, "gold_not_found": 0})


RECORDS = [
    saved("a", "answerable", 0.9, 0.8),
    saved("b", "answerable", 0.5, 0.4),
    saved("c", "unanswerable", 0.1),
    saved("d", "unanswerable", 0.2),
    saved("e", "unanswerable", 0.3),
    saved("f", "unanswerable", 0.7),
]


def test_a_threshold_turns_what_is_below_it_into_refusals() -> None:
    rouge, unans = at_threshold(RECORDS, 0.3)
    assert (rouge.value, rouge.n, unans.value, unans.n) == (pytest.approx(0.6), 2, 0.5, 4)
    rouge, unans = at_threshold(RECORDS, 0.6)
    assert (rouge.value, unans.value) == (pytest.approx(0.4), 0.75)


def test_the_best_threshold_refuses_three_quarters_at_the_least_cost() -> None:
    assert best_threshold(RECORDS) == 0.31  # c, d and e are refused; b, at .5, is not yet


def test_where_no_threshold_refuses_enough_the_mean_of_both_decides() -> None:
    certain = [saved(name, "unanswerable", 1.0) for name in "cde"]
    records = [saved("a", "answerable", 0.5, 0.8), saved("f", "unanswerable", 0.2), *certain]
    assert best_threshold(records) == 0.21
    assert best_threshold(RECORDS[:2]) is None


def test_the_threshold_is_chosen_on_the_open_half_and_measured_on_the_other() -> None:
    names = [str(number) for number in range(60)]
    open_, report = ([name for name in names if half_of(name) == half] for half in ("open", "report"))
    records = [saved(open_[0], "answerable", 0.6, 1.0), saved(open_[1], "unanswerable", 0.5)]
    records += [saved(report[0], "answerable", 0.65, 0.5), saved(report[1], "answerable", 0.4, 0.9)]
    records += [saved(report[2], "unanswerable", 0.45), saved(report[3], "unanswerable", 0.2)]
    found = on_report_half(records)
    assert found["chosen"]["threshold"] == 0.51
    assert (found["chosen"]["rouge_l"].value, found["chosen"]["unans"].value) == (pytest.approx(0.25), 1.0)
    assert (found["shipped"]["threshold"], found["shipped"]["unans"].value) == (answerable_from("multilingual"), 1.0)
    assert found["shipped"]["rouge_l"].value == 0.0  # both answers are below it


def test_pooled_no_refusal_rate_is_called_unans_and_no_threshold_is_chosen() -> None:
    figures = summary(RECORDS, "pooled")
    assert "unans" not in figures
    assert figures["unans_not_meaningful_when_pooled"].value == 0.75
    assert figures["quotes_on_report_half"] == {}
    assert summary(RECORDS, "gold")["unans"].value == 0.75


def test_gold_mode_searches_only_the_questions_own_passage_and_pooled_all(
    own_folders: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answerable = written(tmp_path / "a.jsonl", HERON_ROW)
    elsewhere = row("u", "what does the grey heron eat", "Orrin ferry", FERRY)
    files = [answerable, written(tmp_path / "u.jsonl", elsewhere)]
    folders = {}
    for mode in ("gold", "pooled"):
        figures = clapnq(files, mode=mode)  # type: ignore[arg-type]
        printed = capsys.readouterr().out.splitlines()
        last = json.loads(printed[-1])
        assert (last["command"], last["figures"]["n"], last["figures"]["mode"]) == ("clapnq", 2, mode)
        assert figures["rouge_l"].value == pytest.approx(last["figures"]["rouge_l"]["value"], abs=1e-4)
        folders[mode] = {record.id: record for record in load_run(Path(last["run"]))[1]}
    assert folders["gold"]["h"].detail["status"] == "answered"
    assert folders["gold"]["u"].scores["refused"] == 1.0
    assert folders["pooled"]["u"].scores["refused"] == 0.0
    assert {citation["file"] for citation in folders["pooled"]["u"].detail["citations"]} == {"h"}
