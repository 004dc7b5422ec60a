import json
from pathlib import Path

import pytest

from evals import corpus
from evals.answer import answer
from evals.corpus import library_of_folders, library_of_passages
from evals.errors import EvaluationError
from evals.questions import load_questions
from evals.run import measured, spread
from evals.runs import Record
from evals.summary import show, summary
from index.library.library import Library
from index.search.search import search
from tests.conftest import SEEDS, FakeModel


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_right_answer_a_wrong_number_and_a_crash_are_told_apart(seeds: Library) -> None:
    question = next(q for q in load_questions() if q.kind == "number" and "12" in str(q.facts) and "Korea" in q.question)
    right = measured(question, seeds, FakeModel("Korea Zinc plans an annual capacity of 12 tons."))
    assert right.scores["right"] == right.scores["citation_recall"] == right.scores["round_trip"] == 1.0
    refused = measured(question, seeds, FakeModel("The sources do not say."))
    assert (refused.scores["right"], refused.scores["wrong_refusal"]) == (0.0, 1.0)
    assert refused.scores["round_trip"] == 1.0  # of the nearest passages
    assert refused.scores["citation_recall"] == 0.0 and refused.scores["citation_precision"] is None

    class Broken(FakeModel):
        def stream(self, *_: object) -> None:  # type: ignore[override]
            raise ZeroDivisionError

    crashed = measured(question, seeds, Broken(""))
    assert (crashed.scores["right"], crashed.scores["exception"]) == (0.0, 1.0)
    figures = summary([right, refused, crashed])
    assert figures["accuracy"].value == pytest.approx(1 / 3) and figures["exceptions"] == 1


def test_the_prompts_tokens_are_counted_where_the_model_was_asked(seeds: Library) -> None:
    capacity, nowhere = (next(q for q in load_questions() if text in q.question) for text in ("Jun Wu's job", "Umicore"))
    llm = FakeModel("Jun Wu is the Deputy General Manager.")
    records = [measured(question, seeds, llm) for question in (capacity, nowhere)]
    assert [record.detail["prompt_tokens"] for record in records] == [len(llm.asked[0]) // 4, None]
    figures = summary(records)
    assert figures["prompt_tokens"] == figures["longest_prompt"] == len(llm.asked[0]) // 4
    assert "prompt_tokens" not in summary([measured(capacity, seeds, None)])


def test_a_sample_has_all_kinds() -> None:
    questions = load_questions()
    kinds = {question.kind for question in questions}
    assert {question.kind for question in spread(questions, len(kinds))} == kinds
    assert len(spread(questions, 7)) == 7


def test_any_question_file_is_answered_over_any_folder_and_an_unfinished_one_is_continued(tmp_path: Path) -> None:
    docs = tmp_path / "docs" / "sub"
    docs.mkdir(parents=True)
    text = "The canteen of the works opens at eleven in the morning. Lunch costs 7 euros for all staff."
    (docs / "canteen.txt").write_text(text)
    questions = written(
        tmp_path / "q.jsonl",
        {"id": 1, "question": "What does it cost?", "history": ["When does the canteen offer lunch to staff?"], "extra": 1},
        {"id": "b", "question": "Who is the chief financial officer of Umicore?"},
        {"id": "c", "question": " "},
    )
    out = written(tmp_path / "out.jsonl", {"id": "c", "refused": True, "seconds": {"quote": None, "total": None}})
    figures = answer(questions, docs=tmp_path / "docs", out=out, llm="none")
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["c", 1, "b"] and figures["n"] == 3
    first, second = lines[1:]
    assert set(first) == {"id", "answer", "refused", "status", "query", "citations", "seconds"}
    assert "7 euros" in first["answer"] and "canteen" in first["query"]
    for citation in first["citations"]:
        assert citation["file"] == "sub/canteen.txt"
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert second["refused"] and second["status"] == "refused" and second["citations"] == []
    with pytest.raises(EvaluationError, match="there is no folder"):
        answer(questions, docs=tmp_path / "none", out=out, llm="none")
    with pytest.raises(EvaluationError, match="object 1 needs"):
        answer(written(tmp_path / "bad.jsonl", {"id": 1}), docs=docs, out=out, llm="none")


def test_cached_vectors_make_the_same_index(seeds: Library) -> None:
    query = "What is Korea Zinc's planned germanium capacity?"
    expected = [(hit.chunk.text, round(hit.score, 3)) for hit in search(query, seeds)]
    for _ in range(2):
        with library_of_folders([SEEDS]) as library:
            assert [(hit.chunk.text, round(hit.score, 3)) for hit in search(query, library)] == expected


def test_passages_become_documents_named_by_their_ids() -> None:
    with library_of_passages([("p1", "Zinc", "Zinc is mined."), ("p2", "", "Tin is smelted.")]) as library:
        assert [document.file for document in library.documents()] == ["p1", "p2"]
        assert search("tin smelting", library)[0].chunk.text == "Tin is smelted."


def test_risk_is_reported_against_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    def record(place: int, right: bool) -> Record:
        seconds = {"quote": 0.1, "first_token": None, "total": 0.1}
        detail = {"status": "answered", "confidence": 1 - place / 100, "answer": "Yes.", "seconds": seconds}
        return Record(str(place), "fact", {"right": float(right)}, detail)

    records = [record(place, place not in (4, 8)) for place in range(10)]
    figures = summary(records)
    shares = [figures[f"coverage_at_{risk}_percent_error"] for risk in (1, 2, 5, 10, 20)]
    assert shares == [0.4, 0.4, 0.4, 0.4, 1.0] and figures["error_at_full_coverage"] == 0.2
    show(records, figures)
    table = capsys.readouterr().out.partition("error at most")[2].split("\n\n")[0].splitlines()[1:]
    assert [line.split("  ")[0] for line in table] == ["1 %", "2 %", "5 %", "10 %", "20 %", "20.0 %"]
