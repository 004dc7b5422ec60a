"""Chunks in, their vectors out: the passage below its title and headings, and each of its sentences, see `seen`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding.embedder import SPECIAL_TOKENS, TITLE_TOKENS, Embedder, Vectors
from index.passages.seen import TITLE_CHARACTERS, Seen, above, seen
from index.passages.sentences import is_wrapped, sentences
from index.types import Chunk, Document, Sentences

MOST_EMBEDDED = 64
"""Chunks whose sentences are embedded while one waits for them: some 4 seconds on two cores."""


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
    if not embedder.e5:
        vectors, found = _apart(passages, [own for *_, own in of_each], embedder, first=first)
    else:
        laid: list[tuple[str, list[tuple[int, int]]]] = []
        parts: list[range] = []
        for document, chunk, own in of_each:
            fitting = list(_fitting(above(document.title, chunk.heading), seen(chunk.text, own, chunk.header), embedder))
            parts.append(range(len(laid), len(laid) + len(fitting)))
            laid += fitting
        texts, places = [text for text, _ in laid], [place for _, place in laid]
        vectors, of_texts = embedder.encode_passages(texts, places, first=first)
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


def _fitting(heading: str, shown: Sequence[Seen], embedder: Embedder) -> Iterator[tuple[str, list[tuple[int, int]]]]:
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


def _laid(heading: str, shown: Sequence[Seen]) -> tuple[str, list[tuple[int, int]]]:
    """What is embedded of a passage, a line for what stands above and for each sentence, and where the sentences are."""
    text, places = heading, []
    for one in shown:
        text += "\n" if text else ""
        places.append((len(text), len(text) + len(one.text)))
        text += one.text
    return text, places


def _apart(
    passages: Sequence[Passages], spans: Sequence[Sequence[tuple[int, int]]], embedder: Embedder, *, first: bool
) -> tuple[Vectors, list[Vectors]]:
    """The vectors of passages and of each one's sentences, each read for itself, as models but the multilingual one do."""
    encode = embedder.encode_first if first else embedder.encode_documents
    vectors = encode([text for one in passages for text in embedded_texts(one.document, one.chunks, embedder)])
    texts = [chunk.text for one in passages for chunk in one.chunks]
    found = encode([text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own])
    ends = np.cumsum([len(own) for own in spans])
    return vectors, [found[end - len(own) : end] for own, end in zip(spans, ends, strict=True)]


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
