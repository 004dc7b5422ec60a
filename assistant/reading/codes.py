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
_YEAR = re.compile(r"(?<![\w.,/-])((?:19|20)\d\d)(?![\w%/-]|[.,]\d|\s*[%€$£¥])")
_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:\s?(?:[-–/]|to|until|bis)\s?((?:19|20)?\d\d))?(?!\d)|\b(?:FY\s?|[’'])(\d\d)\b"
)
"""A year asked about; years, ranges of them and years in short as documents write them."""

_WORD = re.compile(r"[^\W\d_]{5,}")
"""What is no part of a code: "grade" in "7N-grade"."""

FEWEST = 3
"""Digits of a number that tells one thing from another by itself: "3" in "the 3 largest mines" counts."""


@dataclass(frozen=True, slots=True)
class Code:
    """The forms that a text has to hold, all of them, for HD-0476, 7C, 2023 or 1,200.

    `names` says whether it names one thing, as HD-0476 and 7C do; 21st, 50t and 1990s don't, and a number need not.
    """

    forms: frozenset[str]
    names: bool

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
            found.append(Code(whole, names))
    return found


def held(asked: Sequence[Code], text: str) -> int:
    """How many of the codes a text holds."""
    own = stems(text)
    return sum(code.is_in(own) for code in asked)


def named_nowhere(query: str, hits: Sequence[Hit], above: Mapping[str, Head], library: Library) -> bool:
    """Whether the query names a thing by a code, or a year, that none of the passages has, neither above them nor in their
    documents' dates and names.

    No other number: a person's own ("a hotel for 180 euros") need stand nowhere.
    """
    names = [code for code in codes(query) if code.names and code.is_long]
    asked = {int(year) for year in _YEAR.findall(query)}
    texts = [_around(hit, above, library) for hit in hits] if names or asked else []
    held = [stems(text) for text in texts] if names else []
    return any(not any(code.is_likely_in(own) for own in held) for code in names) or bool(
        asked - {year for text in texts for year in years_in(text)}
    )


def years_in(text: str) -> set[int]:
    """The years that a text names, those of ranges too: 2019 to 2022 in "2019-22", 2024 in "FY24"."""
    found: set[int] = set()
    for first, last, short in _YEARS.findall(text):
        begin = int(first or f"20{short}")
        end = int(last if len(last) == 4 else f"{first[:2]}{last}") if last else begin
        found.update(range(begin, end + 1) if begin <= end <= begin + LONGEST_RANGE else (begin, end))
    return found


LONGEST_RANGE = 30
"""Years: what is longer is no range."""


def _around(hit: Hit, above: Mapping[str, Head], library: Library) -> str:
    """A passage with what stands above it, its document's date and the name of its file."""
    document = library.document(hit.chunk.document_id, hit.chunk.version)
    return "\n".join((above[hit.chunk.id].above, hit.chunk.text, document.date or "", document.file))
