from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals import corpus, runs
from evals.beir import DEPTH, beir, deep, measured, read_corpus, read_qrels, reciprocal_rank_fusion, show, summary
from evals.errors import EvaluationError
from evals.runs import Record, load_run
from index.library.library import Library
from index.search.search import Ranking
from index.types import Filters

# Passages and judgements in the form of mtrag: a task's contexts, its turns, and lines of its qrels.
TASKS: list[dict[str, Any]] = [
    {
        "task_id": "a1<::>2",
        "contexts": [
            {"document_id": "heron_1-0-70", "text": "\nThe grey heron nests in tall trees near shallow water."},
            {"document_id": "harbour_7-0-60", "text": "The harbour dredged its basin to nine metres.", "title": "Harbour"},
        ],
        "input": [
            {"speaker": "user", "text": "Tell me about birds."},
            {"speaker": "agent", "text": "Which ones?"},
            {"speaker": "user", "text": "Where does the grey heron nest?"},
        ],
    },
    {
        "task_id": "b2<::>1",
        "contexts": [
            {"document_id": "sourdough_3-0-80", "text": "Sourdough bread rises by wild yeast and lactic bacteria."},
            {"document_id": "violin_2-0-80", "text": "A violin has four strings tuned in perfect fifths."},
            {"document_id": "heron_1-0-70", "text": "\nThe grey heron nests in tall trees near shallow water."},
        ],
        "input": [{"speaker": "user", "text": "What makes sourdough bread rise?"}],
    },
]
QRELS = "query-id\tcorpus-id\tscore\na1<::>2\theron_1-0-70\t1\nb2<::>1\tsourdough_3-0-80\t1\nb2<::>1\tviolin_2-0-80\t1\n"


def write_beir(folder: Path, tasks: list[dict[str, Any]], qrels: str) -> Path:
    """A BEIR folder of mtrag's pooled passages, with each task's last turn as its query."""
    passages = {context["document_id"]: context for task in tasks for context in task["contexts"]}
    corpus_rows = [{"_id": id_, "title": c.get("title", ""), "text": c["text"]} for id_, c in passages.items()]
    queries = [{"_id": task["task_id"], "text": task["input"][-1]["text"]} for task in tasks]
    (folder / "qrels").mkdir(parents=True)
    for name, rows in (("corpus.jsonl", corpus_rows), ("queries.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], list[Record]]]:
    """The figures and saved records of one run."""
    folder = tmp_path_factory.mktemp("beir")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "RUNS", folder / "runs")
        patch.setattr(corpus, "CACHE", folder / "vectors.db")
        figures = beir(write_beir(folder / "mtrag", TASKS, QRELS))
        [saved] = (folder / "runs").iterdir()
        yield figures, load_run(saved)[1]


def test_the_pooled_passages_are_indexed_once_each(ran: tuple[dict[str, Any], list[Record]]) -> None:
    figures, _ = ran
    assert (figures["documents"], figures["n"], figures["judged_not_indexed"]) == (4, 2, 0)


def test_every_ranking_has_all_figures(ran: tuple[dict[str, Any], list[Record]]) -> None:
    figures, records = ran
    assert list(figures["rankings"]) == [
        "search",
        "search as for an answer",
        "vectors",
        "vectors and sentences",
        "keywords",
        "weighted sum 0.3",
        "weighted sum 0.5",
        "weighted sum 0.7",
        "reciprocal rank fusion",
    ]
    for name, own in figures["rankings"].items():
        assert list(own) == ["nDCG@10", "R@10", "R@100", "milliseconds", "ranked"]
        assert own["milliseconds"].value > 0
        assert all(f"{name} nDCG@10" in record.scores for record in records)
    assert {record.id for record in records} == {"a1<::>2", "b2<::>1"}


def test_keywords_alone_miss_a_relevant_passage_that_shares_no_word(ran: tuple[dict[str, Any], list[Record]]) -> None:
    figures, records = ran
    scores = next(record.scores for record in records if record.id == "b2<::>1")
    # Of two relevant passages one is ranked, first: 1 / (1 + 1 / log2(3)) = .6131.
    assert scores["keywords nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert scores["keywords R@10"] == 0.5
    assert scores["vectors R@10"] == 1.0
    assert figures["rankings"]["keywords"]["R@100"].value == pytest.approx(0.75)


def test_search_finds_the_passage_a_question_quotes(ran: tuple[dict[str, Any], list[Record]]) -> None:
    _, records = ran
    record = next(record for record in records if record.id == "a1<::>2")
    assert record.scores["search nDCG@10"] == 1.0
    assert record.detail["search"][0] == "heron_1-0-70"


def test_search_is_not_called_capped_where_it_ranks_the_whole_corpus(ran: tuple[dict[str, Any], list[Record]]) -> None:
    figures, _ = ran
    assert figures["search_capped"].value == 0.0


def test_reciprocal_rank_fusion_adds_one_over_sixty_plus_rank() -> None:
    fused = dict(reciprocal_rank_fusion([[("a", 0.9), ("b", 0.8)], [("b", 7.0), ("c", 1.0)]]))
    assert fused == pytest.approx({"b": 1 / 62 + 1 / 61, "a": 1 / 61, "c": 1 / 62})
    assert list(fused) == ["b", "a", "c"]


def test_a_part_is_asked_for_more_chunks_until_it_names_enough_documents(library: Library) -> None:
    """Chunks come in threes of one document: 100 and 200 chunks name too few, 400 name 134."""
    pools: list[int] = []

    def part(query: str, library: Library, top_k: int, filters: Filters) -> Ranking:
        pools.append(top_k)
        return [(str(i), 1.0 - i / 1000) for i in range(min(top_k, 900))]

    found = deep(part, "any", library, {str(i): str(i // 3) for i in range(900)}, DEPTH)
    assert pools == [100, 200, 400]
    assert len(found) == 400


def test_a_part_that_has_no_more_chunks_is_not_asked_again(library: Library) -> None:
    def part(query: str, library: Library, top_k: int, filters: Filters) -> Ranking:
        return [("a", 1.0), ("b", 0.5)]

    assert len(deep(part, "any", library, {"a": "one", "b": "one"}, DEPTH)) == 2


def fixed(*ids: str) -> dict[str, Any]:
    return {"search": lambda query: [(id_, 0.0) for id_ in ids]}


def test_chunks_of_one_document_share_its_first_place() -> None:
    file_of = {"x1": "x", "x2": "x", "y1": "y"}
    record = measured("q", "text", "set", {"y": 1}, fixed("x1", "x2", "y1"), file_of)
    assert record.scores["search nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert record.detail["ranked"] == {"search": 2}


def test_graded_judgements_gain_by_their_grade() -> None:
    """The better one is second: (1 + 2 / log2(3)) / (2 + 1 / log2(3)) = .8597."""
    record = measured("q", "text", "set", {"x": 1, "y": 2}, fixed("x", "y"), {"x": "x", "y": "y"})
    assert record.scores["search nDCG@10"] == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_the_query_itself_is_left_out_of_its_ranking_unless_judged() -> None:
    file_of = {"q": "q", "y": "y"}
    assert measured("q", "text", "set", {"y": 1}, fixed("q", "y"), file_of).scores["search nDCG@10"] == 1.0
    assert measured("q", "text", "set", {"q": 1}, fixed("q", "y"), file_of).scores["search nDCG@10"] == 1.0


def test_a_query_without_a_relevant_document_is_unscored_not_zero() -> None:
    scored = measured("q", "text", "set", {"y": 1}, fixed("y"), {"y": "y"})
    unscored = measured("r", "text", "set", {"y": 0}, fixed("y"), {"y": "y"})
    assert unscored.scores == {"search nDCG@10": None, "search R@10": None, "search R@100": None}
    estimate = summary([scored, unscored], ["search"], 1)["rankings"]["search"]["nDCG@10"]
    assert (estimate.value, estimate.n, estimate.missing) == (1.0, 1, 1)


def test_a_search_that_ranks_fewer_documents_than_recall_looks_at_is_said_to_be_capped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file_of = {str(i): str(i) for i in range(150)}
    full = measured("q", "text", "set", {"5": 1}, fixed(*file_of), file_of)
    short = measured("r", "text", "set", {"5": 1}, fixed("1", "2"), file_of)
    assert full.detail["ranked"] == {"search": 100}
    figures = summary([full, short], ["search"], 150)
    assert figures["search_capped"].value == 0.5
    show(figures)
    assert "for 50% of the queries they are of fewer than 100 documents" in capsys.readouterr().out


def test_a_passage_with_only_a_title_has_it_for_its_text(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "1", "title": "Herons", "text": ""}\n{"_id": "2", "text": "Nests."}\n', encoding="utf-8")
    assert read_corpus(path) == [("1", "Herons", "Herons"), ("2", "", "Nests.")]


def test_qrels_are_read_by_query(tmp_path: Path) -> None:
    path = tmp_path / "test.tsv"
    path.write_text(QRELS, encoding="utf-8")
    assert read_qrels(path) == {"a1<::>2": {"heron_1-0-70": 1}, "b2<::>1": {"sourdough_3-0-80": 1, "violin_2-0-80": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q\td\t1\n", "line 1: the header"),
        ("query-id\tcorpus-id\tscore\nq\td\t1\nq d 1\n", "line 3"),
        ("query-id\tcorpus-id\tscore\nq\td\tyes\n", "line 2"),
    ],
)
def test_malformed_qrels_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_qrels(path)


def test_what_is_missing_from_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"there is no folder .*nowhere: give one with corpus.jsonl"):
        beir(tmp_path / "nowhere")
    folder = write_beir(tmp_path / "set", TASKS, QRELS)
    (folder / "queries.jsonl").write_text('{"_id": "a1<::>2", "text": "Where?"}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match="the query b2<::>1 is not in"):
        beir(folder)
    (folder / "qrels" / "test.tsv").unlink()
    with pytest.raises(EvaluationError, match=r"there is no file .*test.tsv"):
        beir(folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}\n', "object 2 has the _id 1 of an earlier one"),
        ('{"_id": "1", "text": "a"}\n{"_id": 2, "text": "b"}\n', "object 2 needs an `_id` and a `text`"),
    ],
)
def test_a_malformed_corpus_is_named_with_its_object(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_corpus(path)
