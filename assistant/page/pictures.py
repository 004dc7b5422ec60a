"""The file that a document was read from, and the printed page that a citation stands on, as a picture with the passage
marked."""

from __future__ import annotations

import hashlib

from index.errors import ReadError
from index.ingest.walk import path_of, read_whole
from index.library.library import Library
from index.types import Document


def has_picture(document: Document, library: Library) -> bool:
    """Whether a picture of the document's pages may be made: it is a PDF, and its current version."""
    current = library.current(document.id)
    return document.file.lower().endswith(".pdf") and current is not None and current.version == document.version


def original(document: Document, library: Library) -> bytes | None:
    """The file as it was read; None where it is no longer that one, or the document is no longer its current version."""
    current = library.current(document.id)
    if current is None or current.version != document.version:
        return None
    for file in library.files(document_id=document.id):
        if file.reason:  # its present content couldn't be read: the document is of an earlier one
            continue
        try:
            data = read_whole(path_of(file))
        except (ReadError, OSError):
            continue
        if not file.hash or hashlib.sha256(data).hexdigest() == file.hash:
            return data
    return None


def page_picture(document: Document, start: int, end: int, library: Library) -> bytes | None:
    """The page of the character at `start` as PNG, the lines of `[start, end)` on it marked.

    None where the file is no longer the one that was read, or can't be drawn.
    """
    page = document.page_at(start)
    if page is None or not has_picture(document, library):
        return None
    from index.parsing.pdf_page import boxes, picture

    first = document.pages[page - 1]
    last = document.pages[page] if page < len(document.pages) else len(document.text)
    data = original(document, library)
    if data is None:
        return None
    try:
        return picture(data, page, boxes(data, page, start - first, min(end, last) - first, document.text[first:last]))
    except ValueError:
        return None
