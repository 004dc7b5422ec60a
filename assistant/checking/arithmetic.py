"""A number that no source states, recomputed from two that they state: sums, differences, ratios, shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from assistant.facts.quantities import Quantity, quantities

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
