"""What a mail quotes of earlier ones, told by its form alone: a mark before each line, or a rule with headers below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from index.parsing.marked import heading, literal, one_line

DEEPEST = 5
"""Replies to replies that have headings of their own level; deeper ones stay as they are."""

MOST_LINES, MOST_CHARACTERS = 3, 200
"""How long it is what says who wrote the quoted lines below it; programs wrap it."""

FEWEST, MOST = 3, 8
"""Headers below a rule."""

_MARK = re.compile(r">[ \t]?")
_RULE = re.compile(r"[ \t]*[-_]{5}")
_HEADER = re.compile(r"[ \t]*\*{0,2}[^\W\d_][\w -]{0,19}:\*{0,2}[ \t]+\S")
_SENT = re.compile(r"@|\b\d{1,2}[:.]\d\d\b")
"""What is in the headers of a mail, an address or the time of day, and hardly in another list of names and values."""


def threaded(text: str, who: str, level: int = 1) -> str:
    """The text with what it quotes below headings that say who wrote that, and without the marks before its lines.

    `who` says it of the text itself: that is the heading, of this level, where it goes on below a quotation. Lines that
    are quoted without a word of who wrote them stay as they are.
    """
    if level > DEEPEST:
        return literal(text)
    lines = text.split("\n")
    if found := _headers(lines):
        start, end = found
        who_below = "; ".join(one_line(line.replace("*", "")) for line in lines[start:end])
        above = threaded("\n".join(lines[:start]).rstrip(), who, level)
        below = threaded("\n".join(lines[end:]).lstrip("\n"), who_below, level + 1)
        return f"{above}\n\n{heading(level + 1, who_below)}\n\n{below}"
    said: list[str] = []
    fresh = 0
    for quoted, own in _runs(lines):
        if not quoted:
            said += ["", heading(level, who), ""] if fresh and "".join(own).strip() else []
            said += map(literal, own)
        elif lead := _attribution(said[fresh:]):
            del said[len(said) - lead[1] :]
            while len(said) > fresh and not said[-1].strip():
                said.pop()
            below = threaded("\n".join(_MARK.sub("", line, count=1) for line in own), lead[0], level + 1)
            said += ["", heading(level + 1, lead[0]), "", below]
            fresh = len(said)
        else:
            said += own
    return "\n".join(said)


def _headers(lines: Sequence[str]) -> tuple[int, int] | None:
    """Where the first headers of a mail below a rule begin and end."""
    for number, line in enumerate(lines):
        if not _RULE.match(line):
            continue
        start = next((at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), len(lines))
        end = start
        while end < min(start + MOST, len(lines)) and _HEADER.match(lines[end]):
            end += 1
        if end - start >= FEWEST and any(_SENT.search(one) for one in lines[start:end]):
            return start, end
    return None


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """The lines in runs that are quoted or not; empty ones between quoted lines are among these."""
    runs = [(quoted, list(own)) for quoted, own in groupby(lines, key=lambda line: line.startswith(">"))]
    held: list[str] = []
    for place, (quoted, own) in enumerate(runs):
        between = not quoted and held and place + 1 < len(runs) and not "".join(own).strip()
        if quoted or between:
            held += own
            continue
        if held:
            yield True, held
            held = []
        yield False, own
    if held:
        yield True, held


def _attribution(said: Sequence[str]) -> tuple[str, int] | None:
    """What says who wrote the lines below, where it does ("On Monday Ann Lee wrote:"), and how many lines are taken up."""
    end = len(said)
    while end and not said[end - 1].strip():
        end -= 1
    start = end
    while start and said[start - 1].strip() and end - start <= MOST_LINES:
        start -= 1
    text = one_line(" ".join(said[start:end]))
    fits = text.endswith((":", "："))  # noqa: RUF001
    return (text, len(said) - start) if fits and end - start <= MOST_LINES and len(text) <= MOST_CHARACTERS else None
