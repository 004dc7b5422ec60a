"""What holds of every format: exact spans, places, titles and dates, and nothing fetched or run."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from index.errors import ReadError
from index.parsing import content as content_module
from index.parsing.content import Content, iso_date
from index.parsing.file import parse
from index.passages.chunks import chunk
from index.passages.sentences import is_wrapped, sentences
from index.types import Chunk, Document
from tests.office_files import (
    CONTAINER,
    KINDS,
    PACKAGE,
    TABLE,
    added,
    changed,
    make_csv,
    make_epub,
    zipped,
)
from tests.test_parsing_file import make_pdf


def read(name: str, data: bytes) -> Content:
    return parse(Path(name), data)


def chunks(name: str, content: Content, limit: int = 25) -> list[Chunk]:
    document = Document("d", "default", name, "A", "", None, content.text, content.pages, 1, "hash")
    return chunk(document, lambda texts: [len(text.split()) for text in texts], limit)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("limit", [8, 25, 200])
def test_chunks_and_sentences_of_every_format_are_exact(name: str, limit: int) -> None:
    content = read(name, KINDS[name]())
    found = chunks(name, content, limit)
    assert found
    end = 0
    for piece in found:
        assert content.text[piece.start : piece.end] == piece.text
        assert content.text[end : piece.start].strip() == ""
        for start, stop in sentences(piece.text, wrapped=is_wrapped(content.text)):
            sentence = content.text[piece.start + start : piece.start + stop]
            assert sentence == piece.text[start:stop] and sentence.strip() == sentence != ""
        end = piece.end
    assert content.text[end:].strip() == ""


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.csv", "a.html"])
def test_a_table_has_a_row_a_line_and_its_header_above_the_later_ones(name: str) -> None:
    content = read(name, KINDS[name]())
    rows = [f"| {' | '.join(row)} |" for row in TABLE]
    assert "\n".join(rows) in content.text
    last = next(piece for piece in chunks(name, content, 40) if rows[2] in piece.text)
    assert rows[0] in last.header + last.text


def test_later_rows_of_a_long_table_carry_the_header() -> None:
    rows = [["Plant", "Tons"], *([f"Plant {number}", str(number)] for number in range(100))]
    found = chunks("a.csv", read("a.csv", make_csv(rows)), 60)
    assert len(found) > 9
    assert {piece.header for piece in found[1:]} == {"| Plant | Tons |"}


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.docx", "Order the furnace.", "Plans > Steps"),
        ("a.docx", "people: 40", "Costs"),
        ("a.pptx", "It makes 12 tons a year.", "Slide 1: Germanium in Korea"),
        ("a.pptx", "Say that the furnace is ordered.", "Slide 1: Germanium in Korea"),
        ("a.pptx", "| Onsan | Germanium | 12 |", "Slide 2: Plants"),
        ("a.xlsx", "Onsan", "Output"),
        ("a.xlsx", "Works", "People"),
        ("a.html", "Build the hall.", "Plans > Steps"),
        ("a.epub", "125 million", "Costs"),
    ],
)
def test_a_chunk_knows_its_sheet_slide_or_heading(name: str, text: str, place: str) -> None:
    found = next(piece for piece in chunks(name, read(name, KINDS[name]())) if text in piece.text)
    assert found.heading == place


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a.docx", "Plans for germanium"),
        ("a.pptx", "Germanium in Korea"),
        ("a.html", "Plans for germanium"),
        ("a.eml", "Plans für germanium"),
        ("a.epub", "Plans for germanium"),
    ],
)
def test_title_and_date_are_what_the_file_states(name: str, title: str) -> None:
    content = read(name, KINDS[name]())
    assert (content.title, content.date) == (title, "2025-03-20")


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2025-03-20T09:30:00Z", "2025-03-20"),
        ("2025-03-20", "2025-03-20"),
        ("D:20250320093000+01'00'", "2025-03-20"),
        ("20250320", "2025-03-20"),
        ("2025-03", "2025-03"),
        ("2025", "2025"),
        ("2025-13-01", ""),
        ("0101-01-01", ""),
        ("yesterday", ""),
        ("20250", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_dates_are_iso_or_empty(stated: str | None, date: str) -> None:
    assert iso_date(stated) == date


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx", ".epub"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", zipped({"a.txt": "text"})])
def test_an_archive_that_is_no_document_says_so(suffix: str, data: bytes) -> None:
    with pytest.raises(ReadError, match="damaged|password"):
        read(f"a{suffix}", data)


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
def test_a_truncated_archive_says_so(name: str) -> None:
    data = KINDS[name]()
    for part in range(1, 10):
        with pytest.raises(ReadError, match="damaged"):
            read(name, data[: len(data) * part // 10])


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
def test_an_archive_that_unpacks_to_too_much_is_refused_unread(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_module, "MAX_UNPACKED", 100)
    with pytest.raises(ReadError, match="unpacked it would be"):
        read(name, KINDS[name]())


@pytest.mark.parametrize(
    ("name", "part", "before"),
    [
        ("a.docx", "word/document.xml", "The plant in Onsan"),
        ("a.pptx", "ppt/slides/slide1.xml", "The plant opens"),
        ("a.xlsx", "xl/worksheets/sheet1.xml", "Onsan"),
        ("a.epub", "OEBPS/one .xhtml", "The plant in Onsan"),
        ("a.epub", "OEBPS/book.opf", "Plans for germanium"),
    ],
)
def test_external_entities_are_never_read(tmp_path: Path, name: str, part: str, before: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    data = KINDS[name]()
    entity = f'<!DOCTYPE any [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = re.search(r"<\w[^>]*>", archive.read(part).decode())
    assert root
    data = changed(data, part, root[0], entity + root[0])
    data = changed(data, part, before, "&x;" + before)
    try:
        found = read(name, data)
    except ReadError:
        return
    assert "the secret" not in found.text + found.title


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
def test_macros_are_neither_run_nor_text(name: str) -> None:
    data = KINDS[name]()
    assert read(name, added(data, "word/vbaProject.bin", b"Sub AutoOpen()")).text == read(name, data).text


def test_a_protected_book_says_so() -> None:
    locked = (
        '<e><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></e>'
    )
    with pytest.raises(ReadError, match="protected against copying"):
        read("a.epub", added(make_epub(), "META-INF/encryption.xml", locked))


def test_a_book_without_its_chapter_says_so() -> None:
    with pytest.raises(ReadError, match="damaged"):
        read("a.epub", zipped({"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": PACKAGE}))


def test_halves_of_characters_are_replaced_one_for_one() -> None:
    mail = b"Subject: a\nContent-Type: text/plain; charset=utf-7\n\nIt is +2AA- here.\n"
    text = read("a.eml", mail).text
    assert "It is \ufffd here." in text
    text.encode()


def test_a_row_of_a_table_in_a_pdf_is_a_line_with_a_tab_between_its_cells() -> None:
    rows = [["Plant", "Metal", "Tons"], ["Onsan", "Germanium", "12"], ["Guangxi", "Germanium", "60"]]
    cells = "".join(
        f" ET BT /F1 12 Tf {72 + 150 * column} {600 - 20 * row} Td ({cell}) Tj"
        for row, texts in enumerate(rows)
        for column, cell in enumerate(texts)
    )
    listed = " ET BT /F1 12 Tf 72 400 Td (1.) Tj ET BT /F1 12 Tf 110 400 Td (An item of a list) Tj"
    content = read("a.pdf", make_pdf(f"The plants:) Tj{cells}{listed} ("))
    assert content.text.split("\n")[1:] == [
        "Plant\tMetal\tTons",
        "Onsan\tGermanium\t12",
        "Guangxi\tGermanium\t60",
        "1. An item of a list",
    ]
