"""Documents embedded in batches, on a thread of their own, while the caller reads the next ones and stores the last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from index.embedding.embedder import Embedder, Vectors
from index.embedding.views import Passages, embedded
from index.passages.sentences import is_wrapped
from index.types import Chunk, Document, Embedded, File, Sentences

BATCH = 32
"""Chunks embedded between two reports of progress, of as many documents as it takes: some 3 seconds on two cores."""

AHEAD = 2
"""Batches handed to the thread: the one it is at, and the next, so that it never waits for the caller."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one more batch has brought: the versions that are whole now, and the one that is not, with its chunks so far."""

    whole: list[Embedded]
    part: Document | None = None
    done: int = 0
    total: int = 0


@dataclass(slots=True)
class _Begun:
    """A version of which some chunks are embedded."""

    document: Document
    chunks: Sequence[Chunk]
    file: File
    wrapped: bool
    vectors: list[Vectors] = field(default_factory=list)
    sentences: list[Sentences] = field(default_factory=list)


_Part = tuple[_Begun, Sequence[Chunk]]


class Batches:
    """The thread and what it has to do. Versions come out in the order they went in; what is left at the block's end is
    given up."""

    def __init__(self, embedder: Embedder) -> None:
        """Nothing is begun."""
        self._embedder = embedder
        self._thread = ThreadPoolExecutor(1, "embedding")
        self._filling: list[_Part] = []
        self._handed: deque[tuple[list[_Part], Future[tuple[Vectors, list[Sentences]]]]] = deque()

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, document: Document, chunks: Sequence[Chunk], file: File) -> Iterator[Batch]:
        """Take in a version with its chunks, one at least; what was done meanwhile comes out.

        Raises:
            ModelError: the embedder can't be loaded.
        """
        begun = _Begun(document, chunks, file, is_wrapped(document.text))
        start = 0
        while start < len(chunks):
            end = start + BATCH - sum(len(own) for _, own in self._filling)
            self._filling.append((begun, chunks[start:end]))
            start = end
            if start <= len(chunks):
                self._hand_over()
            while len(self._handed) >= AHEAD:
                yield self._next()

    def rest(self) -> Iterator[Batch]:
        """Wait for all that was taken in.

        Raises:
            ModelError: the embedder can't be loaded.
        """
        if self._filling:
            self._hand_over()
        while self._handed:
            yield self._next()

    def _hand_over(self) -> None:
        passages = [Passages(begun.document, own, begun.wrapped) for begun, own in self._filling]
        self._handed.append((self._filling, self._thread.submit(embedded, passages, self._embedder)))
        self._filling = []

    def _next(self) -> Batch:
        """The batch begun first, once it is done."""
        parts, future = self._handed.popleft()
        vectors, sentences = future.result()
        whole = []
        for begun, own in parts:
            begun.vectors.append(vectors[: len(own)])
            begun.sentences += sentences[: len(own)]
            vectors, sentences = vectors[len(own) :], sentences[len(own) :]
            if len(begun.sentences) == len(begun.chunks):
                made = np.concatenate(begun.vectors)
                whole.append(Embedded(begun.document, begun.chunks, made, begun.sentences, begun.file))
        last = parts[-1][0]
        done, total = len(last.sentences), len(last.chunks)
        return Batch(whole) if done == total else Batch(whole, last.document, done, total)
