"""Numbers with their units in text: found, normalised, compared, and recomputed from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

_UNITS = {
    "t": "t tn ton tons tonne tonnes mt",
    "kg": "kg kgs kilogram kilograms kilogramme kilogrammes",
    "g": "g gram grams",
    "%": "% percent pct ％",
    "KRW": "won krw ₩",
    "CNY": "rmb yuan cny ¥",
    "USD": "usd dollar dollars $",
    "EUR": "eur euro euros €",
    "ha": "ha hectare hectares",
    "mu": "mu",
    "km": "km kilometre kilometres kilometer kilometers",
    "m": "m metre metres meter meters",
}
_UNIT_OF = {form: unit for unit, forms in _UNITS.items() for form in forms.split()}
_TO_BASE = {"kg": ("t", 1e-3), "g": ("t", 1e-6), "km": ("m", 1e3)}
_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12}
_NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}

_NUMBER = re.compile(
    r"(?P<before>[$€₩¥]|\b(?:RMB|USD|EUR|KRW|CNY|US\$)\s?)?"
    r"(?<![\w.,])(?P<number>\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<code>[A-Za-z][\w-]*)?"
    r"(?:[\s\u00a0-]*(?P<scale>thousand|million|mn|billion|bn|trillion)\b)?"
    r"(?:[\s\u00a0-]*(?P<unit>%|％|[$€₩¥]|per\s?cent\b|[A-Za-z]+\b))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b(" + "|".join(_NUMBER_WORDS) + r")\b", re.IGNORECASE)

_ORDINALS = ("st", "nd", "rd", "th")
_DEMANDED_FROM = 3
"""Number words below three ("one of them", "the two countries") are mostly no statement of an amount."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in its base unit (tonnes, metres, whole currency units, percent), and the text it was read from.

    `unit` is empty where none was recognised; `decimals` counts the digits after the point as written.
    """

    value: float
    unit: str
    text: str
    decimals: int = 0
    scale: float = 1.0

    def matches(self, other: Quantity) -> bool:
        """Whether both state the same value, and the same unit where both have one."""
        same_value = abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
        return same_value and (self.unit == other.unit or not self.unit or not other.unit)


def quantities(text: str, *, words: bool = True) -> list[Quantity]:
    """The quantities of a text, in order of writing, number words (unless `words` is false) at the end."""
    found = [_quantity(match) for match in _NUMBER.finditer(text)]
    if words:
        for match in _WORD.finditer(text):
            found.append(Quantity(_NUMBER_WORDS[match[1].lower()], "", match[1]))
    return found


def unsupported(sentence: str, sources: Iterable[str]) -> list[Quantity]:
    """The quantities of `sentence` that occur in none of `sources`."""
    held = [quantity for source in sources for quantity in quantities(source)]
    demanded = [q for q in quantities(sentence) if q.text[0].isdigit() or not q.text.isalpha() or q.value >= _DEMANDED_FROM]
    return [quantity for quantity in demanded if not any(quantity.matches(other) for other in held)]


_COMPUTING = re.compile(
    r"\b(more|less|fewer|higher|lower|larger|smaller|difference|differ\w*|exceed\w*|times|twice|double|half|total\w*|sum"
    r"|together|combined|share|ratio|proportion|percent|increase\w*|rise|rose|grow\w*|grew|decrease\w*|than|of)\b|%",
    re.IGNORECASE,
)


def computed(sentence: str, quantity: Quantity, sources: Sequence[str]) -> str:
    """How `quantity` follows from two quantities of `sources`, as "a - b"; empty where it doesn't, or none is claimed.

    Sums and differences need one unit on both sides, ratios and shares give a bare number or percent; the result may
    be rounded as far as the quantity itself is written.
    """
    if not _COMPUTING.search(sentence):
        return ""
    tolerance = 0.5 * 10**-quantity.decimals * quantity.scale + 1e-9
    held = list(dict.fromkeys(q for source in sources for q in quantities(source, words=False) if not _is_year(q)))
    for a, b in permutations(held, 2):
        if a.unit != b.unit:
            continue
        results = []
        if quantity.unit in ("", a.unit):
            results += [(a.value + b.value, "+"), (a.value - b.value, "-")]
        if b.value and quantity.unit == "":
            results.append((a.value / b.value, "/"))
        if b.value and quantity.unit == "%":
            results += [(100 * a.value / b.value, "/"), (100 * (a.value - b.value) / b.value, "relative to")]
        for value, sign in results:
            if abs(value - quantity.value) <= tolerance and value > 0:
                return f"{a.text} {sign} {b.text}"
    return ""


def _is_year(quantity: Quantity) -> bool:
    return not quantity.unit and quantity.decimals == 0 and 1900 <= quantity.value <= 2100


def _quantity(match: re.Match[str]) -> Quantity:
    digits = re.sub(r"[, \u00a0\u202f]", "", match["number"])
    decimals = len(digits.partition(".")[2])
    code = (match["code"] or "").lower()
    if code and code not in _UNIT_OF and code not in _SCALES and code not in _ORDINALS:
        return Quantity(float(digits), code, match["number"] + code)  # "7N-grade": its letters belong to it
    scale = _SCALES.get((match["scale"] or code).lower(), 1.0)
    before = _UNIT_OF.get((match["before"] or "").strip().lower().removeprefix("us"), "")
    word = _UNIT_OF.get("".join((match["unit"] or "").lower().split()), "")
    unit = before or ("" if code in _SCALES else _UNIT_OF.get(code, "")) or word
    last = "unit" if word else "scale" if match["scale"] else "code" if code else "number"
    text = match.string[match.start() : match.end(last)].strip()
    unit, factor = _TO_BASE.get(unit, (unit, 1.0))
    return Quantity(float(digits) * scale * factor, unit, text, decimals, scale * factor)
