"""Spreadsheets of Excel before 2007, by xlrd: each sheet below a heading with its name, values as shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.parsing.content import MAX_ROWS, SHORTER, Content
from index.parsing.formats.tables.number_format import shown
from index.parsing.formats.tables.sheets import Merged, filled, hidden_note, workbook


def read_xls(data: bytes) -> Content:
    """The text of a workbook; hidden sheets are left out.

    Raises:
        ReadError: it is protected or damaged, or has too many rows.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=_Nowhere())
    except xlrd.XLRDError as error:
        protected = "encrypt" in str(error).lower() or "password" in str(error).lower()
        raise ReadError("it is protected by a password" if protected else "it is no sound Excel file") from error
    sheets = [sheet for sheet in book.sheets() if not sheet.visibility]
    if sum(sheet.nrows for sheet in sheets) > MAX_ROWS:
        raise ReadError(f"it has more than {MAX_ROWS:,} rows: {SHORTER}")
    text = workbook((sheet.name, filled(_rows(book, sheet), _merged(sheet))) for sheet in sheets)
    return Content(text, note=hidden_note(book.nsheets - len(sheets)))


class _Nowhere:
    """Where xlrd's complaints go: they may hold a document's words."""

    def write(self, _: str) -> None:
        """Drop it."""

    def flush(self) -> None:
        """Nothing is kept."""


def _merged(sheet: Any) -> list[Merged]:
    """The merged cells of a sheet, which xlrd counts from 0 to behind the last."""
    return [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells]


def _rows(book: Any, sheet: Any) -> Iterator[list[str]]:
    """The rows of a sheet as text."""
    for row in range(sheet.nrows):
        yield [_cell(book, sheet, row, column) for column in range(sheet.row_len(row))]


def _cell(book: Any, sheet: Any, row: int, column: int) -> str:
    import xlrd

    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) or book.font_list[style.font_index].struck_out:
        return ""
    if kind == xlrd.XL_CELL_BOOLEAN:
        return str(bool(value)).upper()
    if kind == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(value, book.datemode)
        if value < 1:
            return str(moment.time().isoformat("minutes"))
        return str(moment.date().isoformat() if value == int(value) else moment.isoformat(" ", "minutes"))
    if kind == xlrd.XL_CELL_NUMBER:
        form = book.format_map.get(style.format_key)
        return shown(int(value) if value == int(value) else value, form.format_str if form else "General")
    return str(value)
