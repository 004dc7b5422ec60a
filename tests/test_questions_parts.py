"""Comparisons and double questions are searched part by part."""

import pytest

from assistant.questions.parts import joined, parts
from assistant.types import Citation, Evidence, EvidenceSpan
from index.embedding.embedder import Embedder


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "Who has the larger capacity, Acme or Borealis?",
            ("How much has capacity, Acme?", "How much has capacity, Borealis?"),
        ),
        (
            "Who was founded earlier, Acme or Borealis' planned firm?",
            ("When was founded, Acme?", "When was founded, Borealis' planned firm?"),
        ),
        (
            "What is Acme's price compared with that of Borealis?",
            ("What is Acme's price?", "What is price compared with that of Borealis?"),
        ),
        (
            "Which university is older, Acme or Borealis?",
            ("Which university is older, Acme?", "Which university is older, Borealis?"),
        ),
        (
            "Will Acme make more zinc or more tin per year?",
            ("Will Acme make more zinc per year?", "Will Acme make more tin per year?"),
        ),
        ("How do Acme and Borealis differ in price?", ("How do Acme differ in price?", "How do Borealis differ in price?")),
        (
            "How many mines does Acme have and in which regions are they?",
            ("How many mines does Acme have", "in which regions are they (mines Acme)?"),
        ),
        (
            "What does Acme plan, and what drives the price of zinc?",
            ("What does Acme plan", "Acme what drives the price of zinc?"),
        ),
    ],
)
def test_a_question_of_two_parts_is_taken_apart(embedder: Embedder, query: str, expected: tuple[str, ...]) -> None:
    assert parts(query, embedder) == expected


@pytest.mark.parametrize(
    "query",
    [
        "What is Korea Zinc's planned germanium capacity?",
        "Which company signed a supply agreement with Korea Zinc in August?",
        "When and where is it?",
        "What is the difference between sick leave and annual leave?",
        "Was the Magna Carta signed earlier than the Bill of Rights?",
        "In which month was the agreement between Acme and Borealis signed?",
        "Did Acme's share of the market go up or down more?",
        "who sings love will keep us alive by the eagles",
        "",
    ],
)
def test_a_question_of_one_part_stays_whole(embedder: Embedder, query: str) -> None:
    assert parts(query, embedder) == (query,)


def span(start: int, score: float) -> EvidenceSpan:
    return EvidenceSpan(Citation(1, "d", 1, "f.txt", "F", None, start, start + 1, "x"), score, "x")


def test_the_best_sentences_of_all_parts_come_in_turn_and_none_twice() -> None:
    one = Evidence((span(0, 0.8), span(1, 0.4)), 0.9)
    other = Evidence((span(5, 0.2), span(0, 0.1)), 0.5, ("word",))
    found = joined([one, other])
    assert [s.citation.start for s in found.spans] == [0, 5, 1]
    assert [round(s.score, 2) for s in found.spans] == [0.8, 0.8, 0.4]
    assert (round(found.answerable, 2), found.missing) == (0.9, ("word",))


def test_one_part_is_left_as_it_is() -> None:
    evidence = Evidence((span(0, 0.8),), 0.9)
    assert joined([evidence]) is evidence
