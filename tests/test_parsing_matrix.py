"""The kinds of things people see in files, by what reads the files: right in each, or the reason why it can't be there."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
import yaml
from pptx.util import Inches

from index.parsing.file import READERS, load, parse
from index.passages.chunks import chunk
from index.passages.seen import seen
from index.passages.sentences import is_wrapped, sentences
from index.types import Document
from tests import test_parsing_kinds as kinds
from tests.office_files import changed, make_csv, make_epub, saved
from tests.test_parsing_pdf import pdf_of

Cell = tuple[str, Callable[[], bytes]] | str
"""A file's name and its bytes, or why there is no such thing in these files."""

ROWS = [["Part", "Torque", "Bolt"], *([f"P-{n:03}", f"{n} Nm", f"M{n}"] for n in range(1, 61))]
HTML = "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS) + "</table>"
PIPED = "\n".join(f"| {' | '.join(row)} |" for row in ROWS)
RECORDS = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]


def long_docx() -> bytes:
    document = docx.Document()
    grid = document.add_table(0, 3)
    for row in ROWS:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    return saved(document)


def long_pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    grid = slide.shapes.add_table(len(ROWS), 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for row, texts in zip(grid.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return saved(deck)


def long_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    return saved(book)


def long_odf(kind: str) -> bytes:
    rows = "".join(kinds.ROW.format("".join(kinds.CELL.format("", cell) for cell in row)) for row in ROWS)
    return kinds.odf(f'<table:table table:name="Parts">{rows}</table:table>', kind)


def long_rtf() -> bytes:
    cell, start = r"{}\cell ", r"\trowd\cellx1\cellx2\cellx3 "
    rows = "".join(start + "".join(map(cell.format, row)) + r"\row" for row in ROWS)
    return rf"{{\rtf1\ansi {rows}\pard}}".encode()


def long_pdf() -> bytes:
    pages = [ROWS[:1] + ROWS[1:31], ROWS[:1] + ROWS[31:]]
    return pdf_of(*([(72 + 130 * x, 740 - 20 * y, cell) for y, row in enumerate(own) for x, cell in enumerate(row)]
                    for own in pages))  # fmt: skip


def mail(html: str) -> bytes:
    made = EmailMessage()
    made["Subject"] = "Parts"
    made.set_content(html, subtype="html")
    return made.as_bytes()


def book(html: str) -> bytes:
    return changed(make_epub(), "OEBPS/two.xhtml", "<p>The plant costs 125 million dollars.</p>", html)


PLAIN = "plain text has no {}: what is typed is all there is"
DATA = "its values have no {}"
PICTURE = "what Tesseract reads is lines"
OLD = "xlwt, which writes such files, is no longer kept: data/fleet.xls has it, see test_parsing_kinds"

LONG_TABLE: dict[str, Cell] = {
    "read_text": ("a.txt", PIPED.encode),
    "read_rst": ("a.rst", PIPED.encode),
    "read_markdown": ("a.md", PIPED.encode),
    "read_pdf": ("a.pdf", long_pdf),
    "read_docx": ("a.docx", long_docx),
    "read_pptx": ("a.pptx", long_pptx),
    "read_xlsx": ("a.xlsx", long_xlsx),
    "read_xls": OLD,
    "read_odf": ("a.ods", lambda: long_odf("spreadsheet")),
    "read_rtf": ("a.rtf", long_rtf),
    "read_csv": ("a.csv", lambda: make_csv(ROWS)),
    "read_json": ("a.json", json.dumps(RECORDS).encode),
    "read_yaml": ("a.yaml", yaml.safe_dump(RECORDS, sort_keys=False).encode),
    "read_html": ("a.html", HTML.encode),
    "read_mail": ("a.eml", lambda: mail(HTML)),
    "read_epub": ("a.epub", lambda: book(HTML)),
    "read_picture": PICTURE,
}

MERGED: dict[str, Cell] = {
    "read_text": PLAIN.format("merged cells"),
    "read_rst": "a drawn table is lines as typed",
    "read_markdown": PLAIN.format("merged cells"),
    "read_pdf": "a page draws a merged cell's words once, where they stand",
    "read_docx": ("a.docx", kinds.merged_docx),
    "read_pptx": ("a.pptx", kinds.merged_pptx),
    "read_xlsx": ("a.xlsx", kinds.merged_xlsx),
    "read_xls": OLD,
    "read_odf": ("a.odt", lambda: kinds.odf(kinds.MERGED_ODF)),
    "read_rtf": "striprtf gives the cells of a row and not how far they go",
    "read_csv": DATA.format("merged cells"),
    "read_json": DATA.format("merged cells"),
    "read_yaml": DATA.format("merged cells"),
    "read_html": ("a.html", kinds.MERGED_HTML.encode),
    "read_mail": ("a.eml", lambda: mail(kinds.MERGED_HTML)),
    "read_epub": ("a.epub", lambda: book(kinds.MERGED_HTML)),
    "read_picture": PICTURE,
}

STRUCK_HTML = "<p>The fee is <del>80</del> <s>81</s> 95 euros.</p>"
STRUCK: dict[str, Cell] = {
    "read_text": PLAIN.format("struck out words"),
    "read_rst": "it has no mark for them",
    "read_markdown": ("a.md", b"The fee is ~~80~~ 95 euros.".strip),
    "read_pdf": "a page draws a line over the words: pdfium gives no such line with them",
    "read_docx": ("a.docx", kinds.struck_docx),
    "read_pptx": ("a.pptx", kinds.struck_pptx),
    "read_xlsx": ("a.xlsx", kinds.struck_xlsx),
    "read_xls": OLD,
    "read_odf": ("a.odt", lambda: kinds.odf('<text:p>The fee is <text:span text:style-name="T1">80</text:span> 95 euros.'
                                            "</text:p>", styles=kinds.STRUCK_STYLE)),
    "read_rtf": ("a.rtf", rb"{\rtf1 The fee is {\strike 80} 95 euros.}".strip),
    "read_csv": DATA.format("struck out words"),
    "read_json": DATA.format("struck out words"),
    "read_yaml": DATA.format("struck out words"),
    "read_html": ("a.html", STRUCK_HTML.encode),
    "read_mail": ("a.eml", lambda: mail(STRUCK_HTML)),
    "read_epub": ("a.epub", lambda: book(STRUCK_HTML)),
    "read_picture": PICTURE,
}  # fmt: skip

URI = "data:image/png;base64," + "iVBORw0KGgo" * 6000
PICTURED = f'<p>The fee is 95 euros.</p><img alt="chart" src="{URI}">'
EMBEDDED: dict[str, Cell] = {
    "read_text": ("a.txt", f"The fee is 95 euros. {URI}".encode),
    "read_rst": ("a.rst", f"The fee is 95 euros.\n\n.. image:: {URI}\n".encode),
    "read_markdown": ("a.md", f"The fee is 95 euros.\n\n![chart]({URI})".encode),
    "read_csv": ("a.csv", f"item,picture\nThe fee is 95 euros.,{URI}\n".encode),
    "read_json": ("a.json", json.dumps({"fee": "The fee is 95 euros.", "picture": URI}).encode),
    "read_yaml": ("a.yaml", yaml.safe_dump({"fee": "The fee is 95 euros.", "picture": URI}).encode),
    "read_html": ("a.html", PICTURED.encode),
    "read_mail": ("a.eml", lambda: mail(PICTURED)),
    "read_epub": ("a.epub", lambda: book(PICTURED)),
    **dict.fromkeys(
        ("read_pdf", "read_docx", "read_pptx", "read_xlsx", "read_xls", "read_odf", "read_rtf", "read_picture"),
        "its pictures are parts of their own, which are not read as text",
    ),
}

MATRIX = {"long table": LONG_TABLE, "merged cells": MERGED, "struck out words": STRUCK, "embedded data": EMBEDDED}


def cases(kind: str) -> list[tuple[str, Callable[[], bytes]]]:
    return [cell for cell in MATRIX[kind].values() if not isinstance(cell, str)]


@pytest.mark.parametrize("kind", MATRIX)
def test_every_reader_has_a_file_or_a_reason(kind: str) -> None:
    assert MATRIX[kind].keys() == {reader.__name__ for reader in READERS.values()}
    for reader, cell in MATRIX[kind].items():
        assert cell if isinstance(cell, str) else READERS[Path(cell[0]).suffix].__name__ == reader


@pytest.mark.parametrize(("name", "make"), cases("long table"), ids=lambda given: given if isinstance(given, str) else "")
def test_the_last_row_of_a_long_table_is_seen_below_its_header(name: str, make: Callable[[], bytes]) -> None:
    content = parse(Path(name), make())
    document = Document("d", "default", name, "Parts", "", None, content.text, content.pages, 1, "hash")
    found = chunk(document, lambda texts: [len(text.split()) for text in texts], 60)
    [last] = [one for one in found if "P-060" in one.text]
    own = sentences(last.text, wrapped=is_wrapped(content.text))
    rows = [one.text for one in seen(last.text, own, last.header)]
    assert "Part: P-060; Torque: 60 Nm; Bolt: M60" in rows and len(found) > 2


@pytest.mark.parametrize(("name", "make"), cases("merged cells"), ids=lambda given: given if isinstance(given, str) else "")
def test_a_merged_cell_is_in_every_row_it_covers(name: str, make: Callable[[], bytes]) -> None:
    assert kinds.GRID in parse(Path(name), make()).text


@pytest.mark.parametrize(
    ("name", "make"), cases("struck out words"), ids=lambda given: given if isinstance(given, str) else ""
)
def test_struck_out_words_are_gone(name: str, make: Callable[[], bytes]) -> None:
    text = parse(Path(name), make()).text
    assert "95 euros" in text and "80" not in text


@pytest.mark.parametrize(("name", "make"), cases("embedded data"), ids=lambda given: given if isinstance(given, str) else "")
def test_embedded_data_is_no_text(name: str, make: Callable[[], bytes]) -> None:
    text = parse(Path(name), make()).text
    assert "The fee is 95 euros." in text and "iVBORw0KGgo" not in text and len(text) < 1000


def test_old_excel_has_merged_cells_and_a_header(tmp_path: Path) -> None:
    text = parse(Path("fleet.xls"), load(kinds.DATA / "fleet.xls")).text
    assert "| Hull | L-1 |" in text and "| Hull | L-2 |" in text
