"""The part of a question that was not found is named, where another part is answered."""

import pytest

from assistant.questions.partly import missing_parts
from assistant.questions.parts import parts
from assistant.types import Evidence
from index.embedding.embedder import Embedder

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
