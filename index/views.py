"""What is embedded of a chunk: the passage below its title and headings, and each of its sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embed import SPECIAL_TOKENS, TITLE_TOKENS, Embedder
from index.sentences import is_wrapped, sentences
from index.types import Chunk, Document, Sentences

TITLE_CHARACTERS = 80
"""How much of a title stands before a passage when it is embedded: some 20 tokens in English."""


def embedded_texts(document: Document, chunks: Sequence[Chunk], embedder: Embedder) -> list[str]:
    """What is embedded for each chunk: the document's title, what stands above the passage, then the passage."""
    title = document.title[:TITLE_CHARACTERS]
    while embedder.count_tokens([title])[0] > TITLE_TOKENS - SPECIAL_TOKENS:
        title = title[: len(title) * 3 // 4]
    room = embedder.passage_tokens + TITLE_TOKENS - SPECIAL_TOKENS - embedder.count_tokens([title + "\n"])[0]
    sizes = embedder.count_tokens([chunk.text for chunk in chunks])
    above = [_above(chunk, room - size, embedder) for chunk, size in zip(chunks, sizes, strict=True)]
    return [f"{title}\n{own}{chunk.text}" for chunk, own in zip(chunks, above, strict=True)]


def _above(chunk: Chunk, room: int, embedder: Embedder) -> str:
    """The headings and the table's first row above a passage, in at most `room` tokens: the nearest ones, each whole."""
    found = ""
    for line in (chunk.header, *reversed(chunk.heading.split(" > "))):
        longer = f"{line}\n{found}" if line else found
        if embedder.count_tokens([longer])[0] <= room:
            found = longer
    return found


def embedded_sentences(
    document: Document, chunks: Sequence[Chunk], embedder: Embedder, *, wrapped: bool | None = None
) -> list[Sentences]:
    """Each chunk's sentences with vectors of their own: the search's second view, and what evidence is picked by.

    `wrapped` is what `is_wrapped` says of the document, for those who ask it once for many calls.
    """
    wrapped = is_wrapped(document.text) if wrapped is None else wrapped
    spans = [
        [(a + c.start, b + c.start) for a, b in sentences(c.text, wrapped=wrapped) or [(0, len(c.text))]] for c in chunks
    ]
    vectors = embedder.encode_documents([document.text[start:end] for own in spans for start, end in own])
    ends = np.cumsum([len(own) for own in spans])
    return [Sentences(tuple(own), vectors[end - len(own) : end]) for own, end in zip(spans, ends, strict=True)]
