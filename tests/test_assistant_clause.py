"""Sentences are cut to the clause that answers only where nothing asked for, and nothing that binds the claim, is lost."""

import pytest

from assistant.asked import asked
from assistant.clause import clause, trimmed
from assistant.types import Citation, Evidence, EvidenceSpan
from index.words import words


def cut(query: str, sentence: str) -> str:
    start, end = clause([asked(query, dict.fromkeys(words(query), 1.0))], sentence)
    return sentence[start:end]


QUERY = "What sets the price floor?"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Supply has set the price floor, while demand will define the ceiling.", "Supply has set the price floor"),
        ("The price floor is set by supply; mines are closed.", "The price floor is set by supply"),
        ("According to public research, the price floor is set by supply.", "the price floor is set by supply."),
        ("Meanwhile, the price floor is set by supply.", "the price floor is set by supply."),
    ],
)  # fmt: skip
def test_a_clause_that_holds_nothing_asked_for_goes(sentence: str, expected: str) -> None:
    assert cut(QUERY, sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The price floor is set by supply, while demand may define it.",  # a hedge
        "The price floor is set by supply; it is not firm.",  # a negation
        "The price floor is set by supply; the other mines are closed.",  # leans on what is cut off
        "The price floor is set by supply, while the price is high.",  # a word asked for
        "The price floor is set by supply, if mines are closed.",  # a condition is no clause of its own
        "The price floor is set by supply, while working on demand.",  # no subject, no verb
        "The price floor, while low.",
        "From left: the price floor panel, its head; the others, in their seats.",  # a list
        "In my opinion, the price floor is set by supply.",
        "At present, the price floor is set by supply.",
        "According to the price floor rules, supply is limited.",
        "According to Karl Berg, the price floor is set by supply.",  # who says so
        "In addition to the ceiling, the price floor is set by supply.",
        "The mill has grown, while demand is low.",  # the answer may be in other words
        "The price floor (it has been set, while demand is low) is firm.",
    ],
)
def test_what_is_asked_for_or_binds_the_claim_stays(sentence: str) -> None:
    assert cut(QUERY, sentence) == sentence


def test_a_clause_with_the_kind_of_thing_asked_for_stays() -> None:
    sentence = "Acme has a germanium capacity of 50 t, while Borealis has 12 t."
    assert cut("What is the germanium capacity?", sentence) == sentence


def test_the_citation_is_exactly_what_is_left() -> None:
    text = "Before. According to public research, the price floor is set by supply, while mines are closed. After."
    start, end = 8, text.index(" After")
    span = EvidenceSpan(Citation(1, "d", 1, "a.txt", "A", None, start, end, text[start:end]), 1.0, text)
    (left,) = trimmed([asked(QUERY, dict.fromkeys(words(QUERY), 1.0))], Evidence((span,), 1.0)).spans
    assert left.citation.quote == "the price floor is set by supply"
    assert text[left.citation.start : left.citation.end] == left.citation.quote
