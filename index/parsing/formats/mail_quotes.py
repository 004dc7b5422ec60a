"""What a mail quotes of earlier ones, told by its form alone: a mark before each line, or a rule with headers below it."""

from __future__ import annotations

import re
from itertools import groupby

from index.parsing.marked import heading, literal, one_line

DEEPEST = 5
"""Replies to replies that have headings of their own level; deeper ones stay as they are."""

MOST_LINES, MOST_CHARACTERS = 3, 200
"""How long it is what says who wrote the quoted lines below it; programs wrap it."""

_MARK = re.compile(r">[ \t]?")
_HEADERS = re.compile(
    r"^[ \t]*[-_]{5,}.*\n\s*(?P<headers>(?:[ \t]*\*{0,2}[^\W\d_][\w -]{0,19}:\*{0,2}[ \t]+\S.*\n){3,8})", re.MULTILINE
)


def threaded(text: str, who: str, level: int = 1) -> str:
    """The text with what it quotes below headings that say who wrote that, and without the marks before its lines.

    `who` says it of the text itself: that is the heading, of this level, where it goes on below a quotation. Lines that
    are quoted without a word of who wrote them stay as they are.
    """
    if level > DEEPEST:
        return literal(text)
    if headers := _HEADERS.search(text):
        who_below = "; ".join(one_line(line.replace("*", "")) for line in headers["headers"].strip().split("\n"))
        below = threaded(text[headers.end() :], who_below, level + 1)
        above = threaded(text[: headers.start()].rstrip(), who, level)
        return f"{above}\n\n{heading(level + 1, who_below)}\n\n{below.lstrip()}"
    said: list[str] = []
    returned = False
    for quoted, lines in groupby(text.split("\n"), key=lambda line: line.startswith(">")):
        own = list(lines)
        if not quoted:
            said += ["", heading(level, who), ""] if returned and "".join(own).strip() else []
            said += [literal(line) for line in own]
        elif attribution := _attribution(said):
            while said and (not said[-1] or said[-1] in attribution):
                said.pop()
            who_quoted = one_line(" ".join(reversed(attribution)))
            below = threaded("\n".join(_MARK.sub("", line, count=1) for line in own), who_quoted, level + 1)
            said += ["", heading(level + 1, who_quoted), "", below]
            returned = True
        else:
            said += own
    return "\n".join(said)


def _attribution(said: list[str]) -> list[str]:
    """The last lines that were said, the last first, where they end with a colon: "On Monday Ann Lee wrote:"."""
    lines = said[:]
    while lines and not lines[-1].strip():
        lines.pop()
    found: list[str] = []
    while lines and lines[-1].strip() and len(found) <= MOST_LINES:
        found.append(lines.pop())
    fits = found and found[0].rstrip().endswith((":", "："))  # noqa: RUF001
    return found if fits and len(found) <= MOST_LINES and len(" ".join(found)) <= MOST_CHARACTERS else []
