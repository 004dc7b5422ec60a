"""PDFs by pdfium: the text of each page in the file's own order; scanned pages by `index.parsing.ocr` where that can be."""

from __future__ import annotations

import re
from typing import Any

from index.errors import ReadError
from index.parsing.content import Content, iso_date
from index.parsing.ocr import MISSING, can_recognise, recognise

CHARACTERS = {0x02: "-", 0xFFFE: "-", 0x00: " "}
"""What pdfium writes for a hyphen at a line's end, and for a glyph without a character."""

_COLUMN = 1.2
"""How wide a blank between columns is at least, in heights of a line: those of justified text are narrower."""

_BLANK = re.compile(r"(?<=\S) (?=\S)")
_MARK = re.compile(r"\s*(\W{1,3}|o|\(?\w{1,4}[.)])")


def read_pdf(data: bytes) -> Content:
    """The text of all pages, each starting at its offset in `pages`; pages are parted by an empty line.

    Raises:
        ReadError: it is damaged, protected, or holds no text that can be read.
    """
    import pypdfium2

    pdf = open_pdf(data)
    scanned = 0
    try:
        texts = []
        for page in pdf:
            text = page_text(page)
            if not text.strip() and _has_picture(page):
                scanned += 1
                text = recognise(page) if can_recognise() else text
            texts.append(text)
            page.close()
        facts = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"it is damaged: {error}") from error
    finally:
        pdf.close()
    unread = bool(scanned) and not can_recognise()
    if not any(text.strip() for text in texts):
        raise ReadError(f"its pages are scanned: {MISSING}" if unread else "its pages hold no text")
    pages, offset = [], 0
    for text in texts:
        pages.append(offset)
        offset += len(text) + 2
    note = f"{scanned} scanned page{'s' if scanned > 1 else ''} not read: {MISSING}" if unread else ""
    # A PDF is made when it is published; what changes it later is mostly a stamp or a signature.
    date = iso_date(facts.get("CreationDate")) or iso_date(facts.get("ModDate"))
    return Content("\n\n".join(texts), tuple(pages), facts.get("Title", "").strip(), date, note)


def open_pdf(data: bytes) -> Any:
    """The open file.

    Raises:
        ReadError: it is damaged or protected.
    """
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:  # its reason may be that of the file before: pdfium does not always set one
        raise ReadError("it is protected by a password" if b"/Encrypt" in data else "it is no sound PDF") from error


def page_text(page: Any) -> str:
    """The text that a page of an open file holds by itself; a tab stands between the cells of a table's row."""
    text_page = page.get_textpage()
    text: str = text_page.get_text_bounded()
    if len(text) == text_page.count_chars():  # else some characters are outside the page, and which is not known
        text = _with_tabs(text, text_page)
    text_page.close()
    return text.replace("\r\n", "\n").translate(CHARACTERS)


def _with_tabs(text: str, text_page: Any) -> str:
    """The text with a tab for each blank that is as wide as between two columns, but not behind an item's mark."""
    characters = list(text)
    for blank in _BLANK.finditer(text):
        _, bottom, right, top = text_page.get_charbox(blank.start() - 1, loose=True)
        width = text_page.get_charbox(blank.end(), loose=True)[0] - right
        line = text[text.rfind("\n", 0, blank.start()) + 1 : blank.start()]
        if width > _COLUMN * (top - bottom) and not _MARK.fullmatch(line):
            characters[blank.start()] = "\t"
    return "".join(characters)


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw

    return any(True for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
