"""The part of a question that was not found is named, where another part is answered."""

import pytest

from assistant.partly import missing_kinds, missing_parts
from assistant.parts import parts
from assistant.types import Citation, Evidence, EvidenceSpan
from index.embed import Embedder

DOUBLE = "When was Acme founded and how many people does it have today?"
SIDES = "Who has the larger capacity, Acme or Borealis?"


@pytest.mark.parametrize(
    ("query", "likely", "expected"),
    [
        (DOUBLE, (0.9, 0.05), ["“how many people does it have today?”"]),
        (DOUBLE, (0.05, 0.9), ["“When was Acme founded”"]),
        (DOUBLE, (0.9, 0.6), []),
        (DOUBLE, (0.3, 0.05), []),
        (SIDES, (0.9, 0.05), ["“Borealis”"]),
        (SIDES, (0.05, 0.9), ["“Acme”"]),
    ],
)
def test_a_part_is_missing_only_beside_one_that_is_answered(
    embedder: Embedder, query: str, likely: tuple[float, ...], expected: list[str]
) -> None:
    found = {part: Evidence((), answerable) for part, answerable in zip(parts(query, embedder), likely, strict=True)}
    assert list(missing_parts(query, found, 0.6).values()) == expected


@pytest.mark.parametrize(
    ("query", "quote", "expected"),
    [
        ("Who signed it and when?", "The contract was signed by Karl Berg.", ["the date asked for"]),
        ("When and where was it signed?", "The contract was signed in 2024.", ["the place asked for"]),
        ("When and in which city was it signed?", "The contract was signed in Leeds in 2024.", []),
        ("Who signed it and when?", "The contract was signed.", []),
        ("When was it signed?", "The contract was signed in Leeds.", []),
        ("How much was paid when it rained and snowed?", "They paid 12 t in 2024.", []),
    ],
)
def test_of_two_kinds_asked_for_the_one_that_is_not_there_is_named(query: str, quote: str, expected: list[str]) -> None:
    span = EvidenceSpan(Citation(1, "d", 1, "a.txt", "A", None, 0, len(quote), quote), 1.0, quote)
    assert missing_kinds(query, Evidence((span,), 1.0, quoted=1)) == expected
