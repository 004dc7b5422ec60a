"""A passage on its page of a PDF: the boxes around its characters, and a picture of the page with them marked.

Offsets count from the page's first character in the stored text: `start - document.pages[page - 1]`.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from index.errors import ReadError
from index.parsing.formats.pdf import open_pdf, page_text
from index.parsing.formats.pdf_layout import CHARACTERS, Laid

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top in points, from the page's lower left corner as the PDF counts."""

MARK = (255, 214, 0)
"""The marker's colour, a yellow that black text stays readable below."""

MOST_DOTS = 20_000_000
"""A picture is drawn smaller than asked for where it would have more: 60 MB of memory."""


def boxes(data: bytes, page: int, start: int, end: int, stored: str | None = None) -> list[Rectangle]:
    """The boxes around the characters [start, end) of a page, numbered from 1: one for each line, in order.

    None for text that Tesseract found, as the file itself doesn't know where that stands; nor where the page is read
    otherwise now than it is `stored`.

    Raises:
        ReadError: the file is no sound PDF, or has no such page.
    """
    pdf = open_pdf(data)
    try:
        text_page = _page(pdf, page).get_textpage()
        found = page_text(pdf, page - 1)
        if stored is not None and found.text.rstrip() != stored.rstrip():
            return []
        places = itertools.islice(_places(found, text_page), start, end)
        return list(_by_line([text_page.get_charbox(place, loose=True) for place in places if place is not None]))
    finally:
        pdf.close()


def picture(data: bytes, page: int, rectangles: Sequence[Rectangle], scale: float = 2.0) -> bytes:
    """The page as a PNG of `scale` dots per point, with the rectangles marked.

    Raises:
        ReadError: the file is no sound PDF, or has no such page.
    """
    from PIL import Image, ImageChops, ImageDraw

    pdf = open_pdf(data)
    try:
        own = _page(pdf, page)
        width, height = own.get_size()
        bitmap = own.render(scale=min(scale, (MOST_DOTS / max(width * height, 1)) ** 0.5))
        drawn = bitmap.to_pil().convert("RGB")
        marks = Image.new("RGB", drawn.size, "white")
        brush, place = ImageDraw.Draw(marks), bitmap.get_posconv(own)
        for left, bottom, right, top in rectangles:
            (x1, y1), (x2, y2) = place.to_bitmap(left, bottom), place.to_bitmap(right, top)
            brush.rectangle((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)), fill=MARK)
        target = io.BytesIO()
        ImageChops.multiply(drawn, marks).save(target, "PNG")  # as a marker pen does: dark stays dark
        return target.getvalue()
    finally:
        pdf.close()


def _page(pdf: Any, number: int) -> Any:
    if not 1 <= number <= len(pdf):
        raise ReadError(f"it has no page {number}, but {len(pdf)}")
    return pdf[number - 1]


def _places(found: Laid, text_page: Any) -> Iterator[int | None]:
    """For each character of a page its number in pdfium; None for white space, which stands nowhere."""
    if found.places:
        shown = zip(found.text, found.places, strict=True)
        yield from (None if one.isspace() or place < 0 else place for one, place in shown)
    else:
        yield from _searched(found.text, text_page)


def _searched(text: str, text_page: Any) -> Iterator[int | None]:
    """The same where pdfium's text is its characters in order without those outside the page."""
    import pypdfium2.raw as pdfium

    count, at = text_page.count_chars(), 0
    for character in text:
        found = at
        while found < count and not _is(character, pdfium.FPDFText_GetUnicode(text_page.raw, found)):
            found += 1
        if found == count:
            yield None
        else:
            yield found if not character.isspace() else None
            at = found + 1


def _is(character: str, code: int) -> bool:
    """Whether a character of the stored text is this one of pdfium's."""
    return character == (CHARACTERS.get(code) or chr(code))


def _by_line(characters: Sequence[Rectangle]) -> Iterator[Rectangle]:
    """One box around neighbours of a line: those that overlap by half their height and follow each other."""
    line: Rectangle | None = None
    for box in characters:
        if line and _same_line(line, box):
            line = (min(line[0], box[0]), min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3]))
            continue
        if line:
            yield line
        line = box
    if line:
        yield line


def _same_line(line: Rectangle, box: Rectangle) -> bool:
    height = min(line[3] - line[1], box[3] - box[1])
    overlap = min(line[3], box[3]) - max(line[1], box[1])
    return overlap >= height / 2 and box[0] >= line[0] - height
