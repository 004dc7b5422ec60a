"""What a reader gives of a file, and what readers share: text of any encoding, dates as ISO, sound archives."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from index.errors import ReadError

DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
"""A date as precise as it is known: 2025, 2025-03 or 2025-03-20."""

MAX_UNPACKED = 500_000_000
"""An Office file or book that unpacks to more is refused unread: text of that size would be a hundred thousand pages."""

MAX_ROWS = 50_000
"""A table file with more rows is refused: some ten thousand passages, ten minutes of embedding on two cores."""

SHORTER = "save the part that is asked about as a file of its own"

_TEMPLATES = (datetime(2013, 12, 23, 23, 15), datetime(2013, 1, 27, 9, 14, 16), datetime(2013, 1, 27, 9, 15, 58))
"""When the templates were last changed that python-docx and python-pptx begin a file with."""

_LOOKED_AT = 4000
"""Bytes by which UTF-16 without a mark is told."""

_DATA = re.compile(r"data:[\w.+/\\-]*(?:;[\w=.-]+)*;base64,(?:[A-Za-z0-9+/=%]|\\/){40,}")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within a file, as a mail carries them; its name is a sound one, and no other's there."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds. `pages` has the offset of each page's first character.

    `title` and `date` (2025, 2025-03 or 2025-03-20) are empty where none is stated. `note` says what of the file was
    left unread, if anything was. What is `attached` is to be read as files of their own.
    """

    text: str
    pages: tuple[int, ...] = ()
    title: str = ""
    date: str = ""
    note: str = ""
    attached: tuple[Attached, ...] = ()

    def __post_init__(self) -> None:
        if self.date and not DATE.fullmatch(self.date):
            raise ValueError(f"{self.date!r} is no date as 2025, 2025-03 or 2025-03-20")


def decode(data: bytes) -> str:
    """The decoded text, newlines untouched. A byte-order mark of UTF-8 stays: it is a character of the file.

    Raises:
        ReadError: it is not text.
    """
    try:
        text = data.decode(_wide(data) or "utf-8")
    except UnicodeDecodeError:
        import charset_normalizer

        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise ReadError("it is not text in any known encoding") from None
        text = data.decode(best.encoding)
    if "\0" in text:
        raise ReadError("it is not text: it holds zero bytes")
    return text


def _wide(data: bytes) -> str:
    """The form of UTF-16 that data is in, by its mark or by the zeros in every other place; empty where it is in none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    first, second = data[:_LOOKED_AT:2].count(0), data[1:_LOOKED_AT:2].count(0)
    few, many = sorted((first, second))
    if few or many < len(data[:_LOOKED_AT]) / 8:  # a zero in every fourth character at least: its blanks and marks
        return ""
    return "utf-16-le" if second else "utf-16-be"


def without_data(text: str) -> str:
    """The text without pictures and other data written into it as letters: they hold no word."""
    return _DATA.sub("", text)


def iso_date(stated: object) -> str:
    """The day of a date however a file states it, as 2025-03-20; its year or month where no more is said; else empty."""
    if isinstance(stated, datetime):
        return stated.date().isoformat()
    if isinstance(stated, date):
        return stated.isoformat()
    text = str(stated or "").strip().removeprefix("D:")  # as dates of PDFs begin
    if packed := re.match(r"(\d{4})(\d\d)(\d\d)(?:\D|\d{6}|$)", text):
        text = "-".join(packed.groups())
    found = re.match(r"\d{4}(-\d\d(-\d\d)?)?(?![\w-])|\d{4}-\d\d-\d\d(?=T)", text)
    if found and DATE.fullmatch(found[0]) and found[0] >= "1000":
        return found[0]
    return ""


def last_change(facts: Any) -> str:
    """The day that an Office file states as that of its last change, else as that it was made.

    A template's own is none: programs that write files leave it there.
    """
    stated = facts.modified or facts.created
    return "" if stated and stated.replace(tzinfo=None) in _TEMPLATES else iso_date(stated)


def unpack(data: bytes) -> zipfile.ZipFile:
    """The archive that an Office file or book is.

    Raises:
        ReadError: it is none, or it unpacks to too much.
    """
    if data.startswith(_OLE):
        raise ReadError(
            "it is protected by a password, or of an Office before 2007: save it again without, or in the new form"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise ReadError(f"it is damaged: {error}") from error
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise ReadError("it is protected by a password")
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_UNPACKED:
        raise ReadError(f"unpacked it would be {size:,} bytes: {MAX_UNPACKED:,} at most")
    return archive
