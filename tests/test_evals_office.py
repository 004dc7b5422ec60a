"""How `office` and `articles` score: as their notes say."""

import pytest

from assistant.types import Answer
from evals.articles import f1, normalised
from evals.office import Task, holds, is_right
from evals.statistics import calibration_error, clustered


def task(**given: object) -> Task:
    facts: dict[str, object] = {
        "id": "1",
        "case": "c",
        "kind": "k",
        "question": "?",
        "answerable": True,
        "must": (),
        "must_not": (),
        "or_must": (),
        "if_then": (),
    }
    return Task(**(facts | given))  # type: ignore[arg-type]


def said(text: str, status: str = "answered") -> Answer:
    return Answer(text=text, status=status, stage="done")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "form", "there"),
    [
        ("The tare is 7,395 kg.", "7395", True),
        ("The tare is 17395 kg.", "7395", False),
        ("Open 11:00–16:00", "11:00-16:00", True),
        ("It weighs 42 t [1].", "42 t", True),
        ("about 420 t", "42", False),
        ("Northcliff", "cliff", False),
        ("costs 8.65 million", "8.6", False),
    ],
)
def test_a_form_is_found_as_the_note_says(text: str, form: str, there: bool) -> None:
    assert holds(text, form) is there


def test_an_answerable_question_needs_one_of_every_group_and_none_that_is_wrong() -> None:
    wanted = task(must=(("12 t", "twelve tons"), ("2028",)), must_not=("gallium",))
    assert is_right(wanted, said("twelve tons by 2028"))
    assert not is_right(wanted, said("twelve tons"))
    assert not is_right(wanted, said("12 t of gallium by 2028"))
    assert not is_right(wanted, said("12 t by 2028", "refused"))
    assert is_right(task(must=(("three",),), or_must=(("a",), ("b",))), said("a, b"))


def test_a_bare_row_needs_its_column_s_name() -> None:
    wanted = task(must=(("7395",),), if_then=((("26815",), ("tare",)),))
    assert not is_right(wanted, said("T-157 | 7,395 | 26,815"))
    assert is_right(wanted, said("Tare: 7,395; Payload: 26,815"))


def test_a_refusal_may_quote_the_nearest_passage() -> None:
    wanted = task(answerable=False, must_not=("450 kg",))
    assert is_right(wanted, said("Not there; the nearest says “the hoist carries 450 kg”.", "refused"))
    assert not is_right(wanted, said("450 kg"))
    assert is_right(task(answerable=False, must=(("called off",),)), said("The merger was called off."))


def test_a_chinese_character_counts_as_a_word() -> None:
    assert f1("1,200 staff", "1,200 staff members") == pytest.approx(6 / 7)
    assert f1("北京市", "北京") == pytest.approx(4 / 5)
    assert normalised("The “Battle” of Hastings.") == "the battle of hastings"


def test_intervals_of_clusters_are_wider_than_of_their_members() -> None:
    values, names = [0.0] * 20 + [1.0] * 20, ["a"] * 20 + ["b"] * 20
    one, other = clustered(values, names), clustered(values, [str(n) for n in range(40)])
    assert one.value == other.value == 0.5 and (one.low, one.high) == (0.0, 1.0)
    assert other.low is not None and other.low > 0.3


def test_calibration_is_the_gap_between_said_and_true() -> None:
    assert calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0.0)
    assert calibration_error([0.9] * 10, [False] * 10) == pytest.approx(0.9)
