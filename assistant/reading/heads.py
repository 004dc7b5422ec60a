"""What stands above each passage for a question: title, headings and, where its document names what is asked about once, at
its beginning, as a lease does its parties, the line that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.reading.rarity import COMMON, RARE, rare_words
from index.library.library import Library
from index.passages.seen import BETWEEN_HEADINGS, above
from index.passages.sentences import Span, is_wrapped, sentences
from index.passages.words import stem, stems
from index.types import Document, Hit

BEGINNING = 1000
"""Characters of a document in which it is said what it is about."""

NAMING = 90
"""Characters of the line that names it, at most: some 20 tokens in English."""

_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_CELLS = re.compile(r"[|\t]")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a passage; `line` is the one that names what is asked about, empty where none does, and `place` its
    range in the document."""

    above: str
    line: str
    place: Span

    @property
    def text(self) -> str:
        """All of it."""
        return BETWEEN_HEADINGS.join(filter(None, (self.above, self.line)))

    def over(self, spans: Iterable[Span]) -> str:
        """What stands above these ranges of the document: the line doesn't stand above itself."""
        start, end = self.place
        return self.above if any(first < end and start < last for first, last in spans) else self.text


def heads(query: str, hits: Sequence[Hit], library: Library) -> dict[str, Head]:
    """What stands above the passages, by the ids of their chunks."""
    rare = {
        word: rarity
        for word, rarity in rare_words(query, library.embedder).items()
        if rarity >= RARE - COMMON and word.isalpha()
    }
    naming: dict[str, tuple[str, Span]] = {}
    found = {}
    for hit in hits:
        chunk = hit.chunk
        document = library.document(chunk.document_id, chunk.version)
        if document.id not in naming:
            naming[document.id] = _naming(document, rare) if rare else ("", (0, 0))
        found[chunk.id] = Head(above(document.title, chunk.heading), *naming[document.id])
    return found


def _naming(document: Document, rare: Mapping[str, float]) -> tuple[str, Span]:
    """The line at the document's beginning that holds most of the words that stand nowhere else in it, cut around them, and
    its range; empty where none does."""
    text = document.text
    titled = stems(document.title)
    wanted = {stem(word): rarity for word, rarity in rare.items() if stem(word) not in titled}
    best, line, where = 0.0, "", (0, 0)
    for start, end in sentences(text[:BEGINNING], wrapped=is_wrapped(text)):
        own = text[start:end]
        weight = sum(wanted[word] for word in wanted.keys() & stems(own))
        if weight > best and not _CELLS.search(own):
            best, line, where = weight, " ".join(own.split()), (start, end)
    if not line:
        return "", where
    rest = f"{text[: where[0]]} {text[where[1] :]}".casefold()
    named = {word.casefold() for word in _LETTERS.findall(line) if not word[0].islower()}
    once = {stem(word) for word in rare if word in named and word not in rest} & wanted.keys()
    return (_cut(line, once), where) if once else ("", where)


def _cut(line: str, around: frozenset[str] | set[str]) -> str:
    """At most `NAMING` characters of a line, in whole words, with these stems in their middle."""
    if len(line) <= NAMING:
        return line
    places = [word.span() for word in _WORD.finditer(line) if stems(word[0]) & around] or [(0, 0)]
    first, last = places[0][0], min(places[-1][1], places[0][0] + NAMING)
    start = max(0, min(first - (NAMING - (last - first)) // 2, len(line) - NAMING))
    return line[start and line.rfind(" ", 0, start) + 1 : start + NAMING].rsplit(" ", 1)[0]
