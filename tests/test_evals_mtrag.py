from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals import corpus, runs
from evals.beir import files_by_chunk
from evals.corpus import add_passages
from evals.errors import EvaluationError
from evals.mtrag import CHUNKS, compared, conversation_of, mtrag, passages_found, pooled, summary, task_of
from evals.runs import Record, load_run
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings
from tests.hashed import Hashed

PASSAGES = {
    "tower-1": "The Harrow lighthouse stands on the northern cape and was lit in 1871 by its first keeper.",
    "tower-2": "It is tall: the clock tower of the town hall measures 41 metres and it has four faces.",
    "tower-3": "A tall chimney of the old brickworks was pulled down after a storm.",
    "bread-1": "Sourdough bread rises by wild yeast and lactic bacteria in the dough.",
    "music-1": "A violin has four strings tuned in perfect fifths.",
    "birds-1": "The grey heron nests in tall trees near shallow water.",
    "ships-1": "The ferry to the islands leaves the harbour every two hours in summer.",
}


def row(id_: str, label: str, collection: str, texts: list[str], passages: list[str]) -> dict[str, Any]:
    speakers = ["user", "agent"] * len(texts)
    return {
        "task_id": id_,
        "Collection": collection,
        "answerability": [label],
        "input": [{"speaker": speaker, "text": text} for speaker, text in zip(speakers, texts, strict=False)],
        "contexts": [{"document_id": name, "text": PASSAGES[name]} for name in passages],
    }


ROWS = [
    row(
        "t1", "ANSWERABLE", "towers", ["Where is the Harrow lighthouse?", "On the cape.", "How tall is it?"], list(PASSAGES)
    ),
    row("t2", "ANSWERABLE", "kitchen", ["How does sourdough bread rise in the dough?"], ["bread-1"]),
    row("t3", "UNANSWERABLE", "kitchen", ["What did Xylophane Quetzalbrook invoice for zirconium?"], []),
]
HEADER = "query-id\tcorpus-id\tscore\n"


def write_reference(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "reference.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_qrels(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Record]]]:
    """The figures and saved records of one run, its judgements spread over two files."""
    folder = tmp_path_factory.mktemp("mtrag")
    files = [write_qrels(folder, "towers.tsv", "t1\ttower-1\t1"), write_qrels(folder, "kitchen.tsv", "t2\tbread-1\t1")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "RUNS", folder / "runs")
        patch.setattr(corpus, "CACHE", folder / "vectors.db")
        figures = mtrag(write_reference(folder, ROWS), files)
        [saved] = (folder / "runs").iterdir()
        yield figures, {record.id: record for record in load_run(saved)[1]}


def test_passages_of_all_tasks_are_pooled_once_each(ran: tuple[dict[str, Any], dict[str, Record]]) -> None:
    figures, _ = ran
    assert (figures["passages"], figures["n"], figures["judged_not_pooled"]) == (7, 3, 0)


def test_a_follow_up_is_searched_alone_and_with_its_conversation(ran: tuple[dict[str, Any], dict[str, Record]]) -> None:
    figures, records = ran
    record = records["t1"]
    assert record.detail["query"] == "How tall is it (Harrow lighthouse)?"
    assert record.scores["standalone nDCG@5"] == 1.0
    assert record.scores["last_turn nDCG@5"] is not None and record.scores["last_turn nDCG@5"] < 1.0
    gain = figures["pooled_retrieval"]["towers"]["nDCG@5"]["gain"]
    assert gain.value == pytest.approx(1.0 - record.scores["last_turn nDCG@5"])
    assert figures["rewritten"].value == pytest.approx(1 / 3)


def test_tasks_without_judgements_are_unscored_not_zero(ran: tuple[dict[str, Any], dict[str, Record]]) -> None:
    figures, records = ran
    assert records["t3"].scores["last_turn nDCG@5"] is None
    kitchen = figures["pooled_retrieval"]["kitchen"]["R@5"]
    assert (kitchen["standalone"].value, kitchen["standalone"].n, kitchen["standalone"].missing) == (1.0, 1, 1)
    assert kitchen["gain"].value == 0.0


def test_what_ask_does_is_counted_by_answerability(ran: tuple[dict[str, Any], dict[str, Record]]) -> None:
    figures, records = ran
    assert records["t2"].detail["status"] == "answered"
    assert records["t3"].detail["status"] == "refused"
    refused = figures["pooled_outcomes"]["UNANSWERABLE"]["refused"]
    assert (refused.value, refused.n) == (1.0, 1)
    assert figures["pooled_outcomes"]["ANSWERABLE"]["asks_back"].value == 0.0


def record(id_: str, label: str, collection: str, last: float | None, alone: float | None, outcome: str | None) -> Record:
    scores: dict[str, float | None] = {}
    for measure in ("nDCG@5", "R@5"):
        scores |= {f"last_turn {measure}": last, f"standalone {measure}": alone}
    for name in ("refused", "asks_back", "answered"):
        scores[name] = None if outcome is None else float(name == outcome)
    detail = {"collection": collection, "question": "q", "query": "q"} | ({} if outcome else {"error": "empty"})
    return Record(id_, label, scores, detail)


def test_the_summary_of_hand_made_records_is_as_worked_out() -> None:
    """Gains of .5, .0 and -.2 mean .1; of three UNDERSPECIFIED tasks one asks back, one answers, one failed."""
    records = [
        record("1", "ANSWERABLE", "x", 0.5, 1.0, "answered"),
        record("2", "ANSWERABLE", "x", 1.0, 1.0, "refused"),
        record("3", "PARTIAL", "y", 0.8, 0.6, "answered"),
        record("4", "UNDERSPECIFIED", "y", None, None, "asks_back"),
        record("5", "UNDERSPECIFIED", "y", None, None, "answered"),
        record("6", "UNDERSPECIFIED", "y", None, None, None),
    ]
    figures = summary(records)
    whole = figures["pooled_retrieval"]["all"]["nDCG@5"]
    assert whole["last_turn"].value == pytest.approx(2.3 / 3)
    assert whole["standalone"].value == pytest.approx(2.6 / 3)
    assert (whole["gain"].value, whole["gain"].n) == (pytest.approx(0.1), 3)
    assert whole["last_turn"].missing == 3
    assert figures["pooled_retrieval"]["x"]["R@5"]["gain"].value == pytest.approx(0.25)
    outcomes = figures["pooled_outcomes"]
    assert outcomes["ANSWERABLE"]["refused"].value == 0.5
    # Wilson's interval of 1 of 2 at 95 %.
    assert outcomes["ANSWERABLE"]["refused"].low == pytest.approx(0.0945, abs=1e-3)
    assert outcomes["ANSWERABLE"]["refused"].high == pytest.approx(0.9055, abs=1e-3)
    assert (outcomes["UNDERSPECIFIED"]["asks_back"].value, outcomes["UNDERSPECIFIED"]["asks_back"].missing) == (0.5, 1)
    assert figures["exceptions"] == 1


def test_a_gain_over_no_judged_task_has_no_value() -> None:
    assert compared([record("1", "PARTIAL", "x", None, None, "refused")], "R@5")["gain"].value is None


def test_a_conversation_holds_the_turns_of_both_speakers() -> None:
    built = "Who built the Harrow lighthouse?"
    conversation = conversation_of(["Where is Harrow Bay?", "North.", built, "Smith."])
    assert [(turn.question, turn.answer.text, turn.answer.query) for turn in conversation.turns] == [
        ("Where is Harrow Bay?", "North.", "Where is Harrow Bay?"),
        (built, "Smith.", built),
    ]
    assert conversation_of([]).turns == ()


def test_a_limit_asks_fewer_tasks_of_the_same_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")
    figures = mtrag(write_reference(tmp_path, ROWS[1:]), [write_qrels(tmp_path, "q.tsv", "t2\tbread-1\t1")], limit=1)
    assert (figures["n"], figures["passages"]) == (1, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input": [{"speaker": "agent", "text": "Hello."}]}, "user and agent in turns are expected"),
        ({"input": []}, "user and agent in turns are expected"),
        ({"input": [{"speaker": "user"}]}, "object 1 is no task: KeyError"),
        ({"answerability": []}, "object 1 is no task"),
    ],
)
def test_a_malformed_task_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        task_of(ROWS[0] | change, "reference.jsonl: object 1", {})


def test_passages_are_ranked_as_for_an_answer(tmp_path: Path) -> None:
    """Fused scores depend on how many chunks are fused: over 50 of them, a larger top_k would give others."""
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    add_passages(library, [(f"p{i}", "", f"Berth {i} of the harbour takes ships of {i * 3} metres.") for i in range(120)])
    query = "Which berth takes ships of 42 metres?"
    assert search(query, library, top_k=CHUNKS)[: library.settings.top_k] == search(query, library)
    shipped = [library.document(hit.chunk.document_id, 1).file for hit in search(query, library)]
    assert passages_found(query, library, files_by_chunk(library))[: len(shipped)] == shipped
    library.close()


def test_one_id_with_two_texts_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="object 2: the passage a has another text than before"):
        pooled([{"contexts": [{"document_id": "a", "text": text}]} for text in ("one", "two")])


def test_qrels_of_another_benchmark_are_named(tmp_path: Path) -> None:
    qrels = write_qrels(tmp_path, "other.tsv", "z9\tbread-1\t1")
    with pytest.raises(EvaluationError, match="no task of .*reference.jsonl is judged in .*other.tsv"):
        mtrag(write_reference(tmp_path, ROWS), [qrels])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no file .*nowhere.jsonl"):
        mtrag(tmp_path / "nowhere.jsonl", [write_qrels(tmp_path, "q.tsv", "t1\ttower-1\t1")])
