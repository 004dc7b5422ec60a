"""The table in an answer's text, if it has one: found again, and laid out in columns for a terminal or as Markdown.

A line that opens with a tab names the columns, all but the first, which two tabs before it say has a name too; each line
after it that has a tab is a row. Prose never opens with a tab.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

WIDTH = 100
"""Characters of a table in a terminal, as far as its columns leave room."""

LABEL = 18
"""Those of its first column, which says what a row is about."""

NARROWEST = 8
"""Those of any other column at least."""

Row = list[str]


def blocks(text: str, line_break: str = "\n") -> Iterator[tuple[str, list[Row]]]:
    """The parts of a text in order: its prose with no rows, or the rows of a table, the columns' names first."""
    prose: list[str] = []
    rows: list[Row] = []
    for line in text.split(line_break):
        if line.startswith("\t") or (rows and "\t" in line):
            if prose:
                yield line_break.join(prose), []
                prose = []
            if rows and line.startswith("\t\t"):  # the next table
                yield "", rows
                rows = []
            rows.append(line.removeprefix("\t\t").split("\t"))
            continue
        if rows:
            yield "", rows
            rows = []
        prose.append(line)
    if prose:
        yield line_break.join(prose), []
    if rows:
        yield "", rows


def columns(rows: list[Row]) -> str:
    """A table for a terminal: cells broken at blanks, a line below each row."""
    width = max(NARROWEST, (WIDTH - LABEL) // max(1, len(rows[0]) - 1) - 2)
    widths = [LABEL, *[width] * (len(rows[0]) - 1)]
    lines: list[str] = []
    for row in rows:
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=False)]
        for place in range(max(map(len, cells))):
            parts = [
                (cell[place] if place < len(cell) else "").ljust(size) for cell, size in zip(cells, widths, strict=False)
            ]
            lines.append("  ".join(parts).rstrip())
        lines.append("-" * (sum(widths) + 2 * len(widths) - 2))
    return "\n".join(lines)


def markdown_table(rows: list[Row]) -> str:
    """A table as Markdown, its cells already escaped."""
    head, *others = ["| " + " | ".join(cell.strip() for cell in row) + " |" for row in rows]
    return "\n".join([head, "|" + " --- |" * len(rows[0]), *others])
