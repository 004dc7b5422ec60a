"""A file in, its text with page offsets out: plain text and Markdown in any encoding, and the text of PDFs."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import ReadError

SOURCES = "sources.toml"
"""The file in an ingested folder that gives titles, publishers, dates and starter questions; never a document."""

MAX_BYTES = 200_000_000
"""A file larger than this is listed as failed: it would not fit in memory beside the models."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds. `pages` has the offset of each page's first character; `title` is empty where none is stated."""

    text: str
    pages: tuple[int, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What sources.toml says: facts per file (title, publisher, date), and questions to start with."""

    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()


def find_files(path: Path) -> list[Path]:
    """The files of kinds that are read at or below `path`, in order of name; hidden ones and sources.toml left out.

    A pipe or a broken link is among them, and refused when it is loaded. Links to folders are not followed; folders that
    can't be entered are passed over.
    """
    if path.is_file():
        return [path]
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if Path(name).suffix.lower() in READERS and name != SOURCES and not name.startswith("."):
                found.append(Path(folder, name))
    return sorted(found)


def load(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        ReadError: the file is of a kind that is not read, can't be opened, or is too large.
    """
    if path.suffix.lower() not in READERS:
        raise ReadError(f"files of kind {path.suffix or path.name} are not read; these are: {', '.join(READERS)}")
    try:
        # Without waiting: a pipe has nobody at its other end.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ReadError("it is a pipe, a device or a folder, not a file")
            if status.st_size > MAX_BYTES:
                raise ReadError(f"{status.st_size:,} bytes are too many: {MAX_BYTES:,} at most")
            return file.read()
    except OSError as error:
        raise ReadError(f"it can't be opened: {error.strerror}") from error


def parse(path: Path, data: bytes) -> Content:
    """What the bytes of the file at `path` hold.

    Raises:
        ReadError: they are empty, damaged or not text.
    """
    content = READERS[path.suffix.lower()](data)
    if not content.text.strip():
        raise ReadError("it holds no text")
    return content


def read_sources(folder: Path) -> Sources:
    """What `folder`'s sources.toml says; empty where there is none.

    Raises:
        ReadError: the file is there but can't be understood.
    """
    path = folder / SOURCES
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Sources()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReadError(f"{path} can't be read: {error}") from error
    documents, questions = content.get("documents", {}), content.get("questions", [])
    if not isinstance(questions, list) or not isinstance(documents, dict):
        raise ReadError(f"{path}: `questions` is a list of strings, `documents` a table per file")
    return Sources({file: _facts(path, file, facts) for file, facts in documents.items()}, tuple(map(str, questions)))


def _facts(path: Path, file: str, facts: Any) -> dict[str, str]:
    if not isinstance(facts, dict) or not set(facts) <= {"title", "publisher", "date"}:
        raise ReadError(f"{path}: a document has title, publisher and date; {file} has something else")
    return {name: str(value) for name, value in facts.items()}


def _read_text(data: bytes) -> Content:
    return Content(_decode(data))


def _read_markdown(data: bytes) -> Content:
    text = _decode(data)
    # The marks at a heading's end are taken off below: a pattern that does so is hours with a line of a million of them.
    heading = re.search(r"^#{1,6}[ \t]+(?=[^ \t\r\n])(.*)", text, re.MULTILINE)
    return Content(text, title=heading[1].rstrip(" \t\r#") if heading else "")


def _decode(data: bytes) -> str:
    """The decoded text, newlines untouched. A byte-order mark of UTF-8 stays: it is a character of the file."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        import charset_normalizer

        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise ReadError("it is not text in any known encoding") from None
        text = data.decode(best.encoding)
    if "\0" in text:
        raise ReadError("it is not text: it holds zero bytes")
    return text


_PDF_CHARACTERS = {0x02: "-", 0xFFFE: "-", 0x00: " "}
"""What pdfium writes for a hyphen at a line's end, and for a glyph without a character."""


def _read_pdf(data: bytes) -> Content:
    """The text of all pages, each starting at its offset in `pages`; pages are parted by an empty line."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        hint = "it is protected by a password" if "password" in str(error).lower() else f"it is no sound PDF ({error})"
        raise ReadError(hint) from error
    try:
        texts = []
        for page in pdf:
            text_page = page.get_textpage()
            text = text_page.get_text_bounded().replace("\r\n", "\n")
            texts.append(text.translate(_PDF_CHARACTERS))
            text_page.close()
            page.close()
        title = pdf.get_metadata_value("Title").strip()
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"it is damaged: {error}") from error
    finally:
        pdf.close()
    if not any(text.strip() for text in texts):
        raise ReadError("its pages hold no text; scanned pages are not read yet")
    pages, offset = [], 0
    for text in texts:
        pages.append(offset)
        offset += len(text) + 2
    return Content("\n\n".join(texts), tuple(pages), title)


READERS: dict[str, Callable[[bytes], Content]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".pdf": _read_pdf,
}
