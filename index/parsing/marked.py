"""Marked text: how the readers of Office files, web pages and books write headings, items and tables.

The marks are Markdown's, so that one set of rules finds the headings, items and rows of all these kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

MARKED = frozenset(
    ".md .markdown .rst .docx .pptx .xlsx .xlsm .xls .odt .ods .odp .json .jsonl .yaml .yml .html .htm .xhtml .epub "
    ".eml".split()
)
"""The kinds of files whose text has marked headings."""

MOST_COVERED = 1000
"""Columns or rows that a merged cell covers at most; a file may say a million."""

HEADING = re.compile(r"(#{1,6})[ \t]+(?=[^ \t#])")

_HEADING_LINE = re.compile(f"^{HEADING.pattern}(?=\\S)(.+)$", re.MULTILINE)
_LIKE_HEADING = re.compile(r"^(?=[ \t]*#{1,6}[ \t])", re.MULTILINE)


def heading(level: int, text: str) -> str:
    """A heading of level 1 to 6; deeper ones are of level 6."""
    return f"{'#' * min(max(level, 1), 6)} {one_line(text)}" if one_line(text) else ""


def paragraph(text: str) -> str:
    """A paragraph in its own lines; one that would look like a heading is written with a backslash."""
    lines = (one_line(line) for line in text.split("\n"))
    return literal("\n".join(line for line in lines if line))


def literal(text: str) -> str:
    """Text in its own lines and indents, with nothing that looks like a heading."""
    return _LIKE_HEADING.sub(r"\\", text)


def item(text: str, depth: int = 0, mark: str = "-") -> str:
    """A list's item, `depth` lists deep inside others."""
    return f"{'  ' * depth}{mark} {one_line(text)}" if one_line(text) else ""


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table, one row a line; rows without any text are left out. A table of one column is a list of paragraphs.

    What stands alone in the rows above the first that has more, a caption or a note, is a paragraph each.
    """
    filled = [_without_end(cells) for row in rows if any(cells := [one_line(cell) for cell in row])]
    first = next((number for number, row in enumerate(filled) if sum(map(bool, row)) > 1), len(filled))
    above = [paragraph(next(filter(None, row))) for row in filled[:first]]
    return joined([*above, "\n".join(f"| {' | '.join(row)} |" for row in filled[first:])])


def spread(rows: Iterable[Iterable[tuple[str, int, int]]]) -> Iterator[list[str]]:
    """The rows of a table whose cells are (text, columns, rows) that each covers: its text stands wherever it does.

    A cell that fills its row alone is a caption or the head of a part, and stands there once. Two header rows are one:
    the first cell covers both, and another one of the first row some columns that the second names each.
    """
    below: dict[int, tuple[str, int]] = {}
    head: list[str] | None = None
    for number, row in enumerate(rows):
        own = list(row)
        alone = len(own) == 1 and not below
        two = number == 0 and len(own) > 1 and own[0][1:] == (1, 2) and any(columns > 1 for _, columns, _ in own)
        cells: dict[int, str] = {at: text for at, (text, _) in below.items()}
        below = {at: (text, left - 1) for at, (text, left) in below.items() if left > 1}
        at = 0
        for text, columns, height in own:
            for _ in range(1 if alone else min(max(columns, 1), MOST_COVERED)):
                while at in cells:
                    at += 1
                cells[at] = text
                if height > 1:
                    below[at] = (text, min(height, MOST_COVERED) - 1)
        made = [cells.get(at, "") for at in range(max(cells, default=-1) + 1)]
        if head is not None:
            pairs = zip_longest(head, made, fillvalue="")
            yield [" ".join(dict.fromkeys(filter(None, map(one_line, pair)))) for pair in pairs]
        elif not two:
            yield made
        head = made if two else None
    if head is not None:
        yield head


def joined(blocks: Iterable[str]) -> str:
    """The whole text: blocks with an empty line between them, empty ones left out."""
    return "\n\n".join(block for block in blocks if block.strip())


def one_line(text: str) -> str:
    """The words of a text with a blank between them."""
    return " ".join(text.split())


def first_heading(text: str) -> str:
    """The text's first heading, without its mark; empty where there is none."""
    found = _HEADING_LINE.search(text)
    return found[2].rstrip(" \t\r#") if found else ""


def _without_end(row: Sequence[str]) -> Sequence[str]:
    """A row without the empty cells at its end."""
    return row[: max((number for number, cell in enumerate(row, 1) if cell), default=0)]
