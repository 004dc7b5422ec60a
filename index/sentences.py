"""Sentences with exact spans. sentencex finds the boundaries; line breaks of prose don't end a sentence, blank lines do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

Span = tuple[int, int]

_BREAK = re.compile(r"\n[ \t\r]*\n\s*|\r?\n(?=[ \t]*(?:[-*+•※#|>]|\d+[.)])[ \t])")
"""Where a paragraph or list item ends: a blank line, or a line break before a list mark, heading or table row."""

_PROSE_LINE = 200
"""A text whose longest line is shorter than this is taken as wrapped: its single line breaks are no paragraph ends."""


def paragraphs(text: str) -> list[Span]:
    """The spans of paragraphs, in order, without the white space around them; none is empty."""
    wrapped = all(len(line) < _PROSE_LINE for line in text.split("\n"))
    pattern = _BREAK if wrapped else re.compile(r"\n\s*")
    spans, start = [], 0
    for gap in pattern.finditer(text):
        spans.append((start, gap.start()))
        start = gap.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def sentences(text: str, language: str = "en") -> list[Span]:
    """The spans of sentences, in order, without the white space around them; none is empty, none overlap."""
    return [span for start, end in paragraphs(text) for span in _in_paragraph(text[start:end], start, language)]


def _in_paragraph(paragraph: str, offset: int, language: str) -> Iterator[Span]:
    # Line breaks become blanks of the same length, so that a wrapped line is read as one and offsets stay.
    flat = re.sub(r"[\r\n]", " ", paragraph)
    for boundary in sentencex.get_sentence_boundaries(language, flat):
        if trimmed := _trim(paragraph, boundary["start_index"], boundary["end_index"]):
            yield trimmed[0] + offset, trimmed[1] + offset


def _trim(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return None
    start += len(part) - len(part.lstrip())
    return start, start + len(stripped)
