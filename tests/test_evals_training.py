"""What the reader is trained on: only listed sources, held articles left alone, gold where the answer stands."""

import json
import random
from itertools import chain, islice
from pathlib import Path

import pytest

from evals.errors import EvaluationError
from evals.training.altered import Alterations
from evals.training.examples import Examples
from evals.training.facts import drawn, families
from evals.training.mining import mined
from evals.training.rows import HELD_TITLES, held_out, read_rows
from evals.training.train import LIMIT, example
from evals.training.windows import Window
from index.embedding.embedder import Embedder

NAMES = ("Arden", "Velden", "Kessel", "Orlow", "Tarn", "Ravel")
ROWS = [
    {
        "q": f"When was the {name} mill built?",
        "sents": [f"The {name} mill is old.", f"It was built in 19{number}0.", f"{name} lies in the north."],
        "gold": [1],
        "src": "squad2",
        "title": "Imperialism" if number == 5 else name,
        "answer": f"19{number}0",
        "hard": [f"The {name} bridge was built in 1900."],
    }
    for number, name in enumerate(NAMES, 1)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "train.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return file


def test_rows_of_a_source_that_the_card_doesn_t_list_are_refused(path: Path) -> None:
    path.write_text(path.read_text() + json.dumps(ROWS[0] | {"src": "msmarco"}) + "\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="msmarco"):
        read_rows(path)


def test_held_articles_are_never_drawn(path: Path) -> None:
    rows = read_rows(path)
    held = held_out(rows)
    assert [rows[number].title for number in held] == ["Imperialism"] and "Imperialism" in HELD_TITLES
    for window in chain(*islice(Examples(rows, mined(rows), held, 1), 300)):
        assert all(window.sentences[place] != "It was built in 1950." for place in window.gold)


def test_windows_that_answer_stand_beside_ones_like_them_that_don_t(path: Path) -> None:
    rows = read_rows(path)
    groups = list(islice(Examples(rows, mined(rows), frozenset(), 4), 300))
    assert sum(len(group) == 2 for group in groups) > 150
    for answers, other in (group for group in groups if len(group) == 2):
        assert answers.gold and not other.gold
        if other.question == answers.question:  # its sentence is gone, or what it is about has another name
            assert not {answers.sentences[place] for place in answers.gold} & set(other.sentences) or not any(
                name in " ".join(other.sentences) for name in NAMES if name in answers.question
            )


def test_mined_windows_don_t_hold_the_answer(path: Path) -> None:
    rows = read_rows(path)
    for row, windows in zip(rows, mined(rows), strict=True):
        assert all(row.answer not in " ".join(window) and not set(window) & set(row.sentences) for window in windows)


def test_the_same_seed_draws_the_same_examples(path: Path) -> None:
    rows = read_rows(path)
    first, second = (list(islice(Examples(rows, mined(rows), frozenset(), 3), 50)) for _ in range(2))
    assert first == second


def test_made_up_facts_answer_where_they_say_so() -> None:
    chance = random.Random(2)
    windows = [drawn(chance) for _ in range(2000)]
    for window in windows:
        if window.gold:
            assert window.answer and window.answer in window.sentences[window.gold[0]]
    assert 0.4 < sum(not window.gold for window in windows) / len(windows) < 0.65
    assert {family.language for family in families()} >= {"en", "de", "fr", "es", "ko", "zh", "ru", "ja", "it", "tr"}


def test_every_fact_can_be_told_and_asked() -> None:
    for family in families():
        assert family.names and family.facts
        for fact in family.facts:
            assert all("{v}" in one for one in fact.statements), fact
            assert fact.questions and all("{n}" in one for one in fact.questions), fact


def test_an_example_s_span_is_the_answer_s_tokens(embedder: Embedder) -> None:
    assert embedder.e5 is not None
    chance = random.Random(5)
    for window in (drawn(chance) for _ in range(100)):
        one = example(embedder.e5.tokenizer, window)
        assert len(one.encoded.ids) <= LIMIT
        if one.span:
            start, end = one.encoded.offsets[one.span[0]][0], one.encoded.offsets[one.span[1]][1]
            assert window.answer in window.sentences[one.gold[0]][start : end + 1] or window.answer.startswith(
                window.sentences[one.gold[0]][start:end]
            )


@pytest.mark.parametrize("kind", ["name", "number", "roles"])
def test_of_two_windows_nearly_alike_the_one_answers_whose_question_fits_its_passage(path: Path, kind: str) -> None:
    said = "It was in May that Velden beat Kessel by 1980 points."
    asked = Window("When did Velden beat Kessel by 1980 points?", "", (said,), (0,), "May")
    altered = Alterations(read_rows(path), random.Random(6))
    pairs = [pair for _ in range(200) if (pair := altered.contrasted(kind, asked))]
    assert len(pairs) > 150 and len(set(pairs)) > 2
    for answers, other in pairs:
        assert _fits(answers) and not _fits(other) and (answers.gold, other.gold) == ((0,), ())


def test_a_number_that_only_begins_a_word_of_the_question_is_changed_in_the_passage_alone(path: Path) -> None:
    asked = Window("Who won in the 1980s?", "", ("Velden won in 1980.",), (0,), "Velden")
    altered = Alterations(read_rows(path), random.Random(6))
    pairs = [pair for _ in range(50) if (pair := altered.contrasted("number", asked))]
    assert pairs and all(answers == asked and "1980" not in other.sentences[0] for answers, other in pairs)


def _fits(window: Window) -> bool:
    return window.question.removeprefix("When did ").rstrip("?") in window.sentences[0]
