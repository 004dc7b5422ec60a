"""PDFs in the order people read them: columns, heads and feet, sentences that go on over the page."""

from pathlib import Path

import pytest

from index.parsing.file import parse
from index.parsing.pdf_page import boxes
from index.types import Document
from tests.test_parsing_file import make_pdf
from tests.test_parsing_pdf_page import letters, under

LEFT = [
    "In spring the hospital moved its",
    "clinic to the east wing. Patients",
    "register at counter two. Blood is",
    "taken between seven and ten. The",
    "ombudsman holds her office hour",
    "on Wednesday. Flowers are not at",
]
RIGHT = [
    "all welcome on the wards. Lost",
    "property is handed in at the gate.",
    "Letters may be posted in the box",
    "beside the kiosk. Smoking is for",
    "all forbidden within ten steps of",
    "the doors, which are of oak wood.",
]


def drawn(*lines: tuple[float, float, str]) -> str:
    """Lines of text at their places (left and height in points), as `make_pdf` takes a page."""
    placed = "".join(f" ET BT /F1 12 Tf {left} {height} Td ({text}) Tj" for left, height, text in lines)
    return f"){' Tj'}{placed} ET BT (".replace("Tj ET BT (", "Tj (") if placed else ""


def read(*pages: list[tuple[float, float, str]]) -> Document:
    content = parse(Path("a.pdf"), pdf_of(*pages))
    return Document("d", "c", "a.pdf", "A", "", None, content.text, content.pages, 1, "h")


def pdf_of(*pages: list[tuple[float, float, str]]) -> bytes:
    return make_pdf(*(drawn(*page) for page in pages))


def columns(top: float = 700) -> list[tuple[float, float, str]]:
    """Two columns of prose, drawn line by line across the page."""
    lines = []
    for row, (one, other) in enumerate(zip(LEFT, RIGHT, strict=True)):
        lines += [(60, top - 14 * row, one), (330, top - 14 * row, other)]
    return lines


def test_columns_drawn_line_by_line_are_read_one_after_the_other_and_sentences_go_on() -> None:
    assert read(columns()).text.strip() == "\n".join([*LEFT, *RIGHT])


def test_a_passage_of_a_column_is_marked_where_it_stands() -> None:
    import pypdfium2

    data = pdf_of(columns())
    text = parse(Path("a.pdf"), data).text
    passage = "Flowers are not at\nall welcome on the wards."
    start = text.index(passage)
    found = boxes(data, 1, start, start + len(passage))
    assert len(found) == 2
    marked = under(pypdfium2.PdfDocument(data)[0].get_textpage(), found)
    assert sorted(letters(marked)) == sorted(letters(passage))  # they are found in the file's order


def test_a_table_of_short_cells_is_no_columns() -> None:
    rows = [
        ("Bay", "Hoist that is fitted", "Load"),
        *((str(n), f"chain hoist number {n}", f"{n}00 kg") for n in range(1, 9)),
    ]
    lines = [
        (left, 700 - 14 * row, text)
        for row, cells in enumerate(rows)
        for left, text in zip((60, 160, 400), cells, strict=True)
    ]
    assert read(lines).text.strip() == "\n".join("\t".join(row) for row in rows)


def page(number: int, *body: str) -> list[tuple[float, float, str]]:
    """A page with a running head and its number at the foot."""
    lines = [(60, 700 - 14 * row, text) for row, text in enumerate(body)]
    return [(60, 760, "Town of Wexbury"), (420, 760, "Annual report"), *lines, (250, 40, f"Page {number} of 3")]


def test_what_repeats_at_head_and_foot_is_no_text_and_a_sentence_goes_on_over_the_page() -> None:
    document = read(
        page(1, "Nine bridges were inspected last year.", "The new swimming pool in Harrow Street was opened on"),
        page(2, "14 September by the mayor.", "The council met eleven times in that year."),
        page(3, "Roads were mended."),
    )
    first, second, third = document.pages
    assert document.text[first:] == (
        "Town of Wexbury\tAnnual report\nNine bridges were inspected last year.\n"
        "The new swimming pool in Harrow Street was opened on\n"
        "14 September by the mayor.\nThe council met eleven times in that year.\n\nRoads were mended."
    )
    assert document.text[second:].startswith("14 September") and document.text[third:] == "Roads were mended."


@pytest.mark.parametrize("pages", [1, 3])
def test_a_page_keeps_a_last_line_and_the_head_of_a_table_that_goes_on(pages: int) -> None:
    rows = [(60, 700, "Bay"), (200, 700, "Load"), (60, 680, "4"), (200, 680, "300 kg"), (60, 660, "5"), (200, 660, "450 kg")]
    text = read(*[rows] * pages).text
    assert text.count("Bay\tLoad") == pages and text.count("450 kg") == pages
    assert read(*[[(60, 700, "The same on each page")]] * pages).text.count("The same") == pages


def test_what_differs_in_its_figures_is_no_running_head() -> None:
    """Invoices in one file: number and total are what is asked for."""
    said = [(f"Invoice number {n + 1037}", f"Total due {1013 + 7 * n}.00 EUR") for n in range(4)]
    text = read(*([(60, 760, one), (60, 500, "Customer"), (60, 60, other)] for one, other in said)).text
    assert all(one in text and other in text for one, other in said)


def test_a_page_that_is_read_otherwise_now_is_not_marked() -> None:
    data = pdf_of(columns())
    text = parse(Path("a.pdf"), data).text
    assert boxes(data, 1, 0, 10, text) and not boxes(data, 1, 0, 10, "Other words.")
