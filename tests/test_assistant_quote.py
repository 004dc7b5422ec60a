"""What is quoted: few sentences, verbatim but for what is marked as ours."""

from assistant.asked import Asked, asked
from assistant.quote import numbered, quote, shown
from assistant.types import Citation, Evidence, EvidenceSpan
from index.words import words


def span(quote: str, score: float, context: str | None = None, start: int = 0) -> EvidenceSpan:
    citation = Citation(1, "d", 1, "a.txt", "A report", None, start, start + len(quote), quote)
    return EvidenceSpan(citation, score, context or quote)


def wanted(query: str) -> list[Asked]:
    return [asked(query, dict.fromkeys(words(query), 1.0))]


FIRST = "The Arden smelter has a capacity of 12 t."
ADDS_A_WORD = "The smelter is planned at Leeds."
ADDS_NOTHING = "Smelters are hot places."


def quoted(query: str, *spans: EvidenceSpan) -> list[str]:
    return quote(numbered(Evidence(spans, 1.0), wanted(query))).text.split("\n")


def test_a_sentence_that_adds_nothing_asked_for_is_not_quoted() -> None:
    query = "What is the capacity of the planned Arden smelter?"
    found = quoted(query, span(FIRST, 1.0), span(ADDS_NOTHING, 0.09, start=50), span(ADDS_A_WORD, 0.08, start=90))
    assert found == [FIRST, ADDS_A_WORD]


def test_a_sentence_nearly_as_good_as_the_best_is_quoted_whatever_its_words() -> None:
    found = quoted("Where is the Arden smelter?", span(FIRST, 1.0), span(ADDS_NOTHING, 0.9, start=50))
    assert found == [FIRST, ADDS_NOTHING]


def test_a_sentence_with_the_kind_of_thing_asked_for_is_quoted() -> None:
    other = "In 2025 it reached 15 t."
    found = quoted("How many tonnes is the capacity of Arden?", span(FIRST, 1.0), span(other, 0.05, start=50))
    assert found == [FIRST, other]


def test_a_clearly_best_sentence_stands_first_and_others_in_reading_order() -> None:
    query = "What is the capacity of the planned Arden smelter?"
    later = [span(FIRST, 1.0, start=90), span(ADDS_A_WORD, 0.9, start=50), span(ADDS_NOTHING, 0.8, start=10)]
    assert quoted(query, *later) == [ADDS_NOTHING, ADDS_A_WORD, FIRST]
    later = [span(FIRST, 1.0, start=90), span(ADDS_A_WORD, 0.15, start=50), span(ADDS_NOTHING, 0.12, start=10)]
    assert quoted(query, *later) == [FIRST, ADDS_NOTHING, ADDS_A_WORD]


def test_whom_it_is_about_stands_in_brackets_and_the_citation_stays_verbatim() -> None:
    quote_ = "It plans\na smelter."
    one = span(quote_, 1.0, f"A report\n\nAcme Zinc has signed. {quote_}")
    assert shown(one) == "It [Acme Zinc] plans a smelter."
    answer = quote(numbered(Evidence((one,), 1.0)))
    assert answer.citations[0].quote == quote_
    assert [answer.text[s.start : s.end] for s in answer.spans] == ["It [Acme Zinc] plans a smelter."]


def test_dots_show_where_a_sentence_was_cut() -> None:
    context = "A report\n\nMeanwhile, the floor is set, while mines are closed. End."
    assert shown(span("the floor is set", 1.0, context)) == "… the floor is set …"
