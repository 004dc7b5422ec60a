"""Sentences with exact spans. sentencex finds the boundaries; line breaks of prose don't end a sentence, blank lines do.

No language is guessed, as a text may be of several and a part of it is short: English boundaries, and after them what
`abbreviations.toml` knows of nine languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import sentencex

Span = tuple[int, int]

_BREAK = re.compile(r"\n[ \t\r]*\n\s*|\r?\n(?=[ \t]*(?:[-*+•※#|>]|\d{1,2}(?:\.\d{1,2}){0,3}[.)])[ \t])")
"""Where a paragraph or list item ends: a blank line, or a line break before a list mark, heading or table row."""

_WORDS = tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text(encoding="utf-8"))
_ABBREVIATIONS = frozenset(f"{_WORDS['figures']} {_WORDS['titles']}".split())
_TITLES = frozenset(_WORDS["titles"].split())
_MONTHS = frozenset(_WORDS["months"].split())
_LAST_WORD = re.compile(r"(?:^|[^\w.º-])(\w[\w.º-]*)\.\s*$")
_MARK = re.compile(r"\s*(?:[^\w\s\"'“”‘’«»„]+|\(\w{1,3}\))\s+")
_NUMBER = re.compile(r"\s*\(?\d{1,3}(?:\.\d{1,3})*[.)]\s*")
"""An item's number: it belongs to what it numbers."""

_ROW = re.compile(r"^[^\n]*\S[ ]*\t[ \t]*\S[^\n]*$", re.MULTILINE)

_ENOUGH = 0.85
"""Of a paragraph's widest line: what would have fitted into so much of it would have fitted in any font."""

_ENTRIES, _BEGUN, _WIDE = 4, 0.75, 45
"""A list without marks has so many lines at least, of all but the first such a share begin with a capital or a figure, and
the widest has so many characters: an address has fewer. Of wrapped prose few lines begin so, or a heading alone is short."""

_ANNOUNCES = re.compile(r"[:：,、-]$")
"""How a line ends that the next one belongs to."""

_FIGURE = re.compile(r"\d|[IVXLC]+\b")

_PROSE_LINE = 200
_FEW = 0.1
"""A text of which fewer than a tenth of the lines are this long is taken as wrapped: its line breaks end no paragraph."""


_WHOLE, _WINDOW = 50_000, 10_000
"""The longest paragraph, in characters, given to sentencex whole, and how much of a longer one is at once: its time grows
with the square in Chinese, or with quotation marks (80,000 characters take 2.7 seconds, 10,000 take 0.03). The next window
begins where the last whole sentence of this one ends."""


def is_wrapped(text: str) -> bool:
    """Whether a text's lines are broken by width: hardly one of those that hold anything is long."""
    lengths = [len(line) for line in text.split("\n") if line.strip()]
    return sum(length >= _PROSE_LINE for length in lengths) <= _FEW * len(lengths)


def paragraphs(text: str, *, wrapped: bool | None = None) -> list[Span]:
    """The spans of paragraphs, in order, without the white space around them; none is empty.

    `wrapped` says whether single line breaks are mere breaks of width; by default the text itself decides.
    """
    wrapped = is_wrapped(text) if wrapped is None else wrapped
    pattern = _BREAK if wrapped else re.compile(r"\n\s*")
    spans, start = [], 0
    for gap in pattern.finditer(text):
        spans.append((start, gap.start()))
        start = gap.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans for part in _lines_apart(text, *span) if (trimmed := _trim(text, *part))]


def _lines_apart(text: str, start: int, end: int) -> Iterator[Span]:
    """A paragraph with each line that stands for itself apart: all lines of a list without marks, and a row of cells, a tab
    between them."""
    if _is_list(text[start:end]):
        begin = start
        for line in re.finditer(r"[^\n]+", text[start:end]):
            if not _ANNOUNCES.search(line[0].rstrip()):
                yield begin, start + line.end()
                begin = start + line.end()
        yield begin, end
        return
    if text.find("\t", start, end) >= 0:
        for row in _ROW.finditer(text, start, end):
            yield start, row.start()
            yield row.span()
            start = row.end()
    yield start, end


def _is_list(paragraph: str) -> bool:
    """Whether each line is an entry of its own: nearly all begin so, and one within ends before it is full, as the next
    one's first word would have fitted."""
    lines = [stripped for line in paragraph.split("\n") if (stripped := line.strip())]
    begun = sum(line[0].isupper() or line[0].isdecimal() for line in lines[1:])
    if len(lines) < _ENTRIES or begun < _BEGUN * (len(lines) - 1) or (widest := max(map(len, lines))) < _WIDE:
        return False
    return any(
        len(line) + 1 + len(after.split(maxsplit=1)[0]) <= _ENOUGH * widest
        for line, after in zip(lines[1:], lines[2:], strict=False)
    )


def sentences(text: str, *, wrapped: bool | None = None) -> list[Span]:
    """The spans of sentences, in order, without the white space around them; none is empty, none overlap.

    `wrapped` as in `paragraphs`: for a part of a document, what the whole document is.
    """
    spans = paragraphs(text, wrapped=wrapped)
    return [span for start, end in spans for span in _in_paragraph(text[start:end], start)]


def _in_paragraph(paragraph: str, offset: int) -> Iterator[Span]:
    # White space becomes blanks of the same length, so that a wrapped line is read as one and offsets stay; sentencex
    # itself fails at "A." with a no-break space before the full stop.
    flat = re.sub(r"\s", " ", paragraph)
    size = len(flat) if len(flat) <= _WHOLE else _WINDOW
    begin = 0
    while begin < len(flat):
        window = flat[begin : begin + size]
        found = _bounded(window)
        if begin + len(window) < len(flat):
            found = found[:-1] or [(0, window.rfind(" ") + 1 or len(window))]
        for start, end in found:
            if trimmed := _trim(paragraph, begin + start, begin + end):
                yield trimmed[0] + offset, trimmed[1] + offset
        begin += found[-1][1] if found and begin + len(window) < len(flat) else len(window)


def _bounded(text: str) -> list[Span]:
    """The sentences of a text, those joined that an abbreviation, a day's ordinal or an item's number parts."""
    found: list[Span] = []
    for start, end in _parted(text):
        if found and (_goes_on(before := text[found[-1][0] : start], text[start:end]) or _NUMBER.fullmatch(before)):
            start = found.pop()[0]
        found.append((start, end))
    return found


def _parted(text: str) -> list[Span]:
    """sentencex's boundaries; it takes all for one sentence behind "•" or "(a)", so that such a mark is left out for it."""
    mark = _MARK.match(text)
    lead = mark.end() if mark else 0
    found = [
        (one["start_index"] + lead, one["end_index"] + lead) for one in sentencex.get_sentence_boundaries("en", text[lead:])
    ]
    return [(0, found[0][1]), *found[1:]] if found else [(0, len(text))]


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence goes on after what is an abbreviation in any language, or a day before its month."""
    word = _LAST_WORD.search(before[-40:])
    if word is None or not (following := after.lstrip()):
        return False
    if word[1].isdecimal():
        return len(word[1]) < 3 and _first(following) in _MONTHS
    if word[1].casefold() in _ABBREVIATIONS:
        return following[0].islower() or bool(_FIGURE.match(following)) or word[1].casefold() in _TITLES
    return len(word[1]) == 1 and (following[0].islower() or following[1:2] == ".")


def _first(text: str) -> str:
    found = re.match(r"\w+", text)
    return found[0].casefold() if found else ""


def _trim(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return None
    start += len(part) - len(part.lstrip())
    return start, start + len(stripped)
