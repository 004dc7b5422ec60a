"""Chunks in, their vectors out: the passage below its title and headings, and each of its sentences, see `seen`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from index.embedding.embedder import SPECIAL_TOKENS, TITLE_TOKENS, Embedder, Vectors
from index.passages.seen import TITLE_CHARACTERS, Seen, above, seen
from index.passages.sentences import is_wrapped, sentences
from index.types import Chunk, Document, Sentences

MOST_EMBEDDED = 64
"""Chunks whose sentences are embedded while one waits for them: some 4 seconds on two cores."""


_Laid = tuple[str, list[tuple[int, int]]]
"""What is embedded of a passage, and where in it its sentences are."""

_Chunk = tuple[Document, Chunk, list[tuple[int, int]]]
"""A chunk, its document, and its sentences as ranges of its own characters."""


@dataclass(frozen=True, slots=True)
class Passages:
    """Chunks of one document. `wrapped` is what `is_wrapped` says of it, for those who ask that once for many of them."""

    document: Document
    chunks: Sequence[Chunk]
    wrapped: bool | None = None


def embedded(passages: Sequence[Passages], embedder: Embedder, *, first: bool = False) -> tuple[Vectors, list[Sentences]]:
    """The vectors `(n, d)` of some documents' chunks, one after the other, and each one's sentences with vectors of their
    own. `first` as in `Embedder.encode_passages`.
    """
    of_each = [(one.document, chunk, own) for one in passages for chunk, own in zip(one.chunks, _spans(one), strict=True)]
    if embedder.e5:
        fitting = [
            list(_fitting(above(document.title, chunk.heading), seen(chunk.text, own, chunk.header), embedder))
            for document, chunk, own in of_each
        ]
    else:
        fitting = [[laid] for laid in _whole(passages, of_each, embedder)]
    ends = np.cumsum([len(own) for own in fitting])
    parts = [range(end - len(own), end) for own, end in zip(fitting, ends, strict=True)]
    laid = list(chain.from_iterable(fitting))
    vectors, of_texts = embedder.encode_passages([text for text, _ in laid], [place for _, place in laid], first=first)
    whole = [_mean(vectors[part.start : part.stop]) for part in parts]
    vectors = np.stack(whole) if whole else vectors
    found = [np.concatenate([of_texts[place] for place in part]).astype(np.float32) for part in parts]
    views = [
        Sentences(tuple((start + chunk.start, end + chunk.start) for start, end in own), made)
        for (_, chunk, own), made in zip(of_each, found, strict=True)
    ]
    return vectors, views


def _spans(one: Passages) -> list[list[tuple[int, int]]]:
    """The sentences of each chunk, as ranges of its own characters; all of it where it has none."""
    wrapped = is_wrapped(one.document.text) if one.wrapped is None else one.wrapped
    return [sentences(chunk.text, wrapped=wrapped) or [(0, len(chunk.text))] for chunk in one.chunks]


def _mean(vectors: Vectors) -> Vectors:
    mean: Vectors = vectors[0] if len(vectors) == 1 else vectors.mean(axis=0)
    return mean if len(vectors) == 1 else np.asarray(mean / np.linalg.norm(mean), np.float32)


def _fitting(heading: str, shown: Sequence[Seen], embedder: Embedder) -> Iterator[_Laid]:
    """What is embedded of a passage, and where in it its sentences are, in parts that the embedder reads whole.

    Mostly it is one; rows of a wide table are longer with the names of their columns.
    """
    room = embedder.passage_tokens + TITLE_TOKENS - SPECIAL_TOKENS - embedder.count_tokens([f"{heading}\n"])[0]
    held: list[Seen] = []
    used = 0
    for one, size in zip(shown, embedder.count_tokens([f"{one.text}\n" for one in shown]), strict=True):
        if held and used + size > room:
            yield _laid(heading, held)
            held, used = [], 0
        held.append(one)
        used += size
    yield _laid(heading, held)


def _laid(heading: str, shown: Sequence[Seen]) -> _Laid:
    """What is embedded of a passage, a line for what stands above and for each sentence, and where the sentences are."""
    text, places = heading, []
    for one in shown:
        text += "\n" if text else ""
        places.append((len(text), len(text) + len(one.text)))
        text += one.text
    return text, places


def _whole(passages: Sequence[Passages], of_each: Sequence[_Chunk], embedder: Embedder) -> Iterator[_Laid]:
    """The same of each chunk for models but the multilingual one, which read a passage and its sentences as they stand."""
    texts = chain.from_iterable(embedded_texts(one.document, one.chunks, embedder) for one in passages)
    for text, (_, chunk, own) in zip(texts, of_each, strict=True):
        before = len(text) - len(chunk.text)
        yield text, [(start + before, end + before) for start, end in own]


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


def embedded_now(
    chunks: Sequence[Chunk], current: Mapping[str, Document | None], embedder: Embedder
) -> dict[str, Sentences]:
    """The sentences of chunks of `current` versions, `MOST_EMBEDDED` chunks at most, evenly spread, made while one waits."""
    there = [one for one in chunks if (document := current[one.document_id]) and document.version == one.version]
    chosen = there[:: 1 + len(there) // (MOST_EMBEDDED + 1)]
    found: dict[str, Sentences] = {}
    for document in filter(None, current.values()):
        own = [chunk for chunk in chosen if chunk.document_id == document.id]
        _, made = embedded([Passages(document, own)], embedder, first=True)
        found |= {chunk.id: sentences for chunk, sentences in zip(own, made, strict=True)}
    return found
