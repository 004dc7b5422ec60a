"""What a document is made of: sections below their headings, and in them blocks that belong together more or less.

A block is a paragraph, a list item, a table's row or a speaker's turn. `chunks` joins blocks and parts them where they are
bound least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import PurePath

from index.parsing.marked import HEADING, MARKED
from index.passages.lines import (
    HEADING_LENGTH,
    Line,
    caption,
    has_ended,
    is_lead_in,
    is_question,
    is_rule,
    item_mark,
    label,
    lines,
    speakers,
    tables,
)
from index.passages.sentences import Span, is_wrapped, paragraphs, sentences
from index.types import Document

CAPTION = 7
"""The level of a table's caption: below all headings."""

TITLE_CHARACTERS = 300
"""A heading is kept with each chunk below it: one of a megabyte would be there a thousand times."""


class Bond(IntEnum):
    """How firmly a block is held to the one before: a chunk ends where it is least."""

    APART = -1
    """Never joined: what follows a paragraph that had to be cut."""
    FREE = 0
    PART = 1
    """A sentence of the same paragraph, another row of a table, an item below another."""
    INSIDE = 2
    """A word of the same sentence."""
    GLUED = 3
    """What makes sense together alone: a question and its answer, a lead-in and its list, a heading and its text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A range of the text, its bond to the block before, and for a later row of a table the table's first row."""

    start: int
    end: int
    bond: Bond = Bond.FREE
    header: Span | None = None


@dataclass(frozen=True, slots=True)
class _Forms:
    """What was found in the lines of a text, by the offset where each stands."""

    headings: Mapping[int, tuple[int, str]]
    rows: Mapping[int, tuple[Span | None, Bond]]
    """The first row above each row of a table, and the row's bond."""
    speakers: Mapping[str, bool]
    indents: Mapping[int, int]
    cuts: frozenset[int]
    """Where a block begins even within a paragraph."""
    closings: frozenset[int]
    """Where the text goes on after a table with a caption, which is a heading for the table alone."""


def sections(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """The path of headings and the blocks below it; a heading is its own section's first block.

    A page ends a section too, so that a chunk is of one page.
    """
    text = document.text
    forms = _forms(document)
    path: list[tuple[int, str]] = []
    section: list[Span] = []
    for start, end in _pieces(text, forms.cuts):
        heading = forms.headings.get(start)
        if start in forms.closings:
            if section:
                yield " > ".join(title for _, title in path), list(_blocks(text, section, forms))
                section = []
            path = [one for one in path if one[0] != CAPTION]
        turned = section and document.page_at(start) != document.page_at(section[-1][0])
        follows = section and section[-1][0] in forms.headings and heading and heading[0] >= path[-1][0]
        if section and (heading and not follows or turned):
            yield " > ".join(title for _, title in path), list(_blocks(text, section, forms))
            section = []
        if heading:
            path = [*(above for above in path if above[0] < heading[0]), heading]
        section.append((start, end))
    if section:
        yield " > ".join(title for _, title in path), list(_blocks(text, section, forms))


def _forms(document: Document) -> _Forms:
    found = lines(document.text)
    after = {line.start: below.start for line, below in zip(found, found[1:], strict=False)}
    headings = _headings(document, found)
    voices = speakers(found)
    grids = tables(found)
    before = {line.start: above for above, line in zip([None, *found], found, strict=False)}
    captions = {
        above.start: (table, said)
        for table in grids
        if (above := before[table[0].start]) and above.start not in headings and (said := caption(above, table))
    }
    headings |= {start: (CAPTION, said[:TITLE_CHARACTERS]) for start, (_, said) in captions.items()}
    closings = frozenset(after[table[-1].start] for table, _ in captions.values() if table[-1].start in after)
    rows = {row.start: place for table in grids for row, place in _rows(table)}
    alone = {*headings, *rows}
    if is_wrapped(document.text):
        alone |= {line.start for above, line in zip([None, *found], found, strict=False) if _stands_alone(above, line)}
    turns = {line.start for line in found if label(line.text) in voices}
    cuts = frozenset(alone | turns | {after[start] for start in alone if start in after})
    return _Forms(headings, rows, voices, {line.start: line.indent for line in found}, cuts | closings, closings)


def _rows(table: Sequence[Line]) -> Iterator[tuple[Line, tuple[Span | None, Bond]]]:
    """The rows of a table, each with the first row and its bond; the first row of figures stays with the header."""
    header = (table[0].start, table[0].end)
    bond = Bond.FREE
    for row in table:
        yield row, (None if row is table[0] else header, bond)
        bond = Bond.GLUED if row is table[0] or is_rule(row.text) else Bond.PART


def _headings(document: Document, found: Sequence[Line]) -> dict[int, tuple[int, str]]:
    """The level and title of each heading of a document of a kind whose headings are marked."""
    if PurePath(document.file).suffix.lower() not in MARKED:
        return {}
    marked = ((line, HEADING.match(line.text)) for line in found)
    titles = ((line, len(mark[1]), line.text[mark.end() :].rstrip(" \t#")) for line, mark in marked if mark)
    return {line.start: (level, title[:TITLE_CHARACTERS]) for line, level, title in titles}


def _stands_alone(above: Line | None, line: Line) -> bool:
    """Whether a line of a text broken by width is a question or lead-in by itself."""
    own = len(line.text) <= HEADING_LENGTH and (is_question(line.text) or is_lead_in(line.text))
    return own and (above is None or line.after_gap or has_ended(above.text))


def _pieces(text: str, cuts: frozenset[int]) -> Iterator[Span]:
    """The paragraphs, cut where a block begins."""
    order = sorted(cuts)
    at = 0
    for start, end in paragraphs(text):
        while at < len(order) and order[at] <= start:
            at += 1
        while at < len(order) and order[at] < end:
            yield start, start + len(text[start : order[at]].rstrip())
            start = order[at]
            at += 1
        yield start, end


def _blocks(text: str, section: Sequence[Span], forms: _Forms) -> Iterator[Block]:
    """The blocks of a section, each with its bond to the one before."""
    depth: list[tuple[int, str]] = []
    held = asked = False
    for start, end in section:
        own = text[start:end]
        depth = [] if start in forms.rows else _below(depth, (forms.indents.get(start, 0), item_mark(own)))
        header, bond = forms.rows.get(start, (None, Bond.PART if len(depth) > 1 else Bond.FREE))
        asks = forms.speakers.get(label(own))
        question, lead_in = is_question(own) or bool(asks), is_lead_in(own)
        if held:
            bond = max(bond, Bond.PART if asked and question else Bond.GLUED)
        several = (question or lead_in) and asks is None and any(mark in own[:-1] for mark in ".!?…。！？")
        parts = sentences(own) if several else []
        if len(parts) > 1:  # the question or lead-in of a paragraph is its last sentence
            yield Block(start, start + parts[-2][1], bond, header)
            start, bond = start + parts[-1][0], Bond.PART
        yield Block(start, end, bond, header)
        held, asked = question or lead_in or forms.headings.get(start, (CAPTION, ""))[0] != CAPTION, question


def _below(depth: Sequence[tuple[int, str]], line: tuple[int, str]) -> list[tuple[int, str]]:
    """The items a line stands below, by indents and marks, and itself; empty where it is in no list."""
    if line in depth:
        return [*depth[: depth.index(line) + 1]]
    above = [item for item in depth if item[0] <= line[0]]
    return [*above, line] if line[1] or (above and above[0][0] < line[0]) else []
