"""A page of a PDF in the order people read it: columns one after the other, without what repeats at head and foot.

pdfium gives the characters as the file draws them. Only boxes at the ends of lines and around their blanks are asked for.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

CHARACTERS = {0x02: "-", 0xFFFE: "-", 0x00: " "}
"""What pdfium writes for a hyphen at a line's end, and for a glyph without a character."""

_GAP = 1.2
"""The least width of a blank between columns, in heights of a line: those of justified text are narrower."""

_COLUMN_LINES = 5
"""Lines side by side that are columns of prose, at least: they nearly fill it, where a table's cells are of many widths."""

_FILLS, _FILLED = 0.7, 0.6
_COLUMN_CHARACTERS = 18

_EDGE_LINES = 3
"""Lines at the head or foot of a page that may repeat on its neighbours."""

_SAME_HEIGHT = 6.0
"""Points that a repeated line may stand higher or lower than on the next page."""

_NEAR = 30
"""How far a page's number may be from its place in the file."""

_LONGEST_EDGE, _NEIGHBOURS = 120, (1, 2, -1, -2)
_BLANK = re.compile(r"(?<=\S) (?=\S)")
_MARK = re.compile(r"\s*(\W{1,3}|o|\(?\w{1,4}[.)])")
_ENDED = re.compile(r"[.!?:;…。！？]\W*$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line between wide blanks: characters `[start, end)` of the page, and its left and right in points."""

    start: int
    end: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its cells, and the height that it stands at, in points from below."""

    cells: tuple[Cell, ...]
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page's characters as pdfium gives them, and its lines; none where they can't be told."""

    characters: str
    lines: tuple[Line, ...]

    def text_of(self, line: Line) -> str:
        """The line's text, a tab between its cells."""
        return "\t".join(self.characters[cell.start : cell.end] for cell in line.cells)


@dataclass(frozen=True, slots=True)
class Laid:
    """A page as it is read: its text, and for each character the number that it has in pdfium, -1 for what is put in.

    Its lines reach `width` points to the right, the `last` one so far.
    """

    text: str
    places: array[int]
    width: float = 0.0
    last: float = 0.0


def page_of(page: Any) -> Page:
    """What pdfium says of an open page."""
    text_page = page.get_textpage()
    text: str = text_page.get_text_bounded()
    lines: list[Line] = []
    if len(text) == text_page.count_chars():  # else some characters are outside the page, and which is not known
        lines = [line for found in re.finditer(r"[^\r\n]+", text) for line in _lines(text, found.span(), text_page)]
    text_page.close()
    return Page(text, tuple(lines))


def laid(pages: dict[int, Page], number: int) -> Laid:
    """The page of this number as it is read; `pages` has its neighbours too, two on each side."""
    page = pages[number]
    if not page.lines:
        text = page.characters.replace("\r\n", "\n").translate(CHARACTERS)
        return Laid(text, array("i"))
    lines = _without_edges(pages, number)
    text = ""
    places = array("i")
    for cells in _in_order(page, lines):
        if text:
            text += "\n"
            places.append(-1)
        for at, cell in enumerate(cells):
            if at:
                text += "\t"
                places.append(-1)
            text += page.characters[cell.start : cell.end]
            places.extend(range(cell.start, cell.end))
    width = max((line.cells[-1].right for line in lines if len(line.cells) == 1), default=0.0)
    return Laid(text.translate(CHARACTERS), places, width, lines[-1].cells[-1].right if lines else 0.0)


def between(page: Laid, following: Laid) -> str:
    """What stands between two pages: an empty line, but a line break alone where a sentence goes on."""
    before, after = page.text.rpartition("\n")[2].strip(), following.text.partition("\n")[0].strip()
    if not before or not after or "\t" in before + after or _ENDED.search(before) or _MARK.match(after + " "):
        return "\n\n"
    is_full = page.width and page.last >= 0.8 * page.width
    return "\n" if after[0].islower() or (is_full and not after[0].isupper()) else "\n\n"


def _lines(text: str, span: tuple[int, int], text_page: Any) -> Iterator[Line]:
    """The lines of what pdfium takes for one, as it joins short ones: parted where the next word stands lower or higher.

    A line's cells are parted at each blank that is as wide as between two columns, but not behind an item's mark.
    """
    start, end = span
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    if start == end:
        return
    left, bottom, _, _ = text_page.get_charbox(start, loose=True)
    cells: list[Cell] = []
    at = begin = start
    for blank in _BLANK.finditer(text, start, end):
        _, low, right, top = text_page.get_charbox(blank.start() - 1, loose=True)
        following, next_low, _, next_top = text_page.get_charbox(blank.end(), loose=True)
        apart = min(top, next_top) - max(low, next_low) < min(top - low, next_top - next_low) / 3
        wide = following - right > _GAP * (top - low) and not _MARK.fullmatch(text[begin : blank.start()])
        if apart or wide:
            cells.append(Cell(at, blank.start(), left, right))
            at, left = blank.end(), following
        if apart:
            yield Line(tuple(cells), bottom)
            cells, begin, bottom = [], at, next_low
    cells.append(Cell(at, end, left, text_page.get_charbox(end - 1, loose=True)[2]))
    yield Line(tuple(cells), bottom)


def _without_edges(pages: dict[int, Page], number: int) -> list[Line]:
    """The page's lines without those at its head and foot that a page before has there too, and without its number.

    What repeats is read on the first page that has it.
    """
    page, own = pages[number], list(pages[number].lines)
    others = [(step, pages[number + step]) for step in _NEIGHBOURS if number + step in pages and pages[number + step].lines]
    for backwards in (False, True):
        for _ in range(_EDGE_LINES):
            order = list(reversed(own)) if backwards else own
            if len(own) < 2 or 1 < len(order[0].cells) == len(order[1].cells):  # a row of a table
                break
            line, is_near = order[0], _is_near(page.text_of(order[0]), number)
            same = [step for step, other in others if _has(other, page, line, 0, backwards)]
            numbered = [step for step, other in others if is_near and _has(other, page, line, step, backwards)]
            if len(same) + len(numbered) < min(2, len(others)) or not (numbered or (same and min(same) < 0)):
                break
            own.pop(-1 if backwards else 0)
    return own


def _has(other: Page, page: Page, line: Line, step: int, backwards: bool) -> bool:
    """Whether another page has a line at the same place, its figures the same or, with `step`, some higher by that."""
    said = page.text_of(line)
    edge = other.lines[-_EDGE_LINES:] if backwards else other.lines[:_EDGE_LINES]
    near = [other.text_of(one) for one in edge if abs(one.bottom - line.bottom) < _SAME_HEIGHT]
    return len(said) <= _LONGEST_EDGE and any(_runs_on(said, one, step) for one in near)


def _runs_on(said: str, other: str, step: int) -> bool:
    own, others = re.split(r"(\d+)", said), re.split(r"(\d+)", other)
    if own[::2] != others[::2]:
        return False
    apart = {int(b) - int(a) for a, b in zip(own[1::2], others[1::2], strict=True)}
    return apart - {0} == ({step} if step else set())


def _is_near(said: str, number: int) -> bool:
    """Whether a line's figure can be the page's: near its place in the file, or all that the line has."""
    figures = re.findall(r"\d+", said)
    return not re.search(r"[^\W\d_]", said) or any(abs(int(one) - number - 1) <= _NEAR for one in figures)


def _in_order(page: Page, lines: Sequence[Line]) -> Iterator[tuple[Cell, ...]]:
    """The rows of cells in reading order: those side by side as columns of prose become lines one after the other."""
    at = 0
    while at < len(lines):
        end, gaps = _side_by_side(lines, at)
        columns = _columns(page, lines[at:end], gaps)
        if not columns:
            end = at + 1
            yield lines[at].cells
        for column in columns:
            yield from ((cell,) for cell in column)
        at = end


def _side_by_side(lines: Sequence[Line], start: int) -> tuple[int, list[tuple[float, float]]]:
    """Where the run of lines ends that leave the same gaps free, from the first line on, and these gaps."""
    gaps: list[tuple[float, float]] = []
    end = start
    for line in lines[start:]:
        own = [(one.right, other.left) for one, other in zip(line.cells, line.cells[1:], strict=False)]
        if own and not gaps:
            gaps = own
        elif own:
            if len(own) != len(gaps):
                break
            gaps_now = [(max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(gaps, own, strict=True)]
            if any(left >= right for left, right in gaps_now):
                break
            gaps = gaps_now
        elif gaps and any(cell.left < right and left < cell.right for cell in line.cells for left, right in gaps):
            break
        end += 1
        if not gaps:
            break
    return max(end, start + 1), gaps


def _columns(page: Page, lines: Sequence[Line], gaps: Sequence[tuple[float, float]]) -> list[list[Cell]]:
    """The cells by column where these are columns of prose, else none."""
    if not gaps or sum(len(line.cells) > 1 for line in lines) < _COLUMN_LINES:
        return []
    columns: list[list[Cell]] = [[] for _ in range(len(gaps) + 1)]
    for line in lines:
        for cell in line.cells:
            columns[sum(cell.left >= right for _, right in gaps)].append(cell)
    for column in columns:
        widest = max((cell.right - cell.left for cell in column), default=0.0)
        full = sum(cell.right - cell.left >= _FILLS * widest for cell in column)
        letters = sum(len(page.characters[cell.start : cell.end]) for cell in column)
        if len(column) < _COLUMN_LINES or full < _FILLED * len(column) or letters < _COLUMN_CHARACTERS * len(column):
            return []
    return columns
