"""Tables as text, CSV and TSV: the delimiter is found by trying, each row is written as a line."""

from __future__ import annotations

import csv
import io
from collections import Counter

from index.errors import ReadError
from index.parsing.content import MAX_ROWS, SHORTER, Content, decode, without_data
from index.parsing.marked import table

_DELIMITERS = ",;\t|"
_LOOKED_AT = 100
"""Rows by which the delimiter is found."""


def read_csv(data: bytes) -> Content:
    """The rows of a table; quoted cells may hold delimiters and line breaks.

    Raises:
        ReadError: it is not text, has too many rows, or a cell too long for a table.
    """
    text = without_data(decode(data).removeprefix("\ufeff"))
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)):
            if len(rows) == MAX_ROWS:
                raise ReadError(f"it has more than {MAX_ROWS:,} rows: {SHORTER}")
            rows.append(row)
    except csv.Error as error:
        raise ReadError(f"it is no table: {error}") from error
    return Content(table(rows))


def delimiter(text: str) -> str:
    """The character that parts the first rows most alike: into the same number of cells, and of those the most."""
    best, found = (0, 0), ","
    for mark in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        try:
            lengths = Counter(len(row) for row, _ in zip(reader, range(_LOOKED_AT), strict=False) if row)
        except csv.Error:
            continue
        width, rows = max(lengths.items(), key=lambda one: (one[0] > 1, one[1], one[0]), default=(0, 0))
        if width > 1 and (rows, width) > best:
            best, found = (rows, width), mark
    return found
