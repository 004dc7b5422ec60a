"""The values that travel through the index. Offsets are half-open ranges of characters of a document version's text."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.errors import SearchError
from index.parsing.content import DATE as DATE


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document. `file` is the path below the ingested folder; `pages` holds each page's first offset."""

    id: str
    collection: str
    file: str
    title: str
    publisher: str
    date: str | None
    text: str
    pages: tuple[int, ...]
    version: int
    content_hash: str

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"a document's version starts at 1, not {self.version}")
        if list(self.pages) != sorted(self.pages):
            raise ValueError(f"the page offsets of {self.file} are not in order")

    def page_at(self, offset: int) -> int | None:
        """The number, from 1, of the page that holds the character at `offset`; None where there are no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document version: `document.text[start:end] == text`. `heading` is the path of headings above it,
    `header` the first row of the table that it starts within."""

    document_id: str
    version: int
    start: int
    end: int
    heading: str
    page: int | None
    text: str
    header: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise ValueError(f"[{self.start}, {self.end}) is not the range of a text of {len(self.text)} characters")

    @property
    def id(self) -> str:
        """Unique in the library, and the same again when the same version is chunked again."""
        return f"{self.document_id}:{self.version}:{self.start}-{self.end}"

    @property
    def hash(self) -> str:
        """Of the text alone: the same wherever and in whatever version it stands."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a chunk: their spans in the document, in order, and their vectors `(n, d)`."""

    spans: tuple[tuple[int, int], ...]
    vectors: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A document's version that may be stored: its chunks, their vectors `(n, d)`, each one's sentences. `file` is what is
    known of the file that it was read from."""

    document: Document
    chunks: Sequence[Chunk]
    vectors: npt.NDArray[np.float32]
    sentences: Sequence[Sentences]
    file: File


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found.

    `score` is the fused one with its neighbours' part, from 0 to some 1.3; `similarity` the chunk's cosine, in [-1, 1].
    """

    chunk: Chunk
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may look at. Empty means all.

    `files` are paths below their ingested folders. `since` and `until` are dates (2025, 2025-03 or 2025-03-20), both
    inclusive; with either, a document without a date is left out.
    """

    collections: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            if (given := getattr(self, name)) and not DATE.fullmatch(given):
                raise SearchError(f"{name} is {given!r}: give a date as 2025, 2025-03 or 2025-03-20")


@dataclass(frozen=True, slots=True)
class File:
    """A file of an ingested folder as it was last looked at.

    `file` is its path below `folder`; `hash` is of its bytes, `size` their number. `reason` says why its present content
    is not in the library, and is empty where it is; `document_id` is then its document, or the one of an earlier content.
    """

    folder: str
    file: str
    document_id: str | None
    hash: str = ""
    size: int = 0
    reason: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What an ingest did with one file: added | updated | renamed | unchanged | removed | kept | failed, or embedding now.

    Of a document of an index made anew: indexed.

    `number` of `total` says how far the ingest is, in files; both are 0 for files that are removed or (samples) kept.
    `share` is how much of the bytes that it had to read it has done with this report, in [0, 1].
    """

    file: str
    state: str
    chunks: int = 0
    reason: str = ""
    number: int = 0
    total: int = 0
    share: float = 1.0
