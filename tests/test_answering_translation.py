"""Sentences in other languages: checked by their figures, units and names, against the quotes they rest on."""

import pytest

from assistant.answering.translation import verify_translated
from assistant.facts.foreign import amounts
from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan


def kept(sentence: str, quote: str) -> bool:
    """Whether a sentence stays, its only source being `quote`."""
    citation = Citation(1, "d", 1, "d.txt", "D", None, 0, len(quote), quote)
    evidence = Evidence((EvidenceSpan(citation, 1.0, quote),), 1.0)
    answer = Answer(text=sentence, spans=(AnswerSpan(0, len(sentence), (1,)),))
    return bool(verify_translated(answer, evidence).text)


@pytest.mark.parametrize(
    ("sentence", "quote", "stays"),
    [
        ("产能为10-99吨。", "Its capacity is 10-20 t.", False),
        ("产能为10-20吨。", "Its capacity is 10-20 t.", True),
        ("Korea Zinc的7N-4级锗。", "Korea Zinc makes 7N-4 germanium.", True),
        ("Там 12 тоннами больше.", "It is 12 tonnes more.", True),
        ("Там 12 тоннами больше.", "It costs 12 dollars more.", False),
        ("Это 5 тысячелетий.", "It is 5 millennia.", True),
        ("Это 5 миллионами больше.", "It is 5 million more.", True),
        ("它值3元。", "It costs 3 dollars.", False),
        ("Korea Zinc每年生产一百吨。", "Korea Zinc makes 12 tons a year.", False),
        ("Korea Zinc占百分之五十。", "Korea Zinc holds a share.", False),
        ("Korea Zinc有三千名员工。", "Korea Zinc has workers.", False),
        ("Korea Zinc는 오십 톤을 생산한다.", "Korea Zinc makes 12 tons.", False),
        ("Korea Zinc是一家公司。", "Korea Zinc is a company.", True),
        ("Korea Zinc将投资1400亿韩元。", "Korea Zinc will invest 140 billion won.", True),
    ],
)
def test_a_sentence_stays_where_its_amounts_can_be_read_and_stand_in_the_source(
    sentence: str, quote: str, stays: bool
) -> None:
    assert kept(sentence, quote) is stays


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("产能为10-99吨", [(10, ""), (99, "t")]),
        ("纯度7N-4，设备LT-100", [(7, "")]),
        ("12 технологий", [(12, "")]),
        ("12 т и 5 тоннами", [(12, "t"), (5, "t")]),
        ("3元素", [(3, "")]),
        ("3元", [(3, "CNY")]),
        ("3원자, 3원소", [(3, ""), (3, "")]),
        ("3만 원을", [(30000, "KRW")]),
    ],
)
def test_a_unit_is_read_as_a_whole_word(sentence: str, expected: list[tuple[float, str]]) -> None:
    assert [(one.value, one.unit) for one in amounts(sentence)] == expected
