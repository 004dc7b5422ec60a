"""The lines of a text and what each is by its form: table row, list item, heading, speaker's turn, question, lead-in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HEADING_LENGTH = 80

ENDING = 40
"""How much of a paragraph's end is looked at."""

_ITEM = re.compile(r"([-*+•◦▪‣●○–※]|o(?= )|\(?\d{1,3}[.)]|\(?(?:[a-z]|[ivx]{2,4})[.)])[ \t]+\S")
_GAP = re.compile(r"\t[\t ]*|(?<![.!? ]) {2,}")
_RULE = set(" \t|:+=-")
_LABEL = re.compile(r"[*_]{0,3}([^\W\d_][\w.'’ -]{0,40}?)[*_]{0,3}[:：][*_]{0,3}\s*|[*_]{0,3}([QA])[.)][*_]{0,3}\s+")
_ASKERS = re.compile(r"q|question|interviewer|moderator|host|reporter", re.IGNORECASE)
_CLOSING = r"[\s\"'”’*_)\]]*$"
_QUESTION = re.compile("[?？؟]" + _CLOSING)
_LEAD_IN = re.compile(r"[:：]\W*$")
_CLOSED = re.compile("[.!?:;…。？！：]" + _CLOSING)
_SENTENCE = re.compile("[.!?;,…。！？]" + _CLOSING)
_TITLE = re.compile(r"(?=[\w])[^a-z_][^|\t]*(?<![.,;:!?…])$")
_BOLD = re.compile(r"(\*\*|__)\S.*\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds something: its range without white space around it, and what stands before it."""

    start: int
    end: int
    indent: int
    """In columns, a tab being four."""
    after_gap: bool
    """Whether a blank line, or nothing, is above it."""
    text: str


def lines(text: str) -> list[Line]:
    """The lines of a text, in order, blank ones left out."""
    found, gap = [], True
    for match in re.finditer(r"[^\n]*\n?", text):
        line = match[0].strip()
        if line:
            blanks = match[0][: len(match[0]) - len(match[0].lstrip())]
            start = match.start() + len(blanks)
            found.append(Line(start, start + len(line), len(blanks.expandtabs(4)), gap, line))
        gap = not line
    return found


def is_question(text: str) -> bool:
    """Whether a paragraph ends in a question mark, bold or quoted ones too."""
    return _QUESTION.search(text[-ENDING:]) is not None


def is_lead_in(text: str) -> bool:
    """Whether a paragraph announces the next one: it ends in a colon, or all of it is bold."""
    return _LEAD_IN.search(text[-ENDING:]) is not None or _BOLD.fullmatch(text) is not None


def has_ended(text: str) -> bool:
    """Whether a line ends as a sentence, list or title does, so that the next one begins something."""
    return _CLOSED.search(text[-ENDING:]) is not None or _titled(text)


def item_mark(text: str) -> str:
    """The kind of a list item's mark, the mark itself or `1` or `a`; empty where the text is no item."""
    found = _ITEM.match(text)
    return re.sub(r"\d+", "1", re.sub(r"[a-z]+(?=[.)])", "a", found[1])) if found else ""


def tables(all_lines: Sequence[Line]) -> list[list[Line]]:
    """The rows of each table: two lines or more with cells parted by bars, or as many by tabs or wide gaps."""
    found: list[list[Line]] = []
    shape = (False, 0)
    for line in all_lines:
        previous, shape = shape, _shape(line.text)
        if not shape[1]:
            continue
        if found and not line.after_gap and previous[1] and (shape == previous or shape[0] and previous[0]):
            found[-1].append(line)
        else:
            found.append([line])
    return [rows for rows in found if len(rows) > 1]


def caption(above: Line | None, table: Sequence[Line]) -> str:
    """What a line that stands alone right above a table calls it; empty where it is a sentence, an item or another row."""
    if (
        above is None
        or len(above.text) > HEADING_LENGTH
        or not above.after_gap
        or item_mark(above.text)
        or _shape(above.text)[1]
    ):
        return ""
    return "" if _SENTENCE.search(above.text) or is_rule(table[0].text) else above.text.strip("*_:： ")


def _shape(line: str) -> tuple[bool, int]:
    """Whether a row's cells are parted by bars, and how many there are; 0 where the line is no row."""
    if "|" in line:
        return True, line.count("|") + 1
    gaps = 0 if "\t" not in line and item_mark(line) else len(_GAP.findall(line))
    return False, gaps + 1 if gaps else 0


def is_rule(row: str) -> bool:
    """Whether a row only parts the header from the rest, as |---|---| does."""
    return "-" in row and set(row) <= _RULE


def label(text: str) -> str:
    """What stands before the colon at the start, as a speaker's name does, or a Q or A; empty where nothing does."""
    found = _LABEL.match(text)
    return (found[1] or found[2]).casefold() if found else ""


def speakers(all_lines: Sequence[Line]) -> dict[str, bool]:
    """The labels of turns, and whether each one's bearer asks: by the label itself, or as half the turns are questions.

    A label is a speaker's where another one's turns alternate with its own: it comes back after the other's.
    """
    labels = [(label(line.text), line.text) for line in all_lines]
    turns = Counter(name for name, _ in labels if name)
    asked = Counter(name for name, text in labels if name and is_question(text))
    named = [name for name, _ in labels if turns[name] > 1]
    returns = {one for one, between, other in zip(named, named[1:], named[2:], strict=False) if one == other != between}
    found = returns | {between for one, between in zip(named, named[1:], strict=False) if one in returns}
    return {name: bool(_ASKERS.fullmatch(name)) or 2 * asked[name] >= turns[name] for name in found}


def _titled(line: str) -> bool:
    if len(line) > HEADING_LENGTH or not _TITLE.match(line) or item_mark(line):
        return False
    long = re.findall(r"[^\W\d_]{4,}", line)
    return bool(long) and 2 * sum(word[0].isupper() for word in long) > len(long)
