"""What is quoted: few sentences, verbatim but for what is marked as ours."""

from assistant.answering.quote import numbered, quote
from assistant.types import Citation, Evidence, EvidenceSpan


def span(quote: str, score: float, context: str | None = None, start: int = 0) -> EvidenceSpan:
    citation = Citation(1, "d", 1, "a.txt", "A report", None, start, start + len(quote), quote)
    return EvidenceSpan(citation, score, context or quote)


FIRST = "The Arden smelter has a capacity of 12 t."
ADDS_A_WORD = "The smelter is planned at Leeds."
ADDS_NOTHING = "Smelters are hot places."


def quoted(*spans: EvidenceSpan) -> list[str]:
    return quote(numbered(Evidence(spans, 1.0))).text.split("\n")


def test_a_sentence_far_from_as_good_as_the_best_is_not_quoted() -> None:
    assert quoted(span(FIRST, 1.0), span(ADDS_NOTHING, 0.15, start=50), span(ADDS_A_WORD, 0.3, start=90)) == [
        FIRST,
        ADDS_A_WORD,
    ]


def test_a_clearly_best_sentence_stands_first_and_others_in_reading_order() -> None:
    later = [span(FIRST, 1.0, start=90), span(ADDS_A_WORD, 0.9, start=50), span(ADDS_NOTHING, 0.8, start=10)]
    assert quoted(*later) == [ADDS_NOTHING, ADDS_A_WORD, FIRST]
    later = [span(FIRST, 1.0, start=90), span(ADDS_A_WORD, 0.19, start=50), span(ADDS_NOTHING, 0.12, start=10)]
    assert quoted(*later) == [FIRST]
