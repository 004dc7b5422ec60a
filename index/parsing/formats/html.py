"""Web pages: headings, paragraphs, lists and tables of what a reader sees. Scripts, styles and menus are left out.

Nothing that a page refers to is fetched. The markup of mails and books is read here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from index.parsing.content import Content, decode, iso_date
from index.parsing.marked import first_heading, heading, item, joined, literal, one_line, paragraph, spread, table

_UNSEEN = set(
    "script style noscript template head title svg math iframe object nav button select input textarea form "
    "del s strike".split()
)
"""Nor is what was struck out said any more."""

_INLINE = set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)
_DATES = (
    "article:published_time citation_publication_date dcterms.issued dc.date.issued dcterms.date dc.date dcterms.created "
    "datepublished date pubdate publication_date article:modified_time dcterms.modified last-modified"
).split()


def read_html(data: bytes) -> Content:
    """The text of a page, with its title and the day it was published, or else last changed."""
    text = decode(data).removeprefix("\ufeff") if not _declared(data) else data.decode(_declared(data), "replace")
    return page(text)


def page(markup: str) -> Content:
    """What a page's markup holds."""
    from lxml import etree, html

    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    try:
        root = html.document_fromstring(markup)
    except etree.ParserError:  # an empty page
        return Content("")
    mains = root.xpath("//main|//*[@role='main']")
    body = mains[0] if mains and mains[0].text_content().strip() else root.find("body")
    text = joined(_blocks(body if body is not None else root, 0))
    named = {(one.get("property") or one.get("name") or one.get("itemprop") or "").lower(): one for one in root.iter("meta")}
    stated = named["og:title"].get("content", "") if "og:title" in named else root.findtext(".//title") or ""
    return Content(text, title=one_line(stated) or first_heading(text), date=_date(root, named))


def _declared(data: bytes) -> str:
    """The encoding that the page names, where Python knows it."""
    if found := re.search(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", data[:2048]):
        try:
            return "" if "\0".encode(name := found[1].decode()) != b"\0" else name
        except (LookupError, UnicodeError):
            return ""
    return ""


def _date(root: Any, named: dict[str, Any]) -> str:
    """The date by the page's facts, or by those for search engines, or by the first time element of an article."""
    stated = [named[name].get("content") for name in _DATES if name in named]
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json":
            stated += re.findall(r'"datePublished"\s*:\s*("[^"]*")', script.text or "")[:1]
    stated += [one.get("datetime") for one in root.xpath("//article//time[@datetime]")[:1]]
    return next(filter(None, map(iso_date, (_unquoted(one) for one in stated))), "")


def _unquoted(stated: str | None) -> str:
    return str(json.loads(stated)) if stated and stated.startswith('"') else stated or ""


def _blocks(parent: Any, depth: int) -> Iterator[str]:
    """The blocks of an element, in order; text between its block elements is a paragraph. `depth` counts lists around."""
    inline: list[str] = [parent.text or ""]
    for child in parent.iterchildren():
        if _is_inline(child):
            inline.append(_inline(child))
        elif _is_seen(child):
            yield paragraph(_flowed(inline))
            inline = []
            yield from _block(child, depth)
        inline.append(child.tail or "")
    yield paragraph(_flowed(inline))


def _block(element: Any, depth: int) -> Iterator[str]:
    tag = element.tag
    if re.fullmatch("h[1-6]", tag):
        yield heading(int(tag[1]), _inline(element))
    elif tag == "table":
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        yield from (paragraph(_inline(caption)) for caption in element.iterchildren("caption"))
        if _lays_out(element, rows):
            for cell in (cell for row in rows for cell in row.iterchildren("td", "th")):
                yield from _blocks(cell, depth)
        else:
            yield table(spread([_cell(cell) for cell in row.iterchildren("td", "th")] for row in rows))
    elif tag == "dl":
        yield from _terms(element, depth)
    elif tag == "pre":
        yield literal(element.text_content().strip("\n"))
    elif tag in ("ul", "ol", "menu"):
        for number, one in enumerate(element.iterchildren("li"), 1):
            yield from _item(one, depth, f"{number}." if tag == "ol" else "-")
    else:
        yield from _blocks(element, depth)


def _lays_out(element: Any, rows: list[Any]) -> bool:
    """Whether a table lays out the page: it holds other tables, and none of its own cells names a column."""
    named = any(True for row in rows for _ in row.iterchildren("th"))
    return not named and any(True for _ in element.iterdescendants("table"))


def _cell(cell: Any) -> tuple[str, int, int]:
    """A cell's text and the columns and rows that it covers; a table within it is told row by row."""
    spans = ((cell.get(name) or "1").strip() for name in ("colspan", "rowspan"))
    columns, height = (int(span) if span.isdecimal() and len(span) < 7 else 1 for span in spans)
    return _told(cell), columns, height


def _told(cell: Any) -> str:
    """What a cell says, the rows of tables within it parted by semicolons."""
    if next(cell.iterdescendants("table"), None) is None:
        return _inline(cell)
    parts = [cell.text or ""]
    for child in cell.iterchildren():
        if child.tag == "table":
            rows = (row for row in child.iter("tr") if next(row.iterancestors("table")) is child)
            told = (" ".join(one_line(_told(one)) for one in row.iterchildren("td", "th")) for row in rows)
            parts.append("; ".join(filter(None, told)))
        elif isinstance(child.tag, str) and _is_seen(child):
            parts.append(_told(child))
        parts.append(child.tail or "")
    return " ".join(filter(None, map(one_line, parts)))


def _terms(element: Any, depth: int) -> Iterator[str]:
    """A list of terms, each in one paragraph with what is said of it."""
    terms: list[str] = []
    for one in filter(_is_seen, element.iterchildren("dt", "dd", "div")):
        if one.tag == "div":
            yield from _terms(one, depth)
        elif one.tag == "dt":
            terms.append(one_line(_inline(one)))
        else:
            head, blocks = ", ".join(filter(None, terms)), [block for block in _blocks(one, depth) if block]
            if head and blocks and "\n" not in blocks[0]:
                yield paragraph(f"{head}: {blocks[0]}")
                yield from blocks[1:]
            else:
                yield from [paragraph(head), *blocks]
            terms = []
    yield from map(paragraph, terms)


def _item(element: Any, depth: int, mark: str) -> Iterator[str]:
    """A list's item: its first block bears the mark."""
    blocks = [block for block in _blocks(element, depth + 1) if block]
    for number, block in enumerate(blocks):
        yield item(block, depth, mark) if number == 0 and "\n" not in block else block


def _is_seen(element: Any) -> bool:
    hidden = element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", "").lower()
    return element.tag not in _UNSEEN and not hidden


def _is_inline(element: Any) -> bool:
    """Whether an element is part of a line of text: of comments nothing is seen."""
    if not isinstance(element.tag, str):
        return True
    return element.tag == "br" or element.tag in _INLINE and all(map(_is_inline, element.iterchildren()))


def _inline(element: Any) -> str:
    """The text of an element in one paragraph; line breaks are kept as such."""
    if not isinstance(element.tag, str) or not _is_seen(element):
        return ""
    if element.tag == "br":
        return "\v"
    inner = "".join(_inline(child) + (child.tail or "") for child in element.iterchildren())
    between = "" if element.tag in _INLINE else " "
    if element.tag in ("abbr", "acronym") and (whole := one_line(element.get("title") or "")):
        inner += f" ({whole})"
    return f"{between}{element.text or ''}{inner}{between}"


def _flowed(parts: list[str]) -> str:
    """Text as a page flows it: its own line breaks are blanks."""
    return "\n".join(one_line(line) for line in "".join(parts).split("\v"))
