"""Spreadsheets: each sheet below a heading with its name, one row a line, values as shown. Formulas are never computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from index.errors import ReadError
from index.parsing.content import MAX_ROWS, SHORTER, Content, last_change, unpack
from index.parsing.formats.tables.number_format import shown
from index.parsing.formats.tables.sheets import Merged, filled, hidden_note, workbook

_WITHOUT_RESULT = re.compile(rb"(?:</f>|<f [^<>]*/>)\s*(?:(?:<v\s*/>|<v></v>)\s*)?</c>")

_MERGED = re.compile(rb"""<mergeCell [^>]*?ref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']""")

MAX_CELLS = 1_000_000
"""Cells of a file, empty ones between others too: under a minute of reading."""


SHEET = 1_048_576
"""Rows of a sheet at most: one that says it is further down would have all rows above it made."""


def read_xlsx(data: bytes) -> Content:
    """The text of a workbook, with its title and the day it was last changed; hidden sheets are left out.

    Raises:
        ReadError: it has too many rows or cells.
    """
    archive = unpack(data)
    import openpyxl

    values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    # Reading all twice takes twice as long, and is only needed where a program wrote formulas without computing them.
    computed = not any(_WITHOUT_RESULT.search(archive.read(name)) for name in archive.namelist() if "/worksheets/" in name)
    formulas = values if computed else openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    strikes = any(font.strike for font in values._fonts)
    left = [MAX_ROWS, MAX_CELLS]
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    text = workbook(
        (sheet.title, filled(_rows(sheet, formulas[sheet.title], left, strikes), _merged(archive, sheet)))
        for sheet in sheets
    )
    facts = values.properties
    note = hidden_note(len(values.worksheets) - len(sheets))
    return Content(text, title=(facts.title or "").strip(), date=last_change(facts), note=note)


def _merged(archive: zipfile.ZipFile, sheet: Any) -> list[Merged]:
    """The merged cells of a sheet."""
    from openpyxl.utils import range_boundaries

    found = _MERGED.findall(archive.read(sheet._worksheet_path))
    return [range_boundaries(one.decode()) for one in found[:MAX_ROWS]]


def _rows(sheet: Any, formulas: Any, left: list[int], strikes: bool) -> Iterator[list[str]]:
    """The rows of a sheet as text; `left` holds how many rows and cells may still come. `strikes`: some font strikes out."""
    sheet.reset_dimensions()  # what a file says of its size may be false
    formulas.reset_dimensions()
    both = (
        ((row, row) for row in sheet.iter_rows())
        if formulas is sheet
        else zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
    )
    for number, (row, sources) in enumerate(both, 1):
        if number > SHEET:
            raise ReadError(f"it is damaged: a sheet has more than {SHEET:,} rows")
        left[1] -= len(row)
        cells = [
            "" if strikes and cell.value is not None and cell.font.strike else _cell(cell, source)
            for cell, source in zip(row, sources, strict=True)
        ]
        left[0] -= any(cells)
        if min(left) < 0:
            raise ReadError(f"it has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells: {SHORTER}")
        yield cells


def _cell(cell: Any, source: Any) -> str:
    """A cell's value as shown; of a formula without a stored result, the formula itself."""
    value = cell.value
    if value is None:
        return str(source.value) if source is not cell and source.data_type == "f" else ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return shown(value, cell.number_format or "General")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)
