"""What a query asks for: the kind of thing."""

import pytest

from assistant.asked import asked, holds_kind


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("How much gallium will be recovered a year?", "amount"),
        ("When was the company founded?", "date"),
        ("In which year does production start?", "date"),
        ("Who is the head of sales?", "person"),
        ("Where is the smelter?", "place"),
        ("Why does Russia raise its output?", "reason"),
        ("What are the main products?", "statement"),
    ],
)
def test_the_kind_of_thing_asked_for_is_read_from_the_question(query: str, kind: str) -> None:
    assert asked(query, {}).kind == kind


@pytest.mark.parametrize(
    ("query", "holds", "lacks"),
    [
        ("How much is invested?", "It invests 140 billion won.", "It invests in the plant since 2024."),
        ("When was it founded?", "It was founded in July 2016.", "It was founded by two brothers."),
        ("Who heads it?", "It is led by Jun Wu.", "it is led by nobody."),
    ],
)
def test_a_sentence_without_the_kind_asked_for_is_told_apart(query: str, holds: str, lacks: str) -> None:
    assert holds_kind(asked(query, {}), holds) == 1.0
    assert holds_kind(asked(query, {}), lacks) == 0.0


def test_an_amount_in_another_unit_counts_in_part() -> None:
    wanted = asked("What price is paid?", {})
    assert 0.0 < holds_kind(wanted, "They deliver 12 tons.") < 1.0
