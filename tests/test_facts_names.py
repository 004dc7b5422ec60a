import pytest

from assistant.facts.names import held, names, says
from assistant.types import Citation, EvidenceSpan


def span(quote: str, before: str = "", title: str = "A") -> EvidenceSpan:
    citation = Citation(1, "d", 1, "a.txt", title, None, 0, len(quote), quote)
    return EvidenceSpan(citation, 1.0, f"{title}\n{before} {quote} Jones came later.")


def test_names_are_runs_of_capitalised_words_and_no_months() -> None:
    sentence = "Originally, Korea Zinc's plant in Onsan opened in March 2026 with Lockheed Martin."
    assert [name for _, name in names(sentence, frozenset())] == ["Korea Zinc", "Onsan", "Lockheed Martin"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("South Korean", "in South Korea"),
        ("Chinese", "in China"),
        ("Khloe", "Khloé said"),
        ("UAE", "the United Arab Emirates"),
        ("United States", "the US did"),
        ("American-owned", "American - owned"),
        ("Germanium", "germanium plants"),
    ],
)
def test_a_name_is_held_in_other_forms(name: str, text: str) -> None:
    assert held(name, text)


def test_a_bracket_in_a_name_is_a_character_like_others() -> None:
    assert not held("Warner (Bros", "a film of 1999")


@pytest.mark.parametrize(
    ("name", "text"), [("Austria", "in Australia"), ("John", "Johnson said"), ("Korea Gas", "Korea Zinc")]
)
def test_another_name_is_not(name: str, text: str) -> None:
    assert not held(name, text)


def test_a_pronoun_is_whoever_precedes_it() -> None:
    quote = "It will invest 55.7 billion won."
    assert says("Korea Zinc", span(quote, "Korea Zinc signed."), "Korea Zinc will invest 55.7 billion won.")
    assert not says("Jones", span(quote, "Korea Zinc signed."), "Jones will invest 55.7 billion won.")
    assert not says("Korea Zinc", span(quote, "Korea Zinc signed."), "It will invest 55.7 billion won in Korea Zinc.")


def test_a_subject_of_its_own_is_no_other() -> None:
    assert not says(
        "Korea Zinc", span("Rostec will invest 55.7 billion won.", "Korea Zinc signed."), "Korea Zinc will invest."
    )


def test_a_name_may_be_shortened_after_it_was_said_in_full() -> None:
    assert says(
        "Daniel Johnston", span("In 1982 Johnston sang.", "Daniel Johnston is a singer."), "Daniel Johnston sang in 1982."
    )
