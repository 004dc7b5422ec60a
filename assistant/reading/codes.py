"""A query's codes, years and long numbers, in the forms that words are searched by: which texts hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.reading.heads import Head
from index.library.library import Library
from index.passages.words import stems
from index.types import Hit

_WRITTEN = re.compile(r"[^\W_]+(?:[-/.,][^\W_]+)*")
_NAMES = re.compile(r"(?!Q[1-4]$)[A-Za-z].*\d|\d.*[A-Z]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]{5,}")
"""What is no part of a code: "grade" in "7N-grade"."""

FEWEST = 3
"""Digits of a number that tells one thing from another by itself: "3" in "the 3 largest mines" counts."""


@dataclass(frozen=True, slots=True)
class Code:
    """The forms that a text has to hold, all of them, for HD-0476, 7C, 2023 or 1,200.

    `names` says whether it names one thing, as HD-0476 and 7C do; 21st, 50t and 1990s don't, and a number need not.
    `is_number` says whether it is digits alone: "1990s" isn't, for which a year of them may be written.
    """

    forms: frozenset[str]
    names: bool
    is_number: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it can hardly be written otherwise: "G7", "2FA" and "FY24" can."""
        return all(sum(map(str.isdecimal, form)) >= FEWEST for form in self.forms)

    def is_in(self, held: frozenset[str]) -> bool:
        """Whether a text has it, by its stems."""
        return self.forms <= held

    def is_likely_in(self, held: frozenset[str]) -> bool:
        """The same where its parts may be written apart."""
        long = {digits for form in self.forms for digits in re.findall(rf"\d{{{FEWEST},}}", form)}
        return self.is_in(held) or bool(long and long <= held)


def codes(query: str) -> list[Code]:
    """The codes of a query, in order."""
    found = []
    for token in _WRITTEN.findall(query):
        written = "-".join(part for part in token.split("-") if not _WORD.fullmatch(part))
        digits = sum(map(str.isdecimal, written))
        if not digits or (written.isdecimal() and digits < FEWEST):
            continue
        forms = [form for form in stems(written) if any(map(str.isdecimal, form))]
        whole = frozenset(form for form in forms if not any(form != other and form in other for other in forms))
        names = _NAMES.match(written) is not None
        if names or any(sum(map(str.isdecimal, form)) >= FEWEST for form in whole):
            found.append(Code(whole, names, _DIGITS.fullmatch(written) is not None))
    return found


def held(asked: Sequence[Code], text: str) -> int:
    """How many of the codes a text holds."""
    own = stems(text)
    return sum(code.is_in(own) for code in asked)


def named_nowhere(query: str, hits: Sequence[Hit], above: Mapping[str, Head], library: Library) -> bool:
    """Whether the query names a thing by a code, or a year or another long number, that none of the passages has, neither
    above them nor in their documents' dates."""
    asked = [code for code in codes(query) if code.is_long and (code.names or code.is_number)]
    texts = [_dated(hit, above, library) for hit in hits] if asked else []
    return any(not any(code.is_likely_in(own) for own in texts) for code in asked)


def _dated(hit: Hit, above: Mapping[str, Head], library: Library) -> frozenset[str]:
    """The stems of a passage, of what stands above it, and of its document's date."""
    date = library.document(hit.chunk.document_id, hit.chunk.version).date
    return stems(f"{above[hit.chunk.id].text}\n{hit.chunk.text}\n{date or ''}")
