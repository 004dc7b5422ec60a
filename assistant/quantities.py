"""Numbers with their units in text: found, normalised, compared, and recomputed from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

_UNITS = {
    "t": "t ton tons tonne tonnes mt",
    "kt": "kt kiloton kilotons kilotonne kilotonnes",
    "kg": "kg kgs kilogram kilograms kilogramme kilogrammes",
    "g": "g gram grams",
    "%": "% percent pct ％ percentage",
    "KRW": "won krw ₩",
    "CNY": "rmb yuan cny",
    "JPY": "yen jpy",
    "USD": "usd dollar dollars $",
    "EUR": "eur euro euros €",
    "GBP": "gbp pound pounds £",
    "RUB": "ruble rubles rouble roubles rub",
    "ha": "ha hectare hectares",
    "mu": "mu",
    "km": "km kilometre kilometres kilometer kilometers",
    "m": "metre metres meter meters",
    "kW": "kw kilowatt kilowatts",
    "MW": "mw megawatt megawatts",
    "GW": "gw gigawatt gigawatts",
    "year": "year years",
    "month": "month months",
    "week": "week weeks",
    "day": "day days",
    "hour": "hour hours",
}
_UNIT_OF = {form: unit for unit, forms in _UNITS.items() for form in forms.split()}
_TO_BASE = {"kt": ("t", 1e3), "kg": ("t", 1e-3), "g": ("t", 1e-6), "km": ("m", 1e3), "MW": ("kW", 1e3), "GW": ("kW", 1e6)}
_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_SCALE_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9}
"""Read as scales only after a currency sign: "$5m"."""

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
    r"(?P<before>US\$|[$€£₩]|\b(?:RMB|USD|EUR|KRW|CNY|GBP)\s?)?"
    r"(?<![\w.,])(?P<number>\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
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
    one written unit is worth in base units; `[start, end)` is the range in the text it was read from.
    """

    value: float
    unit: str
    text: str
    decimals: int = 0
    scale: float = 1.0
    start: int = 0
    end: int = 0
    spelled: bool = False

    def matches(self, other: Quantity) -> bool:
        """Whether both state the same value, and the same unit where both have one."""
        same_value = abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
        return same_value and (self.unit == other.unit or not self.unit or not other.unit)

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
    return sorted(found, key=lambda quantity: quantity.start)


def unsupported(sentence: str, sources: Iterable[str]) -> list[Quantity]:
    """The quantities of `sentence` that occur in none of `sources`."""
    held = [quantity for source in sources for quantity in quantities(source)]
    stated = [quantity for quantity in quantities(sentence) if not quantity.is_pronoun]
    return [quantity for quantity in stated if not any(quantity.matches(other) for other in held)]


_OPERATIONS = {
    "+": r"together|combined|total|sum|altogether|in all",
    "-": r"more|less|fewer|higher|lower|larger|smaller|bigger|greater|difference|differs?|exceeds?|gap|above|below",
    "/": r"times|twice|double|half|ratio|fold",
    "%": r"share|percent|percentage|proportion",
}
_CLAIMS = {sign: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for sign, words in _OPERATIONS.items()}


@dataclass(frozen=True, slots=True)
class Computation:
    """How a number follows from two stated ones, and which sources (by their place) state them."""

    sign: str
    first: Quantity
    second: Quantity
    first_source: int
    second_source: int

    def __str__(self) -> str:
        return f"{self.first.text} {'/' if self.sign == '%' else self.sign} {self.second.text}"


def computed(sentence: str, quantity: Quantity, sources: Sequence[str]) -> Computation | None:
    """How `quantity` follows from two quantities of `sources`; None where it doesn't, or the sentence claims no such sum.

    Sums and differences need one unit on both sides, ratios give a bare number, shares percent; the sentence has to
    have a word for the operation ("together", "more", "times", "share"); the result may be rounded as far as the
    quantity itself is written.
    """
    tolerance = 0.5 * 10**-quantity.decimals * quantity.scale + 1e-9
    held = [(i, q) for i, source in enumerate(sources) for q in quantities(source) if not q.is_year and not q.is_pronoun]
    claimed = [sign for sign, words in _CLAIMS.items() if words.search(sentence) or sign in quantity.text]
    for (i, a), (j, b) in permutations(held, 2):
        if a.unit != b.unit or not b.value:
            continue
        results = {"+": a.value + b.value, "-": a.value - b.value, "/": a.value / b.value, "%": 100 * a.value / b.value}
        units = {"+": ("", a.unit), "-": ("", a.unit), "/": ("",), "%": ("%",)}
        for sign in claimed:
            if quantity.unit in units[sign] and results[sign] > 0 and abs(results[sign] - quantity.value) <= tolerance:
                return Computation(sign, a, b, i, j)
    return None


def _quantity(match: re.Match[str]) -> Quantity:
    digits = re.sub(r"[, \u00a0\u202f]", "", match["number"])
    decimals = len(digits.partition(".")[2])
    written = match["code"] or ""
    code = written.lower()
    before = _UNIT_OF.get((match["before"] or "").strip().lower().removeprefix("us"), "")
    letter = _SCALE_LETTERS.get(code, 1.0) if before else 1.0
    known = code in _UNIT_OF or code in _SCALES or code in _ORDINALS or letter > 1
    if written and not known:  # "7N-grade": its letters belong to it
        return Quantity(float(digits), code, match["number"] + written, start=match.start(), end=match.end("code"))
    if "Mt" in (written, match["unit"]):  # a million tonnes; "mt" and "MT" are metric tons
        end = match.end("code" if written else "unit")
        return Quantity(float(digits) * 1e6, "t", match.string[match.start() : end], decimals, 1e6, match.start(), end)
    scale = _SCALES.get((match["scale"] or code).lower(), letter)
    own = "" if code in _SCALES or letter > 1 else _UNIT_OF.get(code, "")
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
    word = _UNIT_OF.get("".join((match["unit"] or "").lower().split()), "")
    last = "unit" if word else "scale" if match["scale"] else last
    start, end = match.start(), match.end(last)
    unit, factor = _TO_BASE.get(unit or word, (unit or word, 1.0))
    text = match.string[start:end].strip()
    return Quantity(number * scale * factor, unit, text, decimals, scale * factor, start, end, spelled)
