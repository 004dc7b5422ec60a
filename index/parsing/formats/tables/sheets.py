"""What the readers of workbooks share: sheets below their names, merged cells, and what is said of hidden sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from index.parsing.marked import MOST_COVERED, heading, joined, table

Merged = tuple[int, int, int, int]
"""The cells that one covers: first column and row, last column and row, from 1."""


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[str]]]]) -> str:
    """The text of sheets, each a name and rows; empty ones left out."""
    told = ((name, table(rows)) for name, rows in sheets)
    return joined(block for name, rows in told if rows for block in (heading(2, name), rows))


def hidden_note(hidden: int) -> str:
    """That so many sheets were left out; empty where none was."""
    return f"{hidden} hidden sheet{'s' if hidden > 1 else ''} not read" if hidden else ""


def filled(rows: Iterable[list[str]], merged: Sequence[Merged]) -> Iterator[list[str]]:
    """The rows with the text of a merged cell wherever it covers; one that fills its row alone stands there once."""
    starting: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for left, top, right, bottom in merged:
        starting[top].append((left, right, bottom))
    open_: list[tuple[int, int, int, str]] = []
    for number, cells in enumerate(rows, 1):
        open_ = [one for one in open_ if one[2] >= number]
        for left, right, bottom in starting.get(number, ()):
            if left <= len(cells) and cells[left - 1]:
                alone = sum(map(bool, cells)) == 1 and right > left
                open_.append((left, left if alone else min(right, left + MOST_COVERED), bottom, cells[left - 1]))
        for left, right, _, text in open_:
            cells += [""] * (right - len(cells))
            cells[left - 1 : right] = [text] * (right - left + 1)
        yield cells
