from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import balanced_accuracy_score

from assistant.checking.support import support
from evals.errors import EvaluationError
from evals.questions import half_of
from evals.runs import Record, load_run
from evals.wice import (
    Claim,
    auroc,
    best_threshold,
    evidence_of,
    judge,
    load_claims,
    measured,
    summary,
    wice,
    word_overlap,
)
from index.embedding.embedder import Embedder

CLAIM = "The Orrin ferry carried 120 passengers in 1994."
HOLDS = ("In 1994 the Orrin ferry carried 120 passengers.", "It was painted white.", "The harbour has two piers.")
LACKS = ("The Orrin ferry carried passengers for many years.", "It was painted white.")


def row(id_: str, label: str, claim: str, evidence: tuple[str, ...]) -> dict[str, Any]:
    return {"label": label, "claim": claim, "evidence": list(evidence), "meta": {"id": id_}}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


def test_the_rows_of_a_claim_are_gathered_in_order(tmp_path: Path) -> None:
    rows = [row("a", "supported", "A.", ("One.", " ")), row("b", "not_supported", "B.", ("Two.",))]
    path = written(tmp_path / "w.jsonl", *rows, row("a", "supported", "A.", ("Three.",)))
    assert load_claims(path) == [
        Claim("a", "supported", "A.", (("One.",), ("Three.",))),
        Claim("b", "not_supported", "B.", (("Two.",),)),
    ]


def test_a_malformed_row_an_unknown_label_and_rows_that_disagree_are_errors_with_their_number(tmp_path: Path) -> None:
    good = row("a", "supported", "A.", ("One.",))
    with pytest.raises(EvaluationError, match=r"w\.jsonl, row 2 is malformed: KeyError\('evidence'\)"):
        load_claims(written(tmp_path / "w.jsonl", good, {k: v for k, v in good.items() if k != "evidence"}))
    with pytest.raises(EvaluationError, match="row 1: the label is 'maybe', not one of supported, partially_supported"):
        load_claims(written(tmp_path / "w.jsonl", good | {"label": "maybe"}))
    with pytest.raises(EvaluationError, match="row 2: claim a has another text or label"):
        load_claims(written(tmp_path / "w.jsonl", good, good | {"label": "not_supported"}))
    with pytest.raises(EvaluationError, match="there is no file"):
        wice(tmp_path / "nothing.jsonl")


def test_each_sentence_becomes_a_span_that_stands_where_it_says_in_the_whole_row() -> None:
    evidence = evidence_of(HOLDS)
    whole = "\n".join(HOLDS)
    assert [whole[s.citation.start : s.citation.end] for s in evidence.spans] == list(HOLDS)
    assert [s.citation.number for s in evidence.spans] == [1, 2, 3]
    assert {s.context for s in evidence.spans} == {whole}


def test_the_score_is_the_verifier_s_support_by_all_sentences(embedder: Embedder) -> None:
    stands, cut = judge(CLAIM, HOLDS, embedder), judge(CLAIM, LACKS, embedder)
    assert (stands.stands, stands.sources) == (True, (HOLDS[0],))
    assert stands.score == support(CLAIM, evidence_of(HOLDS).spans, embedder)
    assert not cut.stands
    assert 0 < cut.score < 0.5 < stands.score


def test_a_claim_that_nothing_resembles_has_no_source_and_hardly_a_score(embedder: Embedder) -> None:
    found = judge(CLAIM, ("Photosynthesis turns light into sugar.",), embedder)
    assert (found.stands, found.sources) == (False, ())
    assert found.score < 0.05


def test_a_claim_has_the_score_of_its_best_row(embedder: Embedder) -> None:
    record = measured(Claim("a", "supported", CLAIM, (LACKS, HOLDS)), embedder)
    assert record.group == "supported"
    assert record.scores["score"] == judge(CLAIM, HOLDS, embedder).score
    assert (record.scores["stands"], record.scores["word_overlap"]) == (1.0, 1.0)
    assert [one["stands"] for one in record.detail["rows"]] == [False, True]


def test_word_overlap_is_the_share_of_words_and_numbers_found_anywhere_in_the_row() -> None:
    assert word_overlap(CLAIM, LACKS) == pytest.approx(4 / 6)
    assert word_overlap(CLAIM, ("Passengers of 1994.", "A ferry.")) == pytest.approx(3 / 6)
    assert word_overlap("The", LACKS) == 0.0


def test_auroc_is_the_share_of_pairs_in_order_ties_counting_half() -> None:
    found = auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False])
    assert (found.value, found.n) == (0.875, 4)  # of 4 pairs 3 are in order and one is tied
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.875 <= found.high == 1.0
    assert auroc([0.9, 0.5], [True, True]).value is None


def test_the_interval_of_auroc_narrows_with_the_number_of_claims() -> None:
    scores, right = [0.9, 0.4, 0.6, 0.1], [True, True, False, False]
    few, many = auroc(scores * 5, right * 5), auroc(scores * 40, right * 40)
    assert few.value == many.value == 0.75
    assert (few.high or 0) - (few.low or 0) > 2 * ((many.high or 0) - (many.low or 0))


def test_auroc_of_verdicts_is_their_balanced_accuracy() -> None:
    right, said = [True, True, True, False, False, False, False, False], [1, 1, 0, 0, 0, 0, 0, 1]
    found = auroc([float(value) for value in said], right)
    assert found.value == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found.value == pytest.approx(balanced_accuracy_score(right, said))


def test_the_threshold_with_the_best_balanced_accuracy_is_taken_the_lowest_of_equals() -> None:
    assert best_threshold([0.2, 0.4, 0.6, 0.8], [False, False, True, True]) == 0.6
    assert best_threshold([0.1, 0.5, 0.7, 0.9], [False, True, False, True]) == 0.5  # .75, as from .9 on


def test_the_threshold_comes_from_the_open_half_and_the_accuracy_from_the_other() -> None:
    names = [str(number) for number in range(60)]
    open_, report = ([name for name in names if half_of(name) == half] for half in ("open", "report"))

    def saved(id_: str, label: str, score: float, stands: bool) -> Record:
        scores: dict[str, float | None] = {"score": score, "stands": float(stands), "word_overlap": 0.5}
        return Record(id_, label, scores, {"half": half_of(id_)})

    records = [saved(open_[0], "supported", 0.6, True), saved(open_[1], "partially_supported", 0.3, True)]
    records += [saved(report[0], "supported", 0.7, True), saved(report[1], "supported", 0.5, False)]
    records += [saved(report[2], "not_supported", 0.2, False), saved(report[3], "partially_supported", 0.65, False)]
    figures = summary(records)
    assert figures["threshold"] == 0.6
    assert figures["balanced_accuracy_report_half"].value == 0.5  # of two supported one, of two others one
    assert figures["verdict_balanced_accuracy_report_half"].value == 0.75
    assert figures["verdict_balanced_accuracy"].value == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert figures["auroc"].value == pytest.approx(7 / 9)
    assert figures["word_overlap_auroc"].value == 0.5
    assert (figures["claims_supported"], figures["n"]) == (3, 6)


def test_a_run_prints_its_figures_and_saves_a_record_per_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.runs.RUNS", tmp_path / "runs")
    monkeypatch.setattr("evals.corpus.CACHE", tmp_path / "vectors.db")
    rows = [
        row("a", "supported", CLAIM, HOLDS),
        row("a", "supported", CLAIM, LACKS),
        row("b", "not_supported", CLAIM, LACKS),
    ]
    figures = wice(written(tmp_path / "w.jsonl", *rows))
    printed = capsys.readouterr().out.splitlines()
    last = json.loads(printed[-1])
    assert "oracle retrieval dataset" in printed[0]
    assert (last["command"], last["figures"]["n"], figures["auroc"].value) == ("wice", 2, 1.0)
    _, records = load_run(Path(last["run"]))
    assert [(record.id, record.group, record.scores["stands"]) for record in records] == [
        ("a", "supported", 1.0),
        ("b", "not_supported", 0.0),
    ]
