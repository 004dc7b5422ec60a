"""What the encoder and the reader see of a passage, in one form: what stands above it, then its sentences.

Above stand the document's title and the headings, " > " between them. A sentence is as it stands in the document, with
single blanks; a row of a table is "column: value; column: value". The reader is trained on this form: a test holds it still.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.passages.lines import Line, is_rule, lines, tables
from index.passages.sentences import Span

BETWEEN_HEADINGS = " > "
TITLE_CHARACTERS = 80
"""How much of a title, or of one heading, stands before a passage: some 20 tokens in English."""

ABOVE_CHARACTERS = 200
"""How much stands there in all; of more headings the nearest ones do."""

_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence as it is seen, and where its parts stand in the text it is of: (start, end, start there), in order.

    What lies between the parts, a column's name or a mark, is not the sentence's own. For a row of a table whose columns
    have names, `names` are they and `cells` the row's own texts; `header` is where the names stand in the text, before it
    where the text begins within the table.
    """

    text: str
    parts: tuple[tuple[int, int, int], ...]
    names: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header: Span = (0, 0)

    def source(self, start: int, end: int) -> Span | None:
        """The range of the text that `[start, end)` of what is seen shows; None where nothing of it is the text's own."""
        found = [
            (there + max(start, own) - own, there + min(end, last) - own)
            for own, last, there in self.parts
            if own < end and start < last
        ]
        return (found[0][0], found[-1][1]) if found else None


def above(title: str, heading: str) -> str:
    """What stands above a passage: its document's title and the nearest headings, each cut if it is long."""
    parts = [_BLANKS.sub(" ", part).strip()[:TITLE_CHARACTERS].strip() for part in (title, *heading.split(BETWEEN_HEADINGS))]
    parts = list(dict.fromkeys(filter(None, parts)))  # a document is often titled by its first heading
    while len(parts) > 2 and len(BETWEEN_HEADINGS.join(parts)) > ABOVE_CHARACTERS:
        del parts[1]
    return BETWEEN_HEADINGS.join(parts)


def seen(text: str, spans: Sequence[Span], header: str = "") -> list[Seen]:
    """The sentences `spans` of a passage's text as they are seen; `header` is the first row of a table it starts within."""
    columns = _columns(text, header)
    return [_row(text, span, *columns[span[0]]) if span[0] in columns else _plain(text, span) for span in spans]


def _columns(text: str, header: str) -> dict[int, tuple[list[str], Span, Span]]:
    """For each row of a table, by where it begins, its columns' names, where they stand and the row; what names has none."""
    before = f"{header}\n" if header else ""
    found: dict[int, tuple[list[str], Span, Span]] = {}
    for table in tables(lines(before + text)):
        names = _names(table)
        above = (table[0].start - len(before), table[0].end - len(before))
        for row in table:
            if not is_rule(row.text):
                own = (row.start - len(before), row.end - len(before))
                found[own[0]] = ([] if row is table[0] else names, above, own)
    return found


def _names(table: Sequence[Line]) -> list[str]:
    """The cells of the first row, where that names columns: two columns without figures below are names and values."""
    rows = [_cells(row.text) for row in table if not is_rule(row.text)]
    ruled = any(is_rule(row.text) for row in table[1:2])
    if len(rows[0]) == 2 and not ruled and rows[0][0]:
        figures = [bool(re.search(r"\d", row[-1])) for row in rows]
        if figures[0] or not all(figures[1:]):
            return []
    return rows[0]


def _cells(row: str) -> list[str]:
    """The cells of a row, empty ones too, parted by bars or tabs."""
    row = row.strip()
    inside = row[1:-1] if row.startswith("|") and row.endswith("|") and len(row) > 1 else row
    return [_BLANKS.sub(" ", cell).strip() for cell in re.split(r"\||\t|\s{3,}", inside)]


def _row(text: str, span: Span, names: Sequence[str], header: Span, line: Span) -> Seen:
    start, end = span
    row = text[start:end]
    shown, number, at = "", 0, 0
    parts: list[tuple[int, int, int]] = []
    bars = "|" in row
    for place, piece in enumerate(re.split(r"(\||\t|\s{3,})", row)):
        if place % 2:  # what parts two cells
            number += not (bars and at == 0)
        elif piece.strip():
            name = names[number] if number < len(names) else ""
            pair = not names and len(parts) == 1  # what it is called, and what is said of it
            shown += (": " if pair else "; " if shown else "") + (f"{name}: " if name else "")
            cell = piece.strip()
            there = start + at + piece.index(cell[0])
            parts.append((len(shown), len(shown) + len(cell), there))
            shown += cell
        at += len(piece)
    if not parts:
        return _plain(text, span)
    whole = bool(names) and (start, end) == line
    return Seen(shown, tuple(parts), tuple(names), tuple(_cells(row)), header) if whole else Seen(shown, tuple(parts))


def _plain(text: str, span: Span) -> Seen:
    shown = ""
    parts: list[tuple[int, int, int]] = []
    for word in re.finditer(r"\S+", text[span[0] : span[1]]):
        there = span[0] + word.start()
        shown += " " if shown else ""
        if parts and text[parts[-1][2] + parts[-1][1] - parts[-1][0] : there] == " ":  # a single blank, as it is shown
            parts[-1] = (parts[-1][0], len(shown) + len(word[0]), parts[-1][2])
        else:
            parts.append((len(shown), len(shown) + len(word[0]), there))
        shown += word[0]
    return Seen(shown, tuple(parts))
