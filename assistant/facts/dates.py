"""Dates in text, in the ways people write them, compared by the parts that are stated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,october oct,"
        "november nov,december dec".split(","),
        1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d{3}|20\d{2})(?!\d)"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_OF_YEAR = rf"(?:,?\s+(?:of\s+)?(?:the\s+)?(?:fiscal\s+|financial\s+|FY\s?)?(?:year\s+)?{_YEAR})"

_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d-]){_YEAR}[-/](?P<month>[01]?\d)[-/](?P<day>[0-3]?\d)(?!\d)",
        rf"(?<![\d.])(?P<day>[0-3]?\d)\.(?P<month>[01]?\d)\.{_YEAR}(?!\.\d)",
        rf"(?<![\d/])(?P<day>1[3-9]|2\d|3[01])/(?P<month>0?[1-9]|1[0-2])/{_YEAR}",
        rf"(?<![\d/])(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/{_YEAR}",
        rf"\b{_DAY}-{_MONTH}-{_YEAR}",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:\s*,?\s+{_YEAR})?",
        rf"\b{_MONTH}\s+{_DAY}(?!\d)(?:\s*,?\s+{_YEAR})?",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"\bQ(?P<quarter>[1-4])\b{_OF_YEAR}?",
        rf"\b(?P<ordinal>{'|'.join(_ORDINALS)})\s+quarter\b{_OF_YEAR}?",
    )
]
_MONTH_ALONE = re.compile(
    rf"(?:\b(?:in|since|by|until|till|from|early|late|mid|of|through|during|before|after|last|next|this)[\s-]+)(?-i:(?=[A-Z])){_MONTH}",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"(?<![\w.,]){_YEAR}(?![\w%]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Date:
    """The stated parts of a date, 0 where one isn't stated, and the range `[start, end)` it was read from."""

    year: int = 0
    quarter: int = 0
    month: int = 0
    day: int = 0
    start: int = 0
    end: int = 0

    def is_part_of(self, other: Date) -> bool:
        """Whether all parts this date states, its year aside, are those of `other`: "March 2026" of "1 March 2026"."""
        quarter = other.quarter or (other.month + 2) // 3
        return self.month in (0, other.month) and self.day in (0, other.day) and self.quarter in (0, quarter)


def dates(text: str) -> list[Date]:
    """The dates of a text that state more than a year, in order; none overlap."""
    found: list[Date] = []
    for pattern in (*_PATTERNS, _MONTH_ALONE):
        for match in pattern.finditer(text):
            date = _date(match)
            modal = match.groupdict().get("month") in ("may", "march") and not date.year
            if not modal and not any(date.start < other.end and other.start < date.end for other in found):
                found.append(date)
    return sorted(found, key=lambda date: date.start)


def years(text: str) -> frozenset[int]:
    """The years a text states, alone or in dates."""
    alone = {int(match["year"]) for match in _YEAR_ALONE.finditer(text)}
    return frozenset(alone | {date.year for date in dates(text) if date.year})


def undated(sentence: str, sources: Sequence[str]) -> list[Date]:
    """The dates of `sentence` that no source states; the year may stand elsewhere in a source than its month."""
    held = [(date, years(source)) for source in sources for date in dates(source)]
    return [date for date in dates(sentence) if not any(_stated(date, other, also) for other, also in held)]


def as_dated(query: str, texts: Sequence[str]) -> str:
    """The query with each whole day written as the first of the texts that states it writes it."""
    for date in reversed(dates(query)):
        written = query[date.start : date.end]
        if not (date.year and date.month and date.day) or any(written in text for text in texts):
            continue
        found = ((text, own) for text in texts for own in dates(text) if _day(own) == _day(date))
        if same := next(found, None):
            text, own = same
            query = query[: date.start] + text[own.start : own.end] + query[date.end :]
    return query


def _day(date: Date) -> tuple[int, int, int]:
    return date.year, date.month, date.day


def _stated(date: Date, other: Date, years_beside: frozenset[int]) -> bool:
    if not date.is_part_of(other):
        return False
    return not date.year or date.year == other.year or (not other.year and date.year in years_beside)


def _date(match: re.Match[str]) -> Date:
    parts = match.groupdict()
    month = (parts.get("month") or "0").lower()
    quarter = int(parts.get("quarter") or 0) or _ORDINALS.get((parts.get("ordinal") or "").lower(), 0)
    start = match.start("month") if match.re is _MONTH_ALONE else match.start()
    day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
    return Date(year, quarter, MONTHS.get(month) or int(month), day, start, match.end())
