import pytest

from assistant.checking.verify import judge, verify
from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan


def span(number: int, quote: str, context: str) -> EvidenceSpan:
    return EvidenceSpan(
        Citation(number, f"d{number}", 1, "a.txt", "A", None, 0, len(quote), quote), 0.9, f"{context} {quote}"
    )


FOUND = Evidence(
    (
        span(
            1,
            "It is pushing to build a germanium plant with a capacity of 12 tons by investing 140 billion won.",
            "Korea Zinc",
        ),
        span(2, "We have an annual germanium capacity of 50t.", "Guangxi Yusheng Germanium, founded in July 2016."),
    ),
    1.0,
)


def checked(*sentences: tuple[str, tuple[int, ...]]) -> Answer:
    text, spans = "", []
    for sentence, numbers in sentences:
        text += " " if text else ""
        spans.append(AnswerSpan(len(text), len(text) + len(sentence), numbers))
        text += sentence
    used = {number for _, numbers in sentences for number in numbers}
    citations = tuple(s.citation for s in FOUND.spans if s.citation.number in used)
    return verify(Answer(text=text, spans=tuple(spans), citations=citations), FOUND)


def test_what_the_cited_spans_say_stands() -> None:
    answer = checked(("Korea Zinc plans a capacity of 12 tonnes.", (1,)), ("Yusheng has 50 tons.", (2,)))
    assert answer.text == "Korea Zinc plans a capacity of 12 tonnes. Yusheng has 50 tons."
    assert answer.removed == 0
    assert [answer.text[v.start : v.end] for v in answer.verdicts] == [answer.text[s.start : s.end] for s in answer.spans]


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Korea Zinc plans a capacity of 15 tons.", (1,)),
        ("Korea Zinc plans a capacity of 12 kg.", (1,)),
        ("Korea Zinc plans a capacity of 50 tons.", (2,)),
        ("Korea Zinc plans a capacity of 50 tons.", (1, 2)),
        ("Korea Zinc was founded in July 2016.", (1, 2)),
        ("Lockheed Martin has a capacity of 12 tons.", (1,)),
        ("The plant is run by John Smith.", (1,)),
        ("Umicore plans a capacity of 12 tons.", (1,)),
        ("The plant is run by Ann.", (1,)),
        ("The plant is run by Özil.", (1,)),
        ("Korea Zinc's capacity is 38 t larger than Yusheng's.", (1, 2)),
        ("Korea Zinc has 50 t, which is 38 t more.", (1, 2)),
        ("The plant has a capacity of 12 tons.", ()),
    ],
)
def test_what_they_do_not_say_is_cut_and_counted(sentence: str, numbers: tuple[int, ...]) -> None:
    answer = checked((sentence, numbers), ("Yusheng has 50 tons.", (2,)))
    assert answer.text == "Yusheng has 50 tons."
    assert [citation.number for citation in answer.citations] == [2]
    assert answer.removed == 1


def test_a_sentence_may_open_with_a_common_word() -> None:
    first, second = "According to the sources, Korea Zinc plans 12 tons.", "Germanium plants cost 140 billion won."
    assert checked((first, (1,)), (second, (1,))).removed == 0


def test_a_difference_recomputed_from_cited_numbers_is_kept_and_marked() -> None:
    answer = checked(("Yusheng's capacity is 38 t larger than Korea Zinc's.", (1, 2)))
    assert answer.verdicts[0].label == "computed"
    assert answer.verdicts[0].reason == "38 t = 50t - 12 tons"
    assert checked(("Yusheng's capacity is 39 t larger than Korea Zinc's.", (1, 2))).removed == 1


GALLIUM = (
    "In Aug., Korea Zinc signed a memorandum for a germanium plant with an annual capacity of over 12 tons (t).",
    "It will invest a total of 55.7 billion won to establish a process to recover about 15 tons of gallium annually.",
    "The plant opens on 2027-03-01 with Lockheed Martin and makes 20-30 t, up to 68% of the need; a second is not planned.",
)
SIGNED = Evidence(
    tuple(
        EvidenceSpan(
            Citation(n, "d", 1, "a.txt", "Korea Zinc signs an MOU", "2025-08-25", 0, len(quote), quote),
            0.9,
            "Korea Zinc signs an MOU\n" + " ".join(GALLIUM) + " Rostec and Umicore follow.",
        )
        for n, quote in enumerate(GALLIUM, 1)
    ),
    1.0,
)


def label_of(sentence: str, number: int) -> str:
    return judge(sentence, [SIGNED.spans[number - 1]], SIGNED).label


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("Korea Zinc plans an annual germanium capacity of over 12 tonnes.", 1),
        ("In August, Korea Zinc signed for a germanium plant.", 1),
        ("Korea Zinc expects to recover 15 tons of gallium.", 2),
        ("Korea Zinc will invest 55,700 million won to recover gallium.", 2),
        ("The plant opens on March 1, 2027 with Lockheed Martin.", 3),
        ("The plant of Korea Zinc opens in Q1 2027.", 3),
        ("It makes 20 to 30 tonnes, up to 68 percent of the need.", 3),
        ("A second plant isn't planned.", 3),
    ],
)
def test_other_words_for_the_same_are_supported(sentence: str, number: int) -> None:
    assert label_of(sentence, number) == "supported"


@pytest.mark.parametrize(
    ("sentence", "number", "label"),
    [
        ("Korea Zinc plans an annual germanium capacity of 12 tons.", 1, "partly"),
        ("Korea Zinc plans an annual germanium capacity of under 12 tons.", 1, "not supported"),
        ("In August 2025, Korea Zinc signed for a germanium plant.", 1, "partly"),
        ("In August 2024, Korea Zinc signed for a germanium plant.", 1, "not supported"),
        ("In July, Korea Zinc signed for a germanium plant.", 1, "not supported"),
        ("Umicore expects to recover 15 tons of gallium.", 2, "not supported"),
        ("Korea Zinc expects to recover at least 15 tons of gallium.", 2, "not supported"),
        ("The plant opens on March 1, 2027 with Rostec.", 3, "not supported"),
        ("The plant makes 30 tons.", 3, "partly"),
        ("A second plant is planned.", 3, "not supported"),
        ("It rains a lot in the mountains of the country.", 3, "not supported"),
    ],
)
def test_a_bound_a_year_or_a_subject_that_the_source_lacks_is_named(sentence: str, number: int, label: str) -> None:
    assert label_of(sentence, number) == label


def test_a_part_of_a_quote_stands_only_as_whole_clauses() -> None:
    assert label_of("A second is planned.", 3) == "not supported"
    assert label_of("a second is not planned.", 3) == "supported"
