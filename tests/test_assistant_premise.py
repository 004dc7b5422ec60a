"""What a question takes for granted is corrected where the documents surely say otherwise, and only there."""

import pytest

from assistant.premise import SAYS_OTHERWISE, contradiction, corrected_by
from assistant.types import Citation, Evidence, EvidenceSpan


def evidence(*quotes: str) -> Evidence:
    spans = []
    for number, quote in enumerate(quotes, 1):
        citation = Citation(number, "d", 1, "a.txt", "Acme Zinc", None, 0, len(quote), quote)
        spans.append(EvidenceSpan(citation, 1.0 / number, f"Acme Zinc\n\n{' '.join(quotes)}"))
    return Evidence(tuple(spans), 0.5)


@pytest.mark.parametrize(
    ("query", "quote"),
    [
        ("Why did Acme Zinc's tin output in Leeds fall?", "Acme Zinc's tin output in Leeds rose by 5%."),
        ("Why is Acme Zinc's annual tin capacity 20 t?", "Acme Zinc has an annual tin capacity of 50 t."),
        ("Why was Acme Zinc founded in 2010?", "Acme Zinc was founded in July 2016."),
        ("When did Acme Zinc close its tin smelter?", "Acme Zinc's tin smelter is operating steadily."),
        ("How does Acme Zinc intend to seize market share?", "Acme Zinc does not intend to seize market share."),
        (
            "What made Acme Zinc the largest tin producer in Europe?",
            "Acme Zinc is the third largest tin producer in Europe.",
        ),
    ],
)
def test_the_sentence_that_says_otherwise_is_found(query: str, quote: str) -> None:
    found = contradiction(query, evidence(quote))
    assert found and found.citation.quote == quote


@pytest.mark.parametrize(
    ("query", "quotes"),
    [
        ("Why did Acme Zinc's tin output in Leeds fall?", ("Borealis's tin output in Leeds rose.",)),
        ("Why did Acme Zinc's tin output in Leeds fall?", ("Acme Zinc's tin output in Leeds rose, then fell.",)),
        (
            "Why did Acme Zinc's tin output in Leeds fall?",
            ("Acme Zinc's tin output in Leeds rose in May.", "In June the output of tin in Leeds fell."),
        ),
        ("Why did Acme Zinc's tin output in Leeds fall in 2023?", ("Acme Zinc's copper output rose in 2024.",)),
        ("Did Acme Zinc's tin output in Leeds fall?", ("Acme Zinc's tin output in Leeds rose.",)),
        ("Why is Acme Zinc's annual tin capacity 50 t?", ("Acme Zinc has an annual tin capacity of over 40 t.",)),
        ("Why is Acme Zinc's annual tin capacity 50 t?", ("Acme Zinc has an annual copper output of 40 t.",)),
        (
            "Why is Acme Zinc's annual tin capacity 50 t?",
            ("Acme Zinc has an annual tin capacity of 40 t.", "It has 50 t in all."),
        ),
        ("Why is Acme Zinc's annual tin capacity 49 t?", ("Acme Zinc has an annual tin capacity of 50 t.",)),
        ("Why did Acme Zinc sign in 2010?", ("Acme Zinc signed a contract in 2016.",)),
        ("When did Acme Zinc close the mine?", ("Acme Zinc will build a mine.",)),
        ("How do I cancel an Acme Zinc order?", ("You cannot cancel an Acme Zinc order after dispatch.",)),
        ("Why does Acme Zinc not intend to seize market share?", ("Acme Zinc does not intend to seize market share.",)),
        ("What made Acme Zinc the largest tin producer?", ("Borealis is the third largest tin producer.",)),
    ],
)
def test_nothing_is_corrected_where_it_may_be_true(query: str, quotes: tuple[str, ...]) -> None:
    assert contradiction(query, evidence(*quotes)) is None


def test_the_correction_quotes_and_cites() -> None:
    (span,) = evidence("Acme Zinc was founded in July 2016.").spans
    answer = corrected_by(span)
    assert answer.text == f"{SAYS_OTHERWISE}\nAcme Zinc was founded in July 2016."
    assert [answer.text[s.start : s.end] for s in answer.spans] == [span.citation.quote]
    assert answer.citations == (span.citation,)
