"""A document in, chunks out: whole sentences of neighbouring paragraphs under one heading, with exact spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from index.sentences import Span, paragraphs, sentences
from index.types import Chunk, Document

VERSION = 3
"""Raised whenever the same text is chunked otherwise than before: an index made by another version is not mixed with."""

CountTokens = Callable[[list[str]], list[int]]
"""Texts in, their lengths in the embedder's tokens out."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*(?:\n|$)")


def chunk(document: Document, count_tokens: CountTokens, limit: int) -> list[Chunk]:
    """The chunks of a document, in order, none overlapping, each of at most `limit` tokens.

    All of the text but white space is in some chunk. A chunk ends where a heading or page begins, and where the next
    paragraph would not fit; a paragraph longer than the limit is cut between sentences, a longer sentence between words.
    """
    chunks = []
    for heading, pieces in _sections(document):
        for start, end in _pack(document.text, pieces, count_tokens, limit):
            page = document.page_at(start)
            text = document.text[start:end]
            chunks.append(Chunk(document.id, document.version, start, end, heading, page, text))
    return chunks


def _sections(document: Document) -> Iterator[tuple[str, list[Span]]]:
    """The path of headings and the paragraphs below it; a heading stands in its own section's first paragraph.

    A page ends a section too, so that a chunk is of one page.
    """
    markdown = document.file.lower().endswith((".md", ".markdown"))
    path: list[tuple[int, str]] = []
    section: list[Span] = []
    for start, end in paragraphs(document.text):
        heading = _HEADING.match(document.text, start, end) if markdown else None
        turned = section and document.page_at(start) != document.page_at(section[-1][0])
        if section and (heading or turned):
            yield " > ".join(title for _, title in path), section
            section = []
        if heading:
            level = len(heading[1])
            path = [*(above for above in path if above[0] < level), (level, heading[2])]
        section.append((start, end))
    if section:
        yield " > ".join(title for _, title in path), section


def _pack(text: str, spans: list[Span], count_tokens: CountTokens, limit: int) -> Iterator[Span]:
    """Neighbouring spans joined while they fit; one that doesn't fit alone is cut."""
    start = end = used = 0
    for span, size in zip(spans, count_tokens([text[a:b] for a, b in spans]), strict=True):
        if used and used + size > limit:
            yield start, end
            used = 0
        if size > limit:
            yield from _cut(text, span, count_tokens, limit)
            continue
        start, end, used = (start if used else span[0]), span[1], used + size
    if used:
        yield start, end


def _cut(text: str, span: Span, count_tokens: CountTokens, limit: int) -> Iterator[Span]:
    offset, part = span[0], text[span[0] : span[1]]
    parts = [(a + offset, b + offset) for a, b in sentences(part)]
    if len(parts) > 1:
        yield from _pack(text, parts, count_tokens, limit)
        return
    words = [(found.start() + offset, found.end() + offset) for found in re.finditer(r"\S+", part)]
    if len(words) > 1:
        yield from _pack(text, words, count_tokens, limit)
        return
    yield from _halves(text, span, count_tokens, limit)


def _halves(text: str, span: Span, count_tokens: CountTokens, limit: int) -> Iterator[Span]:
    """One word without a blank (a script that writes none, a long number), cut in the middle until it fits."""
    start, end = span
    if end - start <= 1 or count_tokens([text[start:end]])[0] <= limit:
        yield span
        return
    middle = (start + end) // 2
    yield from _halves(text, (start, middle), count_tokens, limit)
    yield from _halves(text, (middle, end), count_tokens, limit)
