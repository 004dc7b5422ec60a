import io
import random
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image

from index.errors import ReadError
from index.parsing.file import parse
from index.parsing.pdf_page import MARK, Rectangle, boxes, picture
from index.passages.sentences import is_wrapped, sentences
from index.types import Document
from tests.test_parsing_file import make_pdf

CONTOSO = Path(__file__).parents[2] / "shared" / "data" / "contoso-hr" / "docs"


def pdfs() -> list[bytes]:
    """The Contoso PDFs where they are, else one made here."""
    found = [path.read_bytes() for path in sorted(CONTOSO.glob("*.pdf"))]
    return found or [make_pdf(*(f"Page {number} tells of plant {number * 7}. It makes tons." for number in range(1, 41)))]


def letters(text: str) -> str:
    return "".join(text.split())


def under(text_page: pypdfium2.PdfTextPage, rectangles: list[Rectangle]) -> str:
    """The characters whose middle lies in one of the rectangles."""
    found = ""
    for place in range(text_page.count_chars()):
        left, bottom, right, top = text_page.get_charbox(place)
        x, y = (left + right) / 2, (bottom + top) / 2
        code = pdfium.FPDFText_GetUnicode(text_page.raw, place)
        if any(r[0] <= x <= r[2] and r[1] <= y <= r[3] for r in rectangles):
            found += "-" if code in (0x02, 0xFFFE) else chr(code)
    return found


@pytest.mark.parametrize("data", pdfs())
def test_what_stands_under_the_boxes_is_the_passage(data: bytes) -> None:
    content, pick = parse(Path("a.pdf"), data), random.Random(1)
    ends = [*(start - 2 for start in content.pages[1:]), len(content.text)]
    pdf = pypdfium2.PdfDocument(data)
    for number, (first, last) in enumerate(zip(content.pages, ends, strict=True), 1):
        start = pick.randrange(first, last + 1)
        end = min(last, start + pick.randrange(400))
        found = boxes(data, number, start - first, end - first)
        assert letters(under(pdf[number - 1].get_textpage(), found)) == letters(content.text[start:end])


@pytest.mark.parametrize("data", pdfs())
def test_a_sentence_of_each_page_has_its_page(data: bytes) -> None:
    """What a page holds is asked of pdfium, page by page; the sentence found there must lead back to that page.

    One that goes on over the page stands on both, and its own part on each.
    """
    content = parse(Path("a.pdf"), data)
    document = Document("d", "default", "a.pdf", "A", "", None, content.text, content.pages, 1, "hash")
    pdf = pypdfium2.PdfDocument(data)
    assert len(content.pages) == len(pdf)
    spans = sentences(content.text, wrapped=is_wrapped(content.text))
    ends = [*content.pages[1:], len(content.text)]
    crossing = 0
    for number in range(1, len(pdf) + 1):
        alone = letters(pdf[number - 1].get_textpage().get_text_bounded().translate({0x02: "-", 0xFFFE: "-"}))
        own = [span for span in spans if document.page_at(span[0]) == number]
        assert own or not alone
        for start, end in own:
            here, last = content.text[start : min(end, ends[number - 1])], document.page_at(end - 1)
            assert letters(here) in alone and last in (number, number + 1)
            if last != number:
                crossing += 1
                following = letters(pdf[number].get_textpage().get_text_bounded().translate({0x02: "-", 0xFFFE: "-"}))
                assert letters(content.text[ends[number - 1] : end]) in following
    assert crossing < len(pdf) / 2


def test_the_boxes_of_a_table_s_row_are_one() -> None:
    data = make_pdf("Onsan) Tj ET BT /F1 12 Tf 250 720 Td (Germanium) Tj ET BT /F1 12 Tf 400 720 Td (12")
    text = parse(Path("a.pdf"), data).text
    assert text == "Onsan\tGermanium\t12"
    (box,) = boxes(data, 1, text.index("Germanium"), len(text))
    assert letters(under(pypdfium2.PdfDocument(data)[0].get_textpage(), [box])) == "Germanium12"


def test_a_line_has_one_box_and_two_lines_have_two() -> None:
    data = make_pdf("The plant makes 12 tons.", "It opens in 2028.")
    (one,) = boxes(data, 2, 3, 8)
    assert 72 < one[0] < one[2] < 150 and 700 < one[1] < 720 < one[3] < 740
    assert boxes(data, 1, 5, 5) == []


def test_the_picture_marks_the_passage_and_nothing_else() -> None:
    data = make_pdf("The plant makes 12 tons.")
    plain = Image.open(io.BytesIO(picture(data, 1, [], 1.0)))
    assert plain.size == (612, 792)
    assert MARK not in {color for _, color in plain.getcolors() or []}
    marked = Image.open(io.BytesIO(picture(data, 1, boxes(data, 1, 4, 9), 1.0)))
    yellow = [(x, y) for x in range(612) for y in range(792) if marked.getpixel((x, y)) == MARK]
    (box,) = boxes(data, 1, 4, 9)
    assert yellow
    assert all(box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= 792 - y <= box[3] + 1 for x, y in yellow)


@pytest.mark.parametrize(
    "media", ["[0 0 612 792] /Rotate 90", "[50 90 662 882] /Rotate 270", "[-50 -20 562 772] /Rotate 180"]
)
def test_the_mark_is_on_the_passage_of_a_turned_or_shifted_page(media: str) -> None:
    text = "The plant makes 12 tons."
    data = make_pdf(text).replace(b"[0 0 612 792]", media.encode())
    plain = Image.open(io.BytesIO(picture(data, 1, [], 1.0)))
    marked = Image.open(io.BytesIO(picture(data, 1, boxes(data, 1, 0, len(text)), 1.0)))
    places = [(x, y) for x in range(plain.width) for y in range(plain.height)]
    inked = [place for place in places if sum(plain.getpixel(place)) < 300]
    assert len(inked) > 100
    assert all(marked.getpixel(place)[2] == 0 for place in inked)


def test_a_huge_page_is_drawn_smaller() -> None:
    data = make_pdf("A wall.").replace(b"612 792", b"9e9 9e9")
    assert len(picture(data, 1, [], 50.0)) < 10_000_000


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there_says_so(page: int) -> None:
    with pytest.raises(ReadError, match="no page"):
        boxes(make_pdf("text"), page, 0, 1)
