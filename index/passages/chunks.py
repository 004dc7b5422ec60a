"""A document in, chunks out: neighbouring blocks under one heading, parted where they are bound least, with exact spans."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from index.passages.blocks import Block, Bond, sections
from index.passages.sentences import Span, sentences
from index.types import Chunk, Document

VERSION = 6
"""Raised whenever the same text is chunked otherwise than before: an index made by another version is not mixed with."""

CountTokens = Callable[[list[str]], list[int]]
"""Texts in, their lengths in the embedder's tokens out."""

HEADER_SHARE = 4
"""A table's first row is embedded above its later rows too where it fills one part in so many of a chunk at most."""

TOKEN_CHARACTERS = 100
"""The longest word a tokenizer cuts into pieces; a longer one is a single unknown token, be it five megabytes."""

HUGE = 20_000
"""Characters of a sentence that isn't cut into its words at once: they take a hundred times its memory."""

BATCH_CHARACTERS = 1_000_000
"""Text whose tokens are counted at once: they take a hundred times its memory."""


def chunk(document: Document, count_tokens: CountTokens, limit: int) -> list[Chunk]:
    """The chunks of a document, in order, none overlapping, each of at most `limit` tokens.

    All of the text but white space is in some chunk. A chunk ends where a heading or page begins, and where the next
    block would not fit, or before the block that this one belongs to: a question's answer, an item's own items. What is
    longer than the limit is cut between sentences or rows, a longer sentence between words. A token counts as 100
    characters at most.
    """
    chunks = []
    sizes = partial(_sizes, count_tokens, limit)
    for heading, blocks in sections(document):
        for held in _pack(document.text, blocks, sizes, limit):
            start, end, header = held[0].start, held[-1].end, held[0].header
            above = document.text[header[0] : header[1]] if header else ""
            text, page = document.text[start:end], document.page_at(start)
            chunks.append(Chunk(document.id, document.version, start, end, heading, page, text, above))
    return chunks


def _sizes(count_tokens: CountTokens, limit: int, texts: Sequence[str]) -> list[int]:
    """The length of each text in tokens, a token of 100 characters at most. What is too long anyway is not tokenized."""
    sizes = [len(text) // TOKEN_CHARACTERS for text in texts]
    batch: list[int] = []
    room = BATCH_CHARACTERS
    for i, text in enumerate(texts):
        if sizes[i] <= limit:
            batch.append(i)
            room -= len(text) + TOKEN_CHARACTERS  # a short one has its cost too
        if batch and (room < 0 or i == len(texts) - 1):
            for j, size in zip(batch, count_tokens([texts[j] for j in batch]), strict=True):
                sizes[j] = max(sizes[j], size)
            batch, room = [], BATCH_CHARACTERS
    return sizes


def _pack(text: str, blocks: Sequence[Block], count_tokens: CountTokens, limit: int) -> Iterator[list[Block]]:
    """Neighbouring blocks joined while they fit; where the next doesn't, the last of the weakest bonds is broken."""
    rooms = _headers(text, blocks, count_tokens, limit // HEADER_SHARE)
    sizes = count_tokens([text[block.start : block.end] for block in blocks])
    waiting = deque(zip(blocks, sizes, strict=True))
    held: list[tuple[Block, int]] = []
    used = 0
    while waiting:
        block, size = waiting.popleft()
        if not held:
            block = block if block.header in rooms else replace(block, header=None)
            used = rooms.get(block.header, 0)
        if size <= limit and (not held or (used + size <= limit and block.bond > Bond.APART)):
            held.append((block, size))
            used += size
            continue
        bonds = [*(own.bond for own, _ in held[1:]), block.bond]
        weakest = min(bonds)
        if size > limit and waiting and waiting[0][0].bond == Bond.FREE:
            waiting[0] = replace(waiting[0][0], bond=Bond.APART), waiting[0][1]
        if size > limit or weakest == Bond.GLUED:
            parts = _parts(text, block, whole_sentences=size <= limit)
            if len(parts) > 1:
                parted = count_tokens([text[part.start : part.end] for part in parts])
                waiting.extendleft(reversed([*zip(parts, parted, strict=True)]))
                continue
        if not held:  # one character that is longer than the limit
            yield [block]
            continue
        last = len(bonds) - bonds[::-1].index(weakest)
        yield [own for own, _ in held[:last]]
        waiting.extendleft([(block, size), *reversed(held[last:])])
        held = []
    if held:
        yield [own for own, _ in held]


def _headers(text: str, blocks: Sequence[Block], count_tokens: CountTokens, most: int) -> dict[Span | None, int]:
    """The tokens of each table's first row, of those with `most` at most."""
    found = sorted({block.header for block in blocks if block.header})
    rooms = zip(found, count_tokens([text[start:end] for start, end in found]), strict=True)
    return {header: room for header, room in rooms if room <= most}


def _parts(text: str, block: Block, *, whole_sentences: bool) -> list[Block]:
    """A block's sentences; a sentence's words, of a huge one its halves; a word's halves, where it has no blank (a script,
    a long number)."""
    own = text[block.start : block.end]
    spans: Sequence[Span] = [] if block.header or block.bond == Bond.INSIDE else sentences(own)
    inside = Bond.PART
    if len(spans) < 2 and whole_sentences:
        return [block]
    if len(spans) < 2:
        inside = Bond.INSIDE
        if len(own) <= HUGE:
            spans = [found.span() for found in re.finditer(r"\S+", own)]
        elif blank := re.compile(r"\s+").search(own, len(own) // 2):
            spans = [(0, blank.start()), (blank.end(), len(own))]
    if len(spans) < 2 and len(own) > 1:
        spans = [(0, len(own) // 2), (len(own) // 2, len(own))]
    return [
        Block(block.start + start, block.start + end, inside if i else block.bond, block.header)
        for i, (start, end) in enumerate(spans)
    ]
