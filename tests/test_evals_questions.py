import json
from collections import Counter
from pathlib import Path

import pytest

from evals.errors import EvaluationError
from evals.metrics import facts_held, holds
from evals.questions import QUESTIONS, SEEDS, half_of, load_questions

FORMS = {"question": "Q?", "history": [], "status": ["answered"], "facts": [["12"]], "wrong": []}


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_questions_are_as_many_and_as_various_as_promised() -> None:
    questions = load_questions()
    kinds = Counter(question.kind for question in questions)
    assert len(questions) >= 240
    for kind in ("fact", "number", "paraphrase", "several", "list", "comparison", "year", "ambiguous", "typo", "injection"):
        assert kinds[kind] >= 20
    assert sum(kinds[kind] for kind in ("wrong_attribute", "wrong_subject", "false_premise")) >= 40
    assert sum(bool(question.history) for question in questions) >= 30
    assert {"chinese", "korean", "russian", "small_talk", "about_library"} <= set(kinds)
    asked = [(question.question, question.history) for question in questions]
    assert len(set(asked)) == len(asked)


def test_the_halves_are_equal_within_each_kind() -> None:
    halves = Counter((question.kind, question.half) for question in load_questions())
    for kind in {kind for kind, _ in halves}:
        assert 0 <= halves[kind, "open"] - halves[kind, "report"] <= 1


def test_the_gold_quotes_hold_the_facts_and_no_wrong_string() -> None:
    for question in load_questions():
        texts = {file: (SEEDS / file).read_bytes().decode() for file, _, _ in question.gold}
        quotes = " ".join(texts[file][start:end] for file, start, end in question.gold)
        assert not [form for form in question.wrong if holds(quotes, form)], question.id
        if question.kind in ("fact", "number", "list", "several", "year", "paraphrase"):
            assert facts_held(quotes, question.facts) == 1.0, question.id


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ([{"file": "a.txt", "quote": "12"}], "stands 2 times in a.txt"),
        ([{"file": "a.txt", "quote": "13"}], "stands 0 times in a.txt"),
        ([{"file": "b.txt", "quote": "12"}], "b.txt is not in"),
        ([{"quote": "12"}], "malformed"),
    ],
)
def test_gold_that_is_not_found_once_is_an_error(tmp_path: Path, gold: list[dict[str, str]], message: str) -> None:
    (tmp_path / "a.txt").write_text("12 and 12")
    path = written(tmp_path / "q.jsonl", {"id": "1", "kind": "fact", "gold": gold} | FORMS)
    with pytest.raises(EvaluationError, match=message):
        load_questions(path, tmp_path)


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no file"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "q.jsonl").write_text('{"id": 1}\nnot json\n')
    with pytest.raises(EvaluationError, match="line 2"):
        load_questions(tmp_path / "q.jsonl")


def test_the_half_of_an_item_depends_on_its_id_alone() -> None:
    assert [half_of(id_) for id_ in ("a", "b", "c", "d")] == [half_of(id_) for id_ in ("a", "b", "c", "d")]
    assert {half_of(str(n)) for n in range(20)} == {"open", "report"}
    assert QUESTIONS.is_file()
