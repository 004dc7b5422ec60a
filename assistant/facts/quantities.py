"""Numbers with their units and bounds in text: found, normalised, compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from assistant.facts.units import SAME, TO_BASE, UNIT_OF

Bound = Literal["", "over", "under"]

_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_SCALE_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9}
"""Read as scales only after a currency sign, "$5m"; "5k" always."""

_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_ORDINALS = ("st", "nd", "rd", "th")

_TAIL = (
    r"(?:[\s\u00a0-]*(?P<scale>thousand|million|mn|billion|bn|trillion)\b)?"
    r"(?:[\s\u00a0-]*(?P<unit>%|％|[$€£₩]|per\s?cent\b|[^\W\d_]+\b))?"
)
_NUMBER = re.compile(
    r"(?P<before>US\$\s?|[$€£₩]\s?|\b(?:RMB|USD|EUR|KRW|CNY|GBP)\s?)?"
    r"(?<![\w.,])(?P<number>\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<code>[^\W\d_][\w-]*)?" + _TAIL,
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<more>{'|'.join(_ONES)}))?|(?P<ones>{'|'.join(_ONES)})"
    r"|(?P<a>an?)(?= hundred))\b(?P<hundred>\s+hundred\b)?" + _TAIL,
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in its base unit (tonnes, metres, kilowatts, whole currency units, percent), and where it stands.

    `unit` is empty where none was recognised; `decimals` counts the digits after the point as written, `scale` is what
    one written unit is worth in base units; `[start, end)` is the range in the text it was read from. `bound` says on
    which side the amount may lie ("over 40t", "up to 40t"; the ends of "20-30 t"); it is empty for "40t" and "about 40t".
    """

    value: float
    unit: str
    text: str
    decimals: int = 0
    scale: float = 1.0
    start: int = 0
    end: int = 0
    spelled: bool = False
    bound: Bound = ""

    def matches(self, other: Quantity) -> bool:
        """Whether both state the same value, and the same unit where both have one."""
        same_value = abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
        units = {self.unit, other.unit}
        return same_value and (len(units) == 1 or "" in units or units in SAME)

    @property
    def is_pronoun(self) -> bool:
        """Whether it is a bare "one" or "two", mostly no statement of an amount: "one of them", "the two countries"."""
        return self.spelled and self.value <= 2 and not self.unit

    @property
    def is_year(self) -> bool:
        """Whether it reads as a year."""
        return not self.unit and not self.spelled and self.decimals == 0 and 1900 <= self.value <= 2100


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text, in digits or in words, in order."""
    found = [_quantity(match) for match in _NUMBER.finditer(text)]
    found += [_spelled(match) for match in _SPELLED.finditer(text)]
    return _with_bounds(text, sorted(found, key=lambda quantity: quantity.start))


def unsupported(sentence: str, sources: Iterable[str]) -> list[Quantity]:
    """The quantities of `sentence` that occur in none of `sources`."""
    held = [quantity for source in sources for quantity in quantities(source)]
    stated = [quantity for quantity in quantities(sentence) if not quantity.is_pronoun]
    return [quantity for quantity in stated if not any(quantity.matches(other) for other in held)]


_OVER = (
    r"over|more than|greater than|higher than|above|exceed(?:s|ed|ing)?|in excess of|at least|no (?:less|fewer) than"
    r"|not (?:less|fewer) than|(?:a )?minimum(?: of)?|upwards of|[>≥]"
)
_UNDER = (
    r"up to|at most|less than|fewer than|lower than|under|below|(?:no|not) more than|not (?:over|exceed(?:ing)?)"
    r"|(?:a )?maximum(?: of)?|[<≤]"
)
_ABOUT = r"(?:about|around|some|roughly|approximately|an?)\s+"
_BEFORE: dict[Bound, re.Pattern[str]] = {
    "under": re.compile(rf"(?:^|(?<!\w))(?:{_UNDER})\s*(?:{_ABOUT})?$", re.IGNORECASE),
    "over": re.compile(rf"(?:^|(?<!\w))(?:{_OVER})\s*(?:{_ABOUT})?$", re.IGNORECASE),
}
_AFTER: dict[Bound, re.Pattern[str]] = {
    "over": re.compile(r"\s*(?:\+|(?:or|and) (?:more|greater|higher|over|above|older|up)\b)", re.IGNORECASE),
    "under": re.compile(r"\s*(?:or|and) (?:less|fewer|lower|under|below|younger)\b", re.IGNORECASE),
}
_RANGE = re.compile(r"\s*(?:[-–—]|to)\s*", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)


def _with_bounds(text: str, found: list[Quantity]) -> list[Quantity]:
    """The same quantities with their bounds; in "20-30 t" the first has the unit and scale of the second.

    "From 20 to 30 t" may be a change, and stays without bounds.
    """
    bounded = []
    for quantity in found:
        before, after = text[max(0, quantity.start - 30) : quantity.start], text[quantity.end : quantity.end + 15]
        sides = [side for side in _BEFORE if _BEFORE[side].search(before)] + [s for s in _AFTER if _AFTER[s].match(after)]
        bounded.append(replace(quantity, bound=sides[0]) if sides else quantity)
    for i, (low, high) in enumerate(zip(found, found[1:], strict=False)):
        before, between = text[: low.start], text[low.end : high.start]
        joined = _RANGE.fullmatch(between) or (_BETWEEN.search(before) and between.strip().lower() == "and")
        units = {low.unit, high.unit}
        if not joined or len(units - {""}) > 1 or (low.is_year and high.is_year):
            continue
        if not low.unit and low.scale == 1:
            low = replace(low, value=low.value * high.scale, unit=high.unit, scale=high.scale)
        if low.value < high.value:
            change = _FROM.search(before)
            bounded[i] = replace(low, bound="" if change else "over")
            bounded[i + 1] = replace(high, bound="" if change else "under")
    return bounded


def _quantity(match: re.Match[str]) -> Quantity:
    digits = re.sub(r"[, \u00a0\u202f]", "", match["number"])
    decimals = len(digits.partition(".")[2])
    written = match["code"] or ""
    code = written.lower()
    before = UNIT_OF.get((match["before"] or "").strip().lower().removeprefix("us"), "")
    letter = _SCALE_LETTERS.get(code, 1.0) if before or code == "k" else 1.0
    known = code in UNIT_OF or code in _SCALES or code in _ORDINALS or letter > 1
    if written and not known:  # "7N-grade": its letters belong to it
        return Quantity(float(digits), code, match["number"] + written, start=match.start(), end=match.end("code"))
    if "Mt" in (written, match["unit"]):  # a million tonnes; "mt" and "MT" are metric tons
        end = match.end("code" if written else "unit")
        return Quantity(float(digits) * 1e6, "t", match.string[match.start() : end], decimals, 1e6, match.start(), end)
    scale = _SCALES.get((match["scale"] or code).lower(), letter)
    own = "" if code in _SCALES or letter > 1 else UNIT_OF.get(code, "")
    return _made(match, float(digits), before or own, scale, decimals, "code" if written else "number")


def _spelled(match: re.Match[str]) -> Quantity:
    tens, ones = (match["tens"] or "").lower(), (match["ones"] or match["more"] or "").lower()
    value = 1 if match["a"] else _TENS.get(tens, 0) + _ONES.get(ones, 0)
    value *= 100 if match["hundred"] else 1
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    group = next(name for name in ("hundred", "more", "tens", "ones", "a") if match[name])
    return _made(match, float(value), "", scale, 0, group, spelled=True)


def _made(
    match: re.Match[str], number: float, unit: str, scale: float, decimals: int, last: str, *, spelled: bool = False
) -> Quantity:
    """A quantity from a match whose number is read; `last` is the group its text ends with where no unit follows."""
    word = UNIT_OF.get("".join((match["unit"] or "").lower().split()), "")
    last = "unit" if word else "scale" if match["scale"] else last
    start, end = match.start(), match.end(last)
    unit, factor = TO_BASE.get(unit or word, (unit or word, 1.0))
    text = match.string[start:end].strip()
    return Quantity(number * scale * factor, unit, text, decimals, scale * factor, start, end, spelled)
