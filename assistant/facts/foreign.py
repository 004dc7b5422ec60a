"""Figures and dates as sentences in Chinese, Korean and Russian write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.facts.dates import Date, dates
from assistant.facts.quantities import Quantity

_SCALES = {
    **dict.fromkeys(("千", "천", "тыс", "тысяч", "тысячи", "тысяча"), 1e3),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("百万", "백만", "млн", "миллион", "миллиона", "миллионов"), 1e6),
    **dict.fromkeys(("亿", "億", "억"), 1e8),
    **dict.fromkeys(("十亿", "млрд", "миллиард", "миллиарда", "миллиардов"), 1e9),
    **dict.fromkeys(("万亿", "兆", "조", "трлн", "триллион", "триллиона", "триллионов"), 1e12),
}
_UNITS = {
    **dict.fromkeys(("吨", "噸", "톤", "т", "тонн", "тонны", "тонна", "тонну"), "t"),
    **dict.fromkeys(("%", "％", "процент", "процента", "процентов", "퍼센트"), "%"),
    **dict.fromkeys(("韩元", "韓元", "원", "вон", "воны"), "KRW"),
    **dict.fromkeys(("美元", "달러", "долларов", "доллара", "доллар"), "USD"),
    **dict.fromkeys(("人民币", "元", "위안", "юаней", "юаня", "юань"), "CNY"),
}


_OTHER_WORDS = {"元": "(?![素件器年老])", "원": "(?![자소료칙천])"}
"""What follows a unit where it opens another word: 元素 and 원소 are elements, 원자 is an atom."""


def _either(words: Iterable[str]) -> str:
    """A pattern for one of the words, as a whole word with its case endings where it is Russian."""
    return "|".join(re.escape(word) + _end(word) for word in sorted(words, key=len, reverse=True))


def _end(word: str) -> str:
    if not re.match("[а-я]", word):
        return _OTHER_WORDS.get(word, "")
    return rf"{'(?:а|у|е|ы|и|ом|ов|ам|ах|ами|ей|ем|ям|ях|ями)?' if len(word) > 2 else ''}(?![а-яё])"


_NUMBER = re.compile(
    r"(?P<percent>百分之)?(?P<number>\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?!\d)|\d+)(?:(?P<point>[.,])(?P<decimals>\d+))?"
    rf"\s*(?P<scale>{_either(_SCALES)})?[\s.]*(?P<unit>{_either(_UNITS)})?"
)
_ONES, _POWERS, _KOREAN = "〇零一二两兩三四五六七八九数數几幾半", "十百千万萬亿億兆", "일이삼사오육칠팔구수십백천만억조"
_WORDED = re.compile(
    rf"(?<![가-힣])[{_ONES}{_POWERS}{_KOREAN}]+\s*(?:{_either(_UNITS)})"
    rf"|分之[{_ONES}{_POWERS}]|[{_ONES}][成{_POWERS}]|[{_POWERS}][{_ONES}]"
)
"""An amount in Chinese or Korean words: with a unit or in percent, or of several figures."""
_RUSSIAN_MONTHS = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
_DATE = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*[年년](?:\s*(?P<month>\d{1,2})\s*[月월])?(?:\s*(?P<day>\d{1,2})\s*[日일号])?"
    rf"|(?:(?P<rday>\d{{1,2}})\s+)?(?P<rmonth>{'|'.join(_RUSSIAN_MONTHS)})[а-я]{{0,2}}\s+(?P<ryear>(?:19|20)\d\d)",
    re.IGNORECASE,
)


def has_worded_amount(sentence: str) -> bool:
    """Whether a sentence has an amount in Chinese or Korean words, which is not read."""
    return bool(_WORDED.search(_NUMBER.sub(";", sentence)))


def amounts(sentence: str) -> list[Quantity]:
    """The figures of a sentence with their scales and units, in order."""
    found = []
    for match in _NUMBER.finditer(sentence):
        if re.search(r"[A-Za-z]-?$", sentence[: match.start()]):
            continue  # part of a code, "7N-4"
        digits = re.sub(r"[, \u00a0\u202f]", "", match["number"]) + (f".{match['decimals']}" if match["decimals"] else "")
        scale = _SCALES.get(_known(match["scale"], _SCALES), 1.0)
        unit = "%" if match["percent"] else _UNITS.get(_known(match["unit"], _UNITS), "")
        found.append(Quantity(float(digits) * scale, unit, match[0].strip(), start=match.start(), end=match.end()))
    return found


def _known(written: str | None, words: Iterable[str]) -> str:
    """The word that was written with some case ending."""
    return max((word for word in words if (written or "").startswith(word)), key=len, default="")


def foreign_dates(sentence: str) -> list[Date]:
    """The dates of a sentence in its own language, or in English."""
    found = []
    for match in _DATE.finditer(sentence):
        russian = match["rmonth"]
        month = _RUSSIAN_MONTHS.index(russian.lower()) + 1 if russian else int(match["month"] or 0)
        year, day = int(match["year"] or match["ryear"]), int((match["rday"] if russian else match["day"]) or 0)
        found.append(Date(year, 0, month, day, match.start(), match.end()))
    return found or dates(sentence)
