import csv
import json
from pathlib import Path
from typing import Any

import pytest

from evals import corpus, runs
from evals.chunks import check_stored, chunks, evenly_spaced, load_excerpt_questions, measured, range_scores
from evals.errors import EvaluationError
from evals.runs import load_run
from index.ingest.ingest import ingest
from index.library.library import Library

ORCHARD = "# Orchard\r\n\r\nThe old orchard grows 40 kinds of pears.\r\n\r\nPears are picked in September."
HARBOUR = "# Harbour\n\nThe harbour crane lifts 12 tonnes.\n\nFerries leave for Łódź – every hour.\n\nFog closes the port."


def excerpt(text: str, content: str) -> dict[str, Any]:
    start = text.index(content)
    return {"content": content, "start_index": start, "end_index": start + len(content)}


def write(folder: Path, rows: list[tuple[str, Any, str]]) -> Path:
    (folder / "corpora").mkdir(parents=True, exist_ok=True)
    (folder / "corpora" / "orchard.md").write_bytes(ORCHARD.encode())
    (folder / "corpora" / "harbour.md").write_bytes(HARBOUR.encode())
    with (folder / "questions_df.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "references", "corpus_id"])
        writer.writerows([question, json.dumps(references), corpus] for question, references, corpus in rows)
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three questions over two small corpora, one with Windows line ends; runs are saved beside them."""
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")
    rows = [
        ("How many kinds of pears does the orchard grow?", [excerpt(ORCHARD, "40 kinds of pears")], "orchard"),
        ("What does the harbour crane lift?", [excerpt(HARBOUR, "The harbour crane lifts 12 tonnes.")], "harbour"),
        ("Where do ferries go?", [excerpt(HARBOUR, "Ferries"), excerpt(HARBOUR, "every hour")], "harbour"),
    ]
    return write(tmp_path / "data", rows)


@pytest.fixture
def documents(data: Path, library: Library) -> Library:
    assert {report.state for report in ingest(library, [data / "corpora"])} == {"added"}
    return library


def test_recall_iou_and_precision_of_a_case_worked_by_hand() -> None:
    # 20 characters wanted, 10 of them found; 30 + 30 retrieved, the second in another corpus.
    found = range_scores([("a.md", 90, 120), ("b.md", 0, 30)], [("a.md", 100, 110), ("a.md", 200, 210)])
    assert found == {
        "recall": pytest.approx(10 / 20),
        "iou": pytest.approx(10 / (60 + 10)),
        "precision": pytest.approx(10 / 60),
        "characters": 60.0,
    }


def test_the_same_offsets_in_another_corpus_find_nothing() -> None:
    assert range_scores([("b.md", 100, 110)], [("a.md", 100, 110)])["recall"] == 0.0


def test_nothing_retrieved_has_no_precision_but_a_recall_of_nothing() -> None:
    assert range_scores([], [("a.md", 0, 10)]) == {"recall": 0.0, "iou": 0.0, "precision": None, "characters": 0.0}


def test_questions_keep_their_corpus_and_all_their_excerpts(data: Path) -> None:
    questions = load_excerpt_questions(data)
    assert [question.file for question in questions] == ["orchard.md", "harbour.md", "harbour.md"]
    assert len({question.id for question in questions}) == 3
    assert [HARBOUR[start:end] for _, start, end in questions[2].excerpts] == ["Ferries", "every hour"]


@pytest.mark.parametrize("shift", [(1, 1), (0, 1), (-1, 0), (-1000, 0), (1000, 1000)])
def test_an_excerpt_that_is_not_at_its_offsets_is_named(tmp_path: Path, shift: tuple[int, int]) -> None:
    wrong = excerpt(ORCHARD, "40 kinds of pears")
    wrong |= {"start_index": wrong["start_index"] + shift[0], "end_index": wrong["end_index"] + shift[1]}
    with pytest.raises(EvaluationError, match="line 2: the excerpt '40 kinds of pears' is not what orchard.md has"):
        load_excerpt_questions(write(tmp_path, [("How many?", [wrong], "orchard")]))


def test_an_excerpt_past_the_end_of_its_corpus_is_an_error(tmp_path: Path) -> None:
    wrong = excerpt(ORCHARD, "September.") | {"end_index": len(ORCHARD) + 5}
    with pytest.raises(EvaluationError, match="September"):
        load_excerpt_questions(write(tmp_path, [("When?", [wrong], "orchard")]))


@pytest.mark.parametrize("references", [[], "no list", [{"content": "Pears"}], [1], None])
def test_a_malformed_row_is_named_by_its_line(tmp_path: Path, references: Any) -> None:
    with pytest.raises(EvaluationError, match="questions_df.csv, line 2"):
        load_excerpt_questions(write(tmp_path, [("When?", references, "orchard")]))


def test_a_missing_corpus_or_question_file_is_named(data: Path) -> None:
    (data / "corpora" / "orchard.md").unlink()
    with pytest.raises(EvaluationError, match=r"orchard\.md can't be read"):
        load_excerpt_questions(data)
    (data / "questions_df.csv").unlink()
    with pytest.raises(EvaluationError, match=r"there is no file .*questions_df\.csv"):
        chunks(data)


def test_a_small_sample_is_spread_over_the_file(data: Path) -> None:
    questions = load_excerpt_questions(data)
    assert evenly_spaced(questions, 2) == questions[:2]
    assert evenly_spaced(questions * 2, 2) == [questions[0], questions[0]]
    assert evenly_spaced(questions, 9) == questions
    assert evenly_spaced(questions, 0) == []


def test_a_stored_text_that_is_not_the_file_stops_the_run(data: Path, documents: Library) -> None:
    check_stored(documents, data)
    (data / "corpora" / "orchard.md").write_bytes(ORCHARD.replace("\r\n", "\n").encode())
    with pytest.raises(EvaluationError, match=r"orchard\.md is not the file's"):
        check_stored(documents, data)


def test_each_method_of_a_question_has_its_ranges_and_its_time(data: Path, documents: Library) -> None:
    record = measured(load_excerpt_questions(data)[1], documents, top_k=1)
    assert record.group == "harbour.md"
    for method, prefix in (("search", ""), ("vectors", "vectors_"), ("keywords", "keywords_")):
        [(file, start, end)] = record.detail[method]["retrieved"]
        assert file == "harbour.md" and "12 tonnes" in HARBOUR[start:end]
        assert record.scores[f"{prefix}recall"] == 1.0
        assert record.scores[f"{prefix}precision"] == pytest.approx(34 / (end - start))
        assert record.detail[method]["milliseconds"] > 0


def test_with_every_chunk_retrieved_all_is_found_and_the_lengths_are_those_of_all_corpora(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = chunks(data, top_k=50, chunk_tokens=100, limit=9)
    assert figures["n"] == 3
    # Vectors rank every chunk; keywords only those with a word of the question.
    for method in ("search", "vectors"):
        assert figures[method]["all"]["recall"].value == 1.0
    length = figures["vectors"]["all"]["characters"].value
    wanted = [17, 34, 17]
    assert figures["vectors"]["all"]["iou"].value == pytest.approx(sum(wanted) / 3 / length)
    assert figures["vectors"]["harbour.md"]["recall"].n == 2
    assert 0 < figures["keywords"]["all"]["characters"].value <= length
    lines = capsys.readouterr().out.splitlines()
    last = json.loads(lines[-1])
    assert last["command"] == "chunks" and last["figures"]["search"]["orchard.md"]["recall"]["n"] == 1
    facts, records = load_run(Path(last["run"]))
    assert facts["options"]["top_k"] == "50" and "100 tokens" in facts["index"] and len(records) == 3
    assert records[0].scores["recall"] == records[0].scores["vectors_recall"] == 1.0
