import pytest

from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan
from assistant.verify import verify


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
