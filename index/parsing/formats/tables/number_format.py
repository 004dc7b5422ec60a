"""A number as a sheet shows it: with the decimals, thousands, per cent and units of its cell's number format."""

from __future__ import annotations

import re

_UNSEEN = re.compile(r'\[\$([^-\]]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|\\(.)|"([^"]*)"')
"""Parts of a format: a currency, a colour or condition, room for a character, one literal character, quoted text."""

_DIGITS = re.compile(r"[#0?,]*[#0?][#0?,]*(?:\.[#0?]*)?(%?)")


def shown(value: float, number_format: str) -> str:
    """The number in its format; where that is a form not known here (fractions, powers), as it is stored."""
    sections = number_format.split(";")
    negative = value < 0 and len(sections) > 1
    literals: list[str] = []

    def keep(part: re.Match[str]) -> str:
        literals.append(next((group for group in part.groups() if group), ""))
        return chr(0xE000 + len(literals) - 1)

    form = _UNSEEN.sub(keep, sections[1 if negative else 0])
    found = _DIGITS.search(form)
    if found is None or len(literals) > 99 or re.search(r"[A-Za-z/@]|[#0?]", form[: found.start()] + form[found.end() :]):
        return plain(value)
    digits = found[0]
    decimals = len(digits.partition(".")[2].rstrip("%"))
    thousands = "," in digits and not digits.rstrip("%").endswith(",")
    if digits.rstrip("%").endswith(","):  # shown in thousands
        return plain(value)
    number = abs(value) if negative else value
    text = f"{number * 100 if found[1] else number:{',' if thousands else ''}.{decimals}f}{found[1]}"
    whole = form[: found.start()] + text + form[found.end() :]
    return re.sub("[\ue000-\ue063]", lambda mark: literals[ord(mark[0]) - 0xE000], whole).strip()


def plain(value: float) -> str:
    """The number with the fifteen digits that a sheet keeps."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"
