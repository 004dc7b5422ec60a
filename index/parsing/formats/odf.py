"""OpenDocument texts, sheets and slides: headings, paragraphs, lists and tables, read from the XML by lxml.

odfpy and odfdo give elements, or a text of their own making, and either way the order and the merged cells are ours to find.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from index.errors import ReadError
from index.parsing.content import MAX_ROWS, SHORTER, Content, iso_date, unpack
from index.parsing.marked import MOST_COVERED, first_heading, heading, item, joined, one_line, paragraph, spread, table

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW, _OFFICE, _STYLE, _PRESENTATION = (
    f"{{{_NAMES}{name}:1.0}}" for name in ("text", "table", "drawing", "office", "style", "presentation")
)
_UNSAID = {_TEXT + name for name in ("tracked-changes", "table-of-content", "note-citation", "sequence-decls")}
_UNSAID |= {_OFFICE + "annotation", _PRESENTATION + "notes"}
_LINE = _STYLE + "text-line-through-style"
_DEEPEST = 8


def read_odf(data: bytes) -> Content:
    """The text of an OpenDocument file, with its title and the day it was last changed.

    Raises:
        ReadError: it is protected, holds no content, or has too many rows.
    """
    archive = unpack(data)
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
        raise ReadError("it is protected by a password")
    content = _xml(_part(archive, "content.xml"))
    body = content.find(f"{_OFFICE}body")
    if body is None or not len(body):
        raise ReadError("it is damaged: it has no content")
    struck = {
        style.get(_STYLE + "name")
        for style in content.iter(_STYLE + "style")
        if any(one.get(_LINE) not in (None, "none") for one in style.iter(_STYLE + "text-properties"))
    }
    text = joined(_Reader(struck).blocks(body[0]))
    facts = _part(archive, "meta.xml")
    named = {one.tag.rpartition("}")[2]: one_line("".join(one.itertext())) for one in _xml(facts).iter()} if facts else {}
    title = named.get("title", "") or first_heading(text)
    return Content(text, title=title, date=iso_date(named.get("date") or named.get("creation-date")))


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except KeyError:
        return b""


def _xml(data: bytes) -> Any:
    from lxml import etree

    if not data:
        raise ReadError("it is damaged: a part of it is missing")
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


class _Reader:
    """The blocks of a document; `struck` are the styles whose words are struck out."""

    def __init__(self, struck: set[Any]) -> None:
        self._struck = struck
        self._left = MAX_ROWS

    def blocks(self, parent: Iterable[Any], depth: int = 0) -> Iterator[str]:
        """The blocks below an element, in order; `depth` counts lists around."""
        for number, element in enumerate((one for one in parent if isinstance(one.tag, str)), 1):
            tag = element.tag
            if tag in _UNSAID:
                continue
            if tag == _TEXT + "h":
                yield heading(int(element.get(_TEXT + "outline-level") or 1), self._words(element))
            elif tag == _TEXT + "p":
                yield from self._paragraph(element)
            elif tag == _TEXT + "list":
                yield from self._list(element, depth)
            elif tag == _TABLE + "table":
                rows = table(spread(self._rows(element)))
                if rows and element.getparent().tag == _OFFICE + "spreadsheet":
                    yield heading(2, element.get(_TABLE + "name") or "")
                yield rows
            elif tag == _DRAW + "page":
                yield heading(2, f"Slide {number}")
                yield from self.blocks(element, depth)
            else:
                yield from self.blocks(element, depth)

    def _paragraph(self, element: Any) -> Iterator[str]:
        """The paragraph, then what is anchored in it: frames, and its footnotes."""
        if element.get(_TEXT + "style-name") not in self._struck:
            yield paragraph(self._words(element))
        yield from self._anchored(element)

    def _anchored(self, element: Any) -> Iterator[str]:
        """What is anchored in a paragraph."""
        kinds = (_DRAW + "frame", _TEXT + "note-body")
        held = list(element.iter(*kinds))
        for inner in held:
            if not set(held).isdisjoint(inner.iterancestors(*kinds)):
                continue  # it comes with what it lies in
            if inner.tag == _TEXT + "note-body":
                yield from (f"Footnote: {block}" for block in self.blocks(inner) if block)
            else:
                yield from self.blocks(inner)

    def _list(self, element: Any, depth: int) -> Iterator[str]:
        for one in element.iterchildren(_TEXT + "list-item", _TEXT + "list-header"):
            for inner in one:
                if inner.tag == _TEXT + "list":
                    yield from self._list(inner, min(depth + 1, _DEEPEST))
                elif inner.tag in (_TEXT + "p", _TEXT + "h"):
                    yield item(self._words(inner), depth)
                    yield from self._anchored(inner)
                elif isinstance(inner.tag, str):
                    yield from self.blocks([inner], depth)

    def _rows(self, element: Any) -> Iterator[list[tuple[str, int, int]]]:
        """A table's rows of (text, columns, rows covered); a file repeats cells and rows by a number."""
        for row in _inside(element):
            cells: list[tuple[str, int, int]] = []
            for cell in row.iterchildren(_TABLE + "table-cell"):
                columns, height = (_number(cell, f"number-{name}-spanned") for name in ("columns", "rows"))
                said = (one for one in cell.iter(_TEXT + "p", _TEXT + "h") if not any(one.iterancestors(*_UNSAID)))
                own = (" ".join(filter(None, (one_line(self._words(one)) for one in said))), columns, height)
                cells += [own] * (min(_number(cell, "number-columns-repeated"), MOST_COVERED) if own[1] == 1 else 1)
            while cells and cells[-1] == ("", 1, 1):
                cells.pop()
            times = min(_number(row, "number-rows-repeated"), MAX_ROWS) if cells else 1
            self._left -= times if cells else 0
            if self._left < 0:
                raise ReadError(f"it has more than {MAX_ROWS:,} rows: {SHORTER}")
            yield from [cells] * times

    def _words(self, element: Any) -> str:
        """What an element says in one paragraph."""
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                name = child.tag
                if name == _TEXT + "s":
                    parts.append(" " * min(_count(child.get(_TEXT + "c")), 100))
                elif name == _TEXT + "tab":
                    parts.append("\t")
                elif name == _TEXT + "line-break":
                    parts.append("\n")
                elif name not in (_TEXT + "note", _DRAW + "frame", *_UNSAID) and (
                    child.get(_TEXT + "style-name") not in self._struck
                ):
                    parts.append(self._words(child))
            parts.append(child.tail or "")
        return "".join(parts)


def _inside(element: Any) -> Iterator[Any]:
    """A table's own rows, also those of its header and of groups."""
    for child in element:
        if child.tag == _TABLE + "table-row":
            yield child
        elif (
            isinstance(child.tag, str) and child.tag.startswith(_TABLE + "table-") and child.tag.endswith(("rows", "group"))
        ):
            yield from _inside(child)


def _number(element: Any, name: str) -> int:
    return _count(element.get(_TABLE + name))


def _count(stated: str | None) -> int:
    return int(stated) if stated and stated.isdecimal() and len(stated) < 8 else 1
