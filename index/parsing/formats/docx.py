"""Word files: paragraphs, lists, tables and footnotes in their order, headings marked. Macros and links are never followed.

python-docx opens the file and knows its styles; the order is read from the XML, since its own iterator leaves out content
controls and tracked insertions. Deleted text and tables of contents, which repeat the headings, are left out.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from index.parsing.content import Content, last_change, unpack
from index.parsing.marked import MOST_COVERED, first_heading, heading, item, joined, paragraph, table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {_FALLBACK, *(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "tcPr", "delText", "instrText"))}
_SPACES = {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-", _W + "p": "\n", _W + "tc": "\n"}


_DEEPEST = 8
"""How deep a list's item is at most, in Word; a file may say a million."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What a style or paragraph is: its level as a heading, its list and depth, and whether it is of a table of contents."""

    level: int | None = None
    list_id: str = ""
    depth: int = 0
    contents: bool = False


@dataclass(slots=True)
class _State:
    """What is known while a file is read: its styles, kinds of lists, footnotes, and how far each list has counted."""

    styles: dict[str, _Form]
    marks: dict[tuple[str, int], str]
    notes: dict[str, str]
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)


def read_docx(data: bytes) -> Content:
    """The text of a Word file, with its title and the day it was last changed."""
    unpack(data)
    import docx

    document = docx.Document(io.BytesIO(data))
    state = _State(_styles(document.styles.element), _marks(document), _footnotes(document))
    text = joined(_blocks(document.element.body, state))
    facts = document.core_properties
    return Content(text, title=(facts.title or "").strip() or first_heading(text), date=last_change(facts))


def _blocks(parent: Any, state: _State) -> Iterator[str]:
    for element in parent.iterchildren(tag=None):
        if element.tag == _W + "p":
            yield from _paragraph(element, state)
        elif element.tag == _W + "tbl":
            yield table(_rows(element))
            yield from (f"Footnote: {note}" for note in _noted(element, state))
        elif element.tag not in _LEFT_OUT and isinstance(element.tag, str):
            yield from _blocks(element, state)


def _paragraph(element: Any, state: _State) -> Iterator[str]:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    form = _form(element.find(_W + "pPr"), state.styles.get(style.get(_W + "val") if style is not None else "", _Form()))
    text = "".join(_text(element))
    if form.contents or not text.strip():
        return
    if form.level is not None:
        yield heading(form.level, text)
    elif form.list_id:
        state.counts[form.list_id, form.depth] += 1
        for deeper in range(form.depth + 1, 10):
            state.counts.pop((form.list_id, deeper), None)
        counted = state.marks.get((form.list_id, form.depth)) == "decimal"
        yield item(text, form.depth, f"{state.counts[form.list_id, form.depth]}." if counted else "-")
    else:
        yield paragraph(text)
    yield from (f"Footnote: {note}" for note in _noted(element, state))


def _text(element: Any) -> Iterator[str]:
    for node in element.iterchildren(tag=None):
        if node.tag == _W + "r" and _is_struck(node):
            continue
        if node.tag in (_W + "t", _MATH_TEXT):
            yield node.text or ""
        elif node.tag not in _LEFT_OUT:
            yield _SPACES.get(node.tag, "")
            yield from _text(node)


def _is_struck(run: Any) -> bool:
    """Whether a line goes through the words of a run: they are no longer said."""
    marks = [run.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike")]
    return any(mark is not None and mark.get(_W + "val") not in ("0", "false", "off") for mark in marks)


def _rows(element: Any) -> Iterator[list[str]]:
    """The cells of each row; a merged one stands wherever it covers."""
    above: dict[int, str] = {}
    for row in _inside(element, "tr"):
        cells: list[str] = []
        own = list(_inside(row, "tc"))
        for cell in own:
            merged, span = (cell.find(f"{_W}tcPr/{_W}{name}") for name in ("vMerge", "gridSpan"))
            continues = merged is not None and merged.get(_W + "val") != "restart"
            text = above.get(len(cells), "") if continues else "".join(_text(cell))
            columns = int(span.get(_W + "val", 1)) if span is not None and len(own) > 1 else 1
            for _ in range(min(max(columns, 1), MOST_COVERED)):
                above[len(cells)] = text
                cells.append(text)
        yield cells


def _inside(parent: Any, name: str) -> Iterator[Any]:
    """A table's rows or a row's cells, also those within content controls."""
    for child in parent.iterchildren(tag=None):
        if child.tag == _W + name:
            yield child
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml"):
            yield from _inside(child, name)


def _form(properties: Any, style: _Form) -> _Form:
    """What a paragraph is by its own properties, and by its style's where they say nothing."""
    if properties is None:
        return style
    level, number, depth = (properties.find(_W + path) for path in ("outlineLvl", f"numPr/{_W}numId", f"numPr/{_W}ilvl"))
    list_id = style.list_id if number is None else number.get(_W + "val", "")
    return _Form(
        style.level if level is None else _level(level.get(_W + "val", "")),
        "" if list_id == "0" else list_id,
        style.depth if depth is None else min(int(depth.get(_W + "val", 0)), _DEEPEST),
        style.contents,
    )


def _level(outline: str) -> int | None:
    """The level of a heading, from 1; Word's 9 is ordinary text."""
    return int(outline) + 1 if outline in tuple("012345678") else None


def _styles(element: Any) -> dict[str, _Form]:
    """What paragraphs of each style are, by the style's id; built-in names are English in every language's files."""
    found: dict[str, _Form] = {}
    waiting = {style.get(_W + "styleId", ""): style for style in element.findall(_W + "style")}
    while waiting:
        ready = [key for key, style in waiting.items() if _based_on(style) not in waiting]
        for key in ready or list(waiting):  # styles based on each other in a circle are taken as based on none
            style = waiting.pop(key)
            named = style.find(_W + "name")
            name = (named.get(_W + "val") if named is not None else "").lower()
            form = _form(style.find(_W + "pPr"), found.get(_based_on(style), _Form()))
            numbered = re.fullmatch(r"heading (\d)", name)
            level = 1 if name == "title" else int(numbered[1]) if numbered else form.level
            found[key] = _Form(level, form.list_id, form.depth, form.contents or name.startswith("toc "))
    return found


def _based_on(style: Any) -> str:
    base = style.find(_W + "basedOn")
    return base.get(_W + "val", "") if base is not None else ""


def _marks(document: Any) -> dict[tuple[str, int], str]:
    """How each list counts at each depth: bullet, decimal and others."""
    parts = [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")]
    if not parts:
        return {}
    element = parts[0].element
    kinds = {
        (kind.get(_W + "abstractNumId"), int(level.get(_W + "ilvl"))): form.get(_W + "val")
        for kind in element.findall(_W + "abstractNum")
        for level in kind.findall(_W + "lvl")
        for form in level.findall(_W + "numFmt")
    }
    lists = {one.get(_W + "numId"): one.find(_W + "abstractNumId").get(_W + "val") for one in element.findall(_W + "num")}
    return {(own, depth): form for own, of in lists.items() for (kind, depth), form in kinds.items() if kind == of}


def _footnotes(document: Any) -> dict[str, str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    parts = [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith(("/footnotes", "/endnotes"))]
    return {
        f"{note.tag}{note.get(_W + 'id')}": " ".join("".join(_text(note)).split())
        for part in parts
        for note in etree.fromstring(part.blob, parser)
        if note.tag in (_W + "footnote", _W + "endnote")
    }


def _noted(element: Any, state: _State) -> Iterator[str]:
    for reference in element.iter(_W + "footnoteReference", _W + "endnoteReference"):
        if note := state.notes.get(f"{reference.tag.removesuffix('Reference')}{reference.get(_W + 'id')}"):
            yield note
