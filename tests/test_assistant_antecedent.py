"""Whom a sentence's opening pronoun stands for: found where the passage says it, left open where it may be another."""

import pytest

from assistant.antecedent import antecedent
from assistant.types import Citation, EvidenceSpan


def resolved(before: str, quote: str, title: str = "A report") -> str:
    citation = Citation(1, "d", 1, "a.txt", title, None, 0, len(quote), quote)
    return antecedent(EvidenceSpan(citation, 1.0, f"{title}\n\n{before} {quote} And so on."))


@pytest.mark.parametrize(
    ("before", "quote", "expected"),
    [
        ("In May, Acme Zinc signed a contract.", "It plans a smelter.", "Acme Zinc"),
        ("Acme Zinc signed.\n\nZinc, which is rare, is planned, as zinc sells.", "It will invest 5 m.", "Acme Zinc"),
        ("Acme Zinc is growing.", "The company operates ten mines.", "Acme Zinc"),
        ("Acme Zinc is growing. The company operates ten mines.", "It has a smelter.", "Acme Zinc"),
        ("Zinc is a metal for roofs; zinc is cheap.", "It is also used in paint.", "Zinc"),
        ("Mr. Karl Berg, the owner, was there.", "He signed the contract.", "Mr. Karl Berg"),
        ("Ada Stone is an American engineer.", "She built the bridge.", "Ada Stone"),
        ("Arden Mining and Borealis have merged.", "They employ 900 people.", "Arden Mining and Borealis"),
    ],
)  # fmt: skip
def test_the_subject_of_what_precedes_is_found(before: str, quote: str, expected: str) -> None:
    assert resolved(before, quote) == expected


@pytest.mark.parametrize(
    ("before", "quote"),
    [
        ("Acme signed a contract with Borealis.", "It is the largest smelter."),
        ("Acme's new smelter has opened.", "It makes 12 t."),
        ("Acme Zinc is growing.", "It is clear that prices rise."),
        ("Acme Zinc is growing.", "They are sold abroad."),
        ("Arden and Borealis have merged.", "It has a smelter."),
        ("China has set limits. Prices in China rise.", "The company was hit."),
        ("Mr. Berg has left.", "The company was hit."),
        ("Acme Zinc is growing.", "He signed the contract."),
        ("We have sold the smelter. Acme Zinc is growing.", "Its price was high."),
        ("The smelter that Acme built is old.", "It has closed."),
        ("", "It has closed."),
        ("Fish inherited fins, and fish are fast.", "It had a pair of tentacles."),
    ],
)
def test_nothing_is_said_where_it_may_be_another(before: str, quote: str) -> None:
    assert resolved(before, quote) == ""


def test_another_speaker_s_words_are_not_looked_through() -> None:
    assert resolved("Acme Zinc is growing.\nMs. Stone: That is so.", "It has closed.") == ""


def test_a_title_that_is_a_sentence_counts_as_one() -> None:
    assert resolved("", "It will invest 5 m.", title="Acme Zinc signs a contract") == "Acme Zinc"
