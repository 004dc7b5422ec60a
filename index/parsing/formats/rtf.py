"""Rich Text: striprtf reads the words; before that, what is struck out, deleted or hidden is taken from the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.parsing.content import Content, iso_date
from index.parsing.marked import joined, one_line, paragraph, table

_TOKEN = re.compile(rb"\\([a-z]+)(-?\d+)? ?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.IGNORECASE | re.DOTALL)
_UNSAID = {b"strike", b"striked", b"deleted", b"v"}
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def read_rtf(data: bytes) -> Content:
    """The text of a Rich Text file, with its title and the day it was last changed.

    Raises:
        ReadError: it is none.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ReadError("it is no Rich Text: it does not begin with {\\rtf")
    page = _CODE_PAGE.search(data[:2000])
    encoding = f"cp{page[1].decode()}" if page else "cp1252"
    text = _text(b"".join(_said(data)), encoding)
    title = re.search(rb"\{\\title ([^{}]*)\}", data)
    stated = _text(b"{\\rtf1 " + title[1] + b"}", encoding) if title else ""
    return Content(joined(_blocks(text)), title=one_line(stated), date=_date(data))


def _text(source: bytes, encoding: str) -> str:
    from striprtf import striprtf

    try:
        "".encode(encoding)
    except LookupError:
        encoding = "cp1252"
    read: Any = striprtf.rtf_to_text
    return str(read(source.decode("latin-1"), encoding=encoding, errors="replace"))


def _said(data: bytes) -> Iterator[bytes]:
    """The source without the words that are struck out, deleted or hidden; such a mark holds to the end of its group."""
    unsaid: list[set[bytes]] = [set()]
    for token in _TOKEN.finditer(data):
        word = (token[1] or b"").lower()
        if token[0] == b"{":
            unsaid.append(set(unsaid[-1]))
        elif token[0] == b"}" and len(unsaid) > 1:
            unsaid.pop()
        elif word in _UNSAID:
            (unsaid[-1].discard if token[2] == b"0" else unsaid[-1].add)(word)
        elif word == b"plain":
            unsaid[-1].clear()
        if not unsaid[-1] or (word and word != b"u") or token[0] in (b"{", b"}"):
            yield token[0]


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, and tables, whose cells striprtf ends with bars."""
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if line.rstrip().endswith("|"):
            rows.append(line.rstrip().removesuffix("|").split("|"))
            continue
        if rows:
            yield table(rows)
            rows = []
        yield paragraph(line)


def _date(data: bytes) -> str:
    """The day it was last changed, else made."""
    for name in (b"revtim", b"creatim"):
        if found := re.search(rb"\{\\" + name + rb"\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})", data):
            year, month, day = (int(part) for part in found.groups())
            return iso_date(f"{year:04}-{month:02}-{day:02}")
    return ""
