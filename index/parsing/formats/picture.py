"""Pictures of text, a photograph or scan, by Tesseract where it is installed."""

from __future__ import annotations

import io

from index.errors import ReadError
from index.parsing.content import Content
from index.parsing.ocr import MISSING, can_recognise, recognise_picture

_MOST_PAGES = 200
"""Pictures in one file, as of a scanned TIFF."""


def read_picture(data: bytes) -> Content:
    """What Tesseract reads in a picture, in each of them where a file has several.

    Raises:
        ReadError: Tesseract is not installed, or finds no text.
    """
    if not can_recognise():
        raise ReadError(f"it is a picture: {MISSING}")
    from PIL import Image, ImageSequence

    texts = []
    with Image.open(io.BytesIO(data)) as picture:
        for number, page in enumerate(ImageSequence.Iterator(picture)):
            if number == _MOST_PAGES:
                raise ReadError(f"it has more than {_MOST_PAGES} pages: save it as PDF")
            texts.append(recognise_picture(page.convert("L")))
    if not any(texts):
        raise ReadError("Tesseract finds no text in it")
    pages, offset = [], 0
    for text in texts:
        pages.append(offset)
        offset += len(text) + 2
    return Content("\n\n".join(texts), tuple(pages) if len(texts) > 1 else ())
