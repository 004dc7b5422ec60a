from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from evals import corpus, runs, sets
from evals.__main__ import main
from evals.ablation import METHODS, STAGES, ablation, before_and_after, measured, rankings, summary
from evals.errors import EvaluationError
from evals.runs import Record, load_run
from evals.sets import SETS, copy_name, own_set
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.types import Hit
from tests.test_evals_contoso import FILLER, write_pdf

BIRDS = [
    "The grey heron nests in tall trees near shallow water and hunts at dawn.",
    "A kingfisher digs its burrow into the steep bank of a slow river.",
    "Barn owls hear a mouse under snow, and fly without any sound.",
    "The wren builds six nests, of which the female chooses one.",
    "Starlings gather in flocks of many thousands before they roost.",
    "A cuckoo lays its eggs in the nests of other, smaller birds.",
]
"""With the filler after it, each fills a chunk or more."""

PLAN = ["Balance billing is what a provider bills beyond the plan.", "The wellness allowance pays 1000 dollars a year."]


def chunked(sentence: str) -> str:
    return f"# {sentence.split()[1]}\n\n{sentence} {' '.join(FILLER * 3)}"


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def own_row(id_: str, kind: str, question: str, quote: str, *history: str) -> dict[str, Any]:
    said = {"id": id_, "kind": kind, "question": question, "history": history}
    return said | {"gold": [{"file": "birds.md", "quote": quote}], "status": ["answered"], "facts": [], "wrong": []}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The benchmark data in small, with own questions on a text of six chunks; runs are saved beside it."""
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")
    monkeypatch.setattr(sets, "SEEDS", tmp_path / "seeds")
    monkeypatch.setattr(sets, "QUESTIONS", tmp_path / "questions.jsonl")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "birds.md").write_text("\n\n".join(map(chunked, BIRDS)))
    lines(
        tmp_path / "questions.jsonl",
        [
            own_row("1", "fact", "Where does the grey heron nest?", "tall trees"),
            own_row("2", "paraphrase", "Which bird moves through the air silently?", "without any sound"),
            own_row(
                "3", "follow_up", "Does it hunt at dawn or at night?", "hunts at dawn", "Where does the grey heron nest?"
            ),
            own_row("4", "wrong_subject", "Where does the grey goose nest?", "tall trees"),
        ],
    )
    folder = tmp_path / "data"
    corpora = folder / "chroma-chunking" / "corpora"
    corpora.mkdir(parents=True)
    text = "\n\n".join(chunked(f"The {name} crane lifts {n} tonnes.") for n, name in enumerate(("red", "blue"), 11))
    (corpora / "harbour.md").write_text(text)
    start = text.index("lifts 12 tonnes")
    excerpt = {"content": "lifts 12 tonnes", "start_index": start, "end_index": start + 15}
    with (folder / "chroma-chunking" / "questions_df.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["question", "references", "corpus_id"], ["What does the blue crane lift?", json.dumps([excerpt]), "harbour"]]
        )
    (folder / "contoso-hr" / "docs").mkdir(parents=True)
    write_pdf(folder / "contoso-hr" / "docs" / "plan.pdf", [[line, *FILLER] for line in PLAN])
    truth = {"question": "What does the wellness allowance pay?", "truth": "1000 dollars. [plan.pdf#page=2]"}
    lines(folder / "contoso-hr" / "ground_truth_open.jsonl", [truth])
    passages = [{"document_id": f"bird-{n}", "text": text} for n, text in enumerate(BIRDS)]
    said = [{"speaker": "user", "text": "How does the kingfisher make its burrow?"}]
    task = {"task_id": "t1", "Collection": "birds", "answerability": ["ANSWERABLE"], "input": said, "contexts": passages}
    lines(folder / "mtrag-un" / "reference_open.jsonl", [task])
    (folder / "mtrag-un" / "qrels").mkdir()
    (folder / "mtrag-un" / "qrels" / "birds.tsv").write_text("query-id\tcorpus-id\tscore\nt1\tbird-1\t1\n")
    return folder


@pytest.fixture
def seeds(data: Path, library: Library) -> Library:
    assert {report.state for report in ingest(library, [sets.SEEDS])} == {"added"}
    assert library.count_chunks() >= len(BIRDS)
    return library


def test_every_set_is_measured_by_every_method_and_saved(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ablation", "--data", str(data), "--robust"]) == 0
    out = capsys.readouterr().out
    last = json.loads(out.splitlines()[-1])
    figures = last["figures"]
    measures = {"chunks": {"recall@5", "IoU@5"}, "contoso": {"page recall@3"}, "mtrag": {"nDCG@5"}}
    measures["own"] = {f"gold in {k}{of}" for k in (3, 5) for of in ("", ", paraphrases")}
    for name, own in measures.items():
        assert set(figures[name]["measures"]) == own
        for row in (figures[name]["measures"][measure] for measure in own):
            assert all(0 <= row["all"][method]["value"] <= 1 for method in METHODS) and row["all"]["search"]["value"] > 0
            assert row["all"]["search"]["n"] == row["open"]["search"]["n"] + row["report"]["search"]["n"]
        assert set(figures[name]["milliseconds"]) == set(STAGES) and figures[name]["milliseconds"]["search"]["p95"] > 0
        assert name in out and f"{figures[name]['chunks']} chunks" in out
    # The questions with a plain answer, the follow-up with it; one of them is a paraphrase.
    assert figures["own"]["measures"]["gold in 5"]["all"]["search"]["n"] == 3
    assert figures["own"]["measures"]["gold in 5, paraphrases"]["all"]["search"]["n"] == 1
    others = figures["chunks among others"]["chunks"]
    assert others == figures["chunks"]["chunks"] + figures["own on seeds alone"]["chunks"] + figures["contoso"]["chunks"] + 6
    assert figures["own, seeds twice"]["chunks"] == figures["own"]["chunks"] + figures["own on seeds alone"]["chunks"]
    twice = figures["robustness"]["own -> own, seeds twice"]["gold in 5"]["all"]
    assert twice["before"] == twice["after"] and twice["difference"]["value"] == 0.0
    facts, records = load_run(Path(last["run"]))
    assert facts["options"]["robust"] == "True" and facts["index"]
    assert {record.group for record in records} == {*SETS, "chunks among others", "own on seeds alone", "own, seeds twice"}


def test_an_unknown_set_is_named(data: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no set 'wice': the sets are chunks, contoso, mtrag, own"):
        ablation(data=data, sets="chunks,wice")


def test_the_last_method_is_the_search_itself(seeds: Library) -> None:
    query = "Where does the grey heron nest?"
    found, times = rankings(query, seeds)
    assert found["search"] == search(query, seeds, top_k=50)
    assert set(times) == set(STAGES) and tuple(found) == METHODS


def test_a_ranking_turned_round_gives_a_lower_figure(data: Path, seeds: Library) -> None:
    cases = own_set(data).cases(seeds)

    def turned(query: str, library: Library) -> tuple[dict[str, list[Hit]], dict[str, float]]:
        found, times = rankings(query, library)
        return {method: hits[::-1] for method, hits in found.items()}, times

    right = summary([measured("own", case, seeds) for case in cases])["measures"]["gold in 5"]["all"]
    wrong = summary([measured("own", case, seeds, turned) for case in cases])["measures"]["gold in 5"]["all"]
    assert all(right[method].n == wrong[method].n == 3 for method in METHODS)
    assert right["search"].value == 1.0 and wrong["search"].value < 1.0
    assert wrong["vectors"].value < right["vectors"].value


def test_a_follow_up_is_searched_by_the_query_made_of_its_conversation(data: Path, seeds: Library) -> None:
    [case] = [case for case in own_set(data).cases(seeds) if case.id == "3"]
    assert case.queries == ("Does it hunt at dawn or at night (grey heron nest)?",)


def test_gold_in_a_copy_of_its_document_counts_and_gold_elsewhere_does_not(
    data: Path, library: Library, tmp_path: Path
) -> None:
    for folder, name in (("copies", copy_name("birds.md")), ("others", "other.md")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text((sets.SEEDS / "birds.md").read_text() + "\n")
    list(ingest(library, [tmp_path / "others"]))
    [case] = [case for case in own_set(data).cases(library) if case.id == "1"]
    assert measured("own", case, library).scores["search gold in 5"] == 0.0
    library.remove_folder(str(tmp_path / "others"))
    list(ingest(library, [tmp_path / "copies"]))
    assert measured("own", case, library).scores["search gold in 5"] == 1.0


def record(set_: str, id_: str, half: str, scores: dict[str, float]) -> Record:
    named = {f"{method} nDCG@5": value for method, value in scores.items()}
    times = dict.fromkeys(STAGES, 10.0)
    return Record(f"{set_}: {id_}", set_, named, {"half": half, "milliseconds": [times, times]})


def test_figures_of_hand_made_records_are_as_worked_out() -> None:
    """The search gains .2 and .4 on keywords, the better part; after others came it loses .1 and nothing."""
    parts = {"vectors": 0.1, "keywords": 0.4, "vectors with sentences": 0.2}
    before = [record("a", "1", "open", parts | {"search": 0.6}), record("a", "2", "report", parts | {"search": 0.8})]
    after = [record("b", "1", "open", parts | {"search": 0.5}), record("b", "2", "report", parts | {"search": 0.8})]
    row = summary(before)["measures"]["nDCG@5"]
    assert row["all"]["best_part"] == "keywords" and row["all"]["gain"].value == pytest.approx(0.3)
    assert row["report"]["gain"].value == pytest.approx(0.4) and row["report"]["search"].n == 1
    assert summary(before)["milliseconds"]["sentences"] == {"p50": 10.0, "p95": 10.0}
    compared = before_and_after(before, after)["nDCG@5"]
    assert compared["open"]["difference"].value == pytest.approx(-0.1)
    assert compared["all"]["before"].value == pytest.approx(0.7) and compared["all"]["after"].value == pytest.approx(0.65)
