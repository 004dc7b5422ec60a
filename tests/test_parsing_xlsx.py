from pathlib import Path

import openpyxl
import pytest

from index.errors import ReadError
from index.parsing.file import parse
from index.parsing.formats.tables import xlsx as read_xlsx
from index.parsing.formats.tables.number_format import shown
from tests.office_files import changed, make_xlsx, saved


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (1250000, "#,##0", "1,250,000"),
        (1250000, '"$"#,##0.00', "$1,250,000.00"),
        (1250.5, "[$€-407] #,##0.00", "€ 1,250.50"),
        (12, '0 "tons"', "12 tons"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (-5, "#,##0;[Red]-#,##0", "-5"),
        (-5, "0.0", "-5.0"),
        (5, "_-* #,##0.00_-", "5.00"),
        (0.1 + 0.2, "General", "0.3"),
        (12, "General", "12"),
        (1e20, "General", "1e+20"),
        (0.5, "# ?/?", "0.5"),
        (12345, "0.00E+00", "12345"),
        (12345678, "#,##0,", "12345678"),
        (7, "@", "7"),
        (7, "", "7"),
        (7, ";;;", "7"),
        (7, "\\##", "#7"),
    ],
)
def test_numbers_are_as_the_sheet_shows_them(value: float, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_values_are_as_shown_and_dates_as_iso() -> None:
    content = parse(Path("a.xlsx"), make_xlsx())
    assert "| Onsan | 2028-01-15 | 12.5 | 12.5% | $1,250,000 |" in content.text
    assert "| Name | Works | 2025-03-20 09:30 |" in content.text


def test_a_formula_shows_its_stored_result_or_else_itself() -> None:
    data = make_xlsx()
    assert "| Sum |  | =SUM(C2:C2) |" in parse(Path("a.xlsx"), data).text
    computed = changed(data, "xl/worksheets/sheet1.xml", "<f>SUM(C2:C2)</f>", "<f>SUM(C2:C2)</f><v>12.5</v>")
    assert "| Sum |  | 12.5 |" in parse(Path("a.xlsx"), computed).text


def test_hidden_sheets_are_left_out_and_said_to_be() -> None:
    content = parse(Path("a.xlsx"), make_xlsx())
    assert "Secret" not in content.text and content.note == "1 hidden sheet not read"


@pytest.mark.parametrize("limit", ["MAX_ROWS", "MAX_CELLS"])
def test_too_many_rows_or_cells_are_refused_with_the_limit(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_xlsx, limit, 2)
    with pytest.raises(ReadError, match="more than"):
        parse(Path("a.xlsx"), make_xlsx())


def test_empty_rows_and_cells_at_the_ends_are_left_out() -> None:
    book = openpyxl.Workbook()
    book.active["C5"], book.active["D9"] = "deep", True
    assert parse(Path("a.xlsx"), saved(book)).text == "## Sheet\n\ndeep\n\nTRUE"


def test_a_workbook_without_values_holds_no_text() -> None:
    with pytest.raises(ReadError, match="no text"):
        parse(Path("a.xlsx"), saved(openpyxl.Workbook()))
