import json
from pathlib import Path
from typing import Any

import pytest

from assistant.history.feedback_store import FeedbackStore
from assistant.history.history import History
from assistant.types import Turn
from evals import corpus, runs
from evals.errors import EvaluationError
from evals.expect import expect
from evals.questions import load_feedback
from evals.run import run
from index.ingest.ingest import ingest
from index.library.library import Library
from index.types import Document
from tests.conftest import final

DOCUMENT = Document("a", "default", "a.txt", "A", "", None, "Lunch costs 7 euros. Dinner costs 9 euros.", (), 1, "")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")


def line(**changed: Any) -> dict[str, Any]:
    row = {
        "id": "feedback-a-1",
        "kind": "feedback",
        "question": "What does lunch cost?",
        "history": [],
        "status": ["answered"],
    }
    return (
        row | {"gold": [{"file": "a.txt", "quote": "Lunch costs 7 euros."}], "facts": [["7 euros"]], "wrong": []} | changed
    )


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_feedback_is_answerable_or_to_be_refused_by_the_status_it_wants(tmp_path: Path) -> None:
    rows = [line(id=status, status=[status]) for status in ("answered", "refused", "meta")]
    questions = load_feedback(written(tmp_path / "f.jsonl", *rows), [DOCUMENT])
    assert [(one.answerable, one.must_be_refused) for one in questions] == [(True, False), (False, True), (False, False)]
    assert questions[0].gold == (("a.txt", 0, 20),)


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ({"file": "a.txt", "quote": "costs"}, "question feedback-a-1: 'costs' stands 2 times in a.txt, not once"),
        ({"file": "a.txt", "quote": "Supper"}, "stands 0 times in a.txt"),
        ({"file": "b.txt", "quote": "Lunch"}, "the gold document b.txt is not in the documents asked about"),
    ],
)
def test_gold_that_is_not_found_once_is_one_clear_error(tmp_path: Path, gold: dict[str, str], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        load_feedback(written(tmp_path / "f.jsonl", line(gold=[gold])), [DOCUMENT])


def test_of_two_documents_of_one_name_the_one_that_holds_the_gold_counts(tmp_path: Path) -> None:
    other = Document("b", "default", "a.txt", "B", "", None, "Tea. And coffee, at all hours.", (), 1, "")
    path = written(tmp_path / "f.jsonl", line(gold=[{"file": "a.txt", "quote": "coffee"}]))
    assert load_feedback(path, [DOCUMENT, other])[0].gold == (("a.txt", 9, 15),)


def test_a_thumb_becomes_a_question_that_is_asked_over_any_folder(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the answer through the store and the file to the figures, with the product's own reading of the documents."""
    docs = tmp_path / "docs"
    docs.mkdir()
    text = "\ufeffThe canteen of the works opens at eleven.\r\n\r\nLunch in the canteen costs 7 euros for all staff."
    (docs / "canteen.txt").write_bytes(text.encode())
    assert [report.state for report in ingest(library, [docs])] == ["added"]
    history, store = History(library.engine), FeedbackStore(library.engine, library.settings.home)
    ids = []
    for question in ("What does lunch in the canteen cost?", "Who is the chief financial officer of Umicore?"):
        ids.append(history.add("", Turn(question, final(library, question), "2026-03-03T10:11:12+00:00")).id)
    store.as_question(store.add(ids[0], 1, "down", ["wrong"], "It is 7 euros.").id)
    store.as_question(store.add(ids[1], 1, "up").id)
    file = library.settings.home / "feedback.jsonl"
    figures = run(data=tmp_path, llm="none", feedback=file, docs=[docs])
    assert figures["n"] == 2 and figures["accuracy"].value == 1.0 and figures["missing_refusals"].n == 1
    saved = Path(json.loads(capsys.readouterr().out.splitlines()[-1])["run"])
    with pytest.raises(EvaluationError, match="no run of our own questions"):
        expect([saved], out=tmp_path / "expected.json")


def test_documents_without_feedback_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="--docs says what --feedback is asked about"):
        run(data=tmp_path, llm="none", docs=[tmp_path])
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(DOCUMENT.text)
    with pytest.raises(EvaluationError, match="there are no questions to ask"):
        run(data=tmp_path, llm="none", feedback=written(tmp_path / "f.jsonl"), docs=[docs])
