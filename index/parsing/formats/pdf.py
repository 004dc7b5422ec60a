"""PDFs by pdfium: the text of each page as people read it; scanned pages by `index.parsing.ocr` where that can be."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

from index.errors import ReadError
from index.parsing.content import Content, iso_date
from index.parsing.formats.pdf_layout import Laid, Page, between, laid, page_of
from index.parsing.ocr import MISSING, can_recognise, recognise


def read_pdf(data: bytes) -> Content:
    """The text of all pages, each starting at its offset in `pages`; pages are parted by an empty line.

    Raises:
        ReadError: it is damaged, protected, or holds no text that can be read.
    """
    import pypdfium2

    pdf = open_pdf(data)
    scanned = 0
    try:
        drawn: dict[int, Page] = {}
        recognised: dict[int, str] = {}
        for number, page in enumerate(pdf):
            drawn[number] = page_of(page)
            if not drawn[number].characters.strip() and _has_picture(page):
                scanned += 1
                recognised[number] = recognise(page) if can_recognise() else ""
            page.close()
        facts = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"it is damaged: {error}") from error
    finally:
        pdf.close()
    unread = bool(scanned) and not can_recognise()
    none = array("i")  # the places are wanted for one page at a time: see `page_text`
    laid_out = [Laid(recognised[n], none) if recognised.get(n) else replace(laid(drawn, n), places=none) for n in drawn]
    if not any(page.text.strip() for page in laid_out):
        raise ReadError(f"its pages are scanned: {MISSING}" if unread else "its pages hold no text")
    text, pages = "", []
    for before, page in zip([None, *laid_out], laid_out, strict=False):
        text += between(before, page) if before else ""
        pages.append(len(text))
        text += page.text
    note = f"{scanned} scanned page{'s' if scanned > 1 else ''} not read: {MISSING}" if unread else ""
    # A PDF is made when it is published; what changes it later is mostly a stamp or a signature.
    date = iso_date(facts.get("CreationDate")) or iso_date(facts.get("ModDate"))
    return Content(text, tuple(pages), facts.get("Title", "").strip(), date, note)


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


def page_text(pdf: Any, number: int) -> Laid:
    """A page of an open file, numbered from 0, as `read_pdf` reads it."""
    near = range(max(number - 2, 0), min(number + 3, len(pdf)))
    return laid({one: page_of(pdf[one]) for one in near}, number)


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw

    return any(True for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
