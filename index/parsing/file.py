"""A file in, its text with page offsets, title and date out. Each kind has a reader of its own: bytes in, Content out."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import ReadError
from index.parsing.content import Content as Content
from index.parsing.formats.docx import read_docx
from index.parsing.formats.epub import read_epub
from index.parsing.formats.html import read_html
from index.parsing.formats.mail import read_mail
from index.parsing.formats.odf import read_odf
from index.parsing.formats.pdf import read_pdf
from index.parsing.formats.picture import read_picture
from index.parsing.formats.pptx import read_pptx
from index.parsing.formats.rtf import read_rtf
from index.parsing.formats.tables.csv import read_csv
from index.parsing.formats.tables.data import read_json, read_yaml
from index.parsing.formats.tables.xls import read_xls
from index.parsing.formats.tables.xlsx import read_xlsx
from index.parsing.formats.text import read_markdown, read_rst, read_text
from index.parsing.marked import first_heading
from index.parsing.titles import telling

VERSION = 3
"""Raised whenever files are read otherwise than before: what an older version read is read anew."""

SOURCES = "sources.toml"
"""The file in an ingested folder that gives titles, publishers, dates and starter questions; never a document."""

MAX_BYTES = 200_000_000
"""A file larger than this is listed as failed: it would not fit in memory beside the models."""

MAX_UNPACKED_TEXT, MAX_GROWTH = 1_000_000, 100
"""A text may be so many characters, and so many times as long as its file; a file may say its cells a million times over."""

_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sources:
    """What sources.toml says: facts per file (title, publisher, date), and questions to start with."""

    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()


def find_files(path: Path) -> list[Path]:
    """The documents at or below `path`, in order of name; hidden ones and sources.toml left out.

    Those of a kind that isn't read, pipes and broken links are among them, and refused when they are loaded. Links to
    folders are not followed; folders that can't be entered are passed over.
    """
    if path.is_file():
        return [path]
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if _is_listed(name) and name != SOURCES and not name.startswith((".", "~$")):
                found.append(Path(folder, name))
    return sorted(found)


def _is_listed(name: str) -> bool:
    """Whether a file called so is read, or listed with the reason why it isn't."""
    return (kind := Path(name).suffix.lower()) in READERS or kind in UNREAD


def check_kind(path: Path) -> None:
    """Nothing, where files called so are read.

    Raises:
        ReadError: they are not.
    """
    if advice := UNREAD.get(path.suffix.lower()):
        raise ReadError(f"files of kind {path.suffix} are not read: {advice}")
    if path.suffix.lower() not in READERS:
        raise ReadError(f"files of kind {path.suffix or path.name} are not read; these are: {', '.join(READERS)}")


def load(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        ReadError: the file is of a kind that is not read, can't be opened, or is too large.
    """
    check_kind(path)
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
    try:
        content = READERS[path.suffix.lower()](data)
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # the libraries raise whatever a damaged file leads them to; its words may be the document's
        if _out_of_memory(error):
            raise MemoryError from error
        raise ReadError(f"it is damaged ({type(error).__name__})") from error
    if not content.text.strip():
        raise ReadError("it holds no text")
    if len(content.text) > MAX_UNPACKED_TEXT + MAX_GROWTH * len(data):
        raise ReadError(f"it repeats itself: its {len(data):,} bytes would be {len(content.text):,} characters of text")
    # Half a character of UTF-16 can't be stored; a mark of the same length stands for it.
    text, title, note = (_HALVES.sub("\ufffd", part) for part in (content.text, content.title, content.note))
    if unread := ", ".join(one.name for one in content.attached if not _is_listed(one.name)):
        note = f"attached files are not read: {unread}"
    attached = tuple(one for one in content.attached if _is_listed(one.name))
    title = telling(title) or (title and first_heading(text))
    day = content.date if content.date <= date.today().isoformat() else ""  # nobody writes tomorrow
    return replace(content, text=text, title=title, date=day, note=note, attached=attached)


def _out_of_memory(error: Exception) -> bool:
    """Whether lxml had no memory left, which it tells as a fault of the file."""
    from lxml import etree

    return isinstance(error, etree.XMLSyntaxError) and error.code == etree.ErrorTypes.ERR_NO_MEMORY


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


READERS: dict[str, Callable[[bytes], Content]] = {
    ".txt": read_text,
    ".text": read_text,
    ".log": read_text,
    ".rst": read_rst,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".xls": read_xls,
    ".odt": read_odf,
    ".ods": read_odf,
    ".odp": read_odf,
    ".rtf": read_rtf,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".json": read_json,
    ".jsonl": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".eml": read_mail,
    ".epub": read_epub,
    ".png": read_picture,
    ".jpg": read_picture,
    ".jpeg": read_picture,
    ".tif": read_picture,
    ".tiff": read_picture,
}

UNREAD = {
    ".doc": "save it as .docx",
    ".dot": "save it as .docx",
    ".ppt": "save it as .pptx",
    ".pages": "export it as .docx or PDF",
    ".numbers": "export it as .xlsx",
    ".key": "export it as .pptx or PDF",
    ".wpd": "save it as .docx",
    ".msg": "save the mail as .eml",
    ".mbox": "save its mails as .eml",
    ".pst": "save its mails as .eml",
    ".xps": "print it to PDF",
    ".djvu": "save it as PDF",
    ".mobi": "save it as .epub",
    ".vsd": "export it as PDF",
    ".vsdx": "export it as PDF",
    **dict.fromkeys((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "unpack it, and ingest the files"),
    **dict.fromkeys((".gif", ".bmp", ".webp", ".heic"), "save it as .png or .jpg"),
}
"""Documents that are listed with what to do, as nothing reads them."""


def reader_of(file: str) -> str:
    """What reads files named so; empty where nothing does."""
    reader = READERS.get(Path(file).suffix.lower())
    return reader.__name__ if reader else ""


KINDS = (
    "text, Markdown, PDF, Word, PowerPoint, Excel, OpenDocument, Rich Text, CSV, JSON, YAML, web pages, mails, EPUB, "
    "pictures of text"
)
"""What is read, in words."""
