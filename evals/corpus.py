"""Libraries to measure on: fresh, temporary, built by the product's own ingest; vectors may come from a cache."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import platformdirs
from tqdm import tqdm

from evals.errors import EvaluationError
from index.embedding.embedder import Embedder, Vectors
from index.embedding.views import Passages, embedded
from index.ingest.ingest import ingest
from index.library.library import Library
from index.passages.chunks import chunk
from index.settings import IndexSettings
from index.types import Document, Embedded, File

Passage = tuple[str, str, str]
"""An id, a title and a text."""

CACHE = Path(platformdirs.user_cache_dir("quarry-evals")) / "vectors.db"
"""Vectors by hash of model and text; used to build an index, never while something is timed."""


class CachingEmbedder(Embedder):
    """The embedder, with the vectors of passages kept between runs."""

    def encode_documents(self, texts: list[str]) -> Vectors:
        """See `Embedder.encode_documents`."""
        found = self._kept(texts, lambda missing: list(super(CachingEmbedder, self).encode_documents(missing)))
        return np.stack([vector.reshape(-1) for vector in found])

    def encode_passages(
        self, texts: list[str], spans: Sequence[Sequence[tuple[int, int]]], *, first: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        """See `Embedder.encode_passages`."""
        keys = [f"{own}{text}" for text, own in zip(texts, map(list, spans), strict=True)]
        of_key = dict(zip(keys, zip(texts, spans, strict=True), strict=True))

        def make(missing: list[str]) -> list[Vectors]:
            given = [of_key[key] for key in missing]
            texts, spans = [text for text, _ in given], [own for _, own in given]
            whole, parts = super(CachingEmbedder, self).encode_passages(texts, spans, first=first)
            return [np.concatenate([vector[None], own]) for vector, own in zip(whole, parts, strict=True)]

        found = self._kept(keys, make)
        vectors = [vector.reshape(len(own) + 1, -1) for vector, own in zip(found, spans, strict=True)]
        return np.stack([vector[0] for vector in vectors]), [vector[1:] for vector in vectors]

    def _kept(self, texts: list[str], make: Callable[[list[str]], list[Vectors]]) -> list[Vectors]:
        """What `make` gives for each text, flat, from the cache where it is there."""
        keys = [hashlib.sha256(f"{self.fingerprint}\0{text}".encode()).digest() for text in texts]
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(CACHE, timeout=60)
        try:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")
            known = {}
            for key in keys:
                row = connection.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
                if row:
                    known[key] = np.frombuffer(row[0], dtype=np.float32)
            missing = [i for i, key in enumerate(keys) if key not in known]
            if missing:
                made = make([texts[i] for i in missing])
                rows = [(keys[i], vector.tobytes()) for i, vector in zip(missing, made, strict=True)]
                with connection:
                    connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
                known |= {keys[i]: vector.reshape(-1) for i, vector in zip(missing, made, strict=True)}
        finally:
            connection.close()
        return [known[key] for key in keys]


@contextmanager
def library_of_folders(
    folders: Sequence[Path], settings: IndexSettings | None = None, *, passages: Sequence[Passage] = ()
) -> Iterator[Library]:
    """A library with the documents of these folders or files, ingested as a user's would be, and passages; gone after the
    block.

    Raises:
        EvaluationError: a folder is missing, or a document of it can't be read.
    """
    for folder in folders:
        if not folder.exists():
            raise EvaluationError(f"there is no folder {folder}: the benchmark data lies beside the project, in shared/data")
    with fresh_library(settings) as library:
        for report in ingest(library, folders) if folders else ():
            if report.state == "embedding" and sys.stderr.isatty():
                print(f"\r\x1b[2K{report.file}: {report.chunks} {report.reason}", end="", file=sys.stderr)
            if report.state == "failed":
                raise EvaluationError(f"{report.file} can't be read: {report.reason}")
        if passages:
            add_passages(library, passages)
        yield _plain(library)


@contextmanager
def library_of_passages(
    passages: Sequence[tuple[str, str, str]], settings: IndexSettings | None = None
) -> Iterator[Library]:
    """A library of (id, title, text) passages, each a document whose `file` is the passage's id; gone after the block."""
    with fresh_library(settings) as library:
        add_passages(library, passages)
        yield _plain(library)


def add_passages(library: Library, passages: Sequence[Passage]) -> None:
    """Chunk, embed and store passages through the product's own steps."""
    documents = [_document(*passage) for passage in passages if passage[2].strip()]
    limit = library.chunk_tokens
    for document in tqdm(documents, "passages", disable=None):
        chunks = chunk(document, library.embedder.count_tokens, limit)
        vectors, views = embedded([Passages(document, chunks)], library.embedder)
        library.write([Embedded(document, chunks, vectors, views, File("passages", document.file, document.id))])


def _document(id_: str, title: str, text: str) -> Document:
    key = hashlib.sha256(id_.encode()).hexdigest()[:16]
    return Document(key, "default", id_, title, "", None, text, (), 1, hashlib.sha256(text.encode()).hexdigest())


def chosen_settings() -> IndexSettings:
    """The settings as they ship, but for the embedder where `QUARRY_EMBEDDER` names another."""
    return IndexSettings(embedder=os.environ.get("QUARRY_EMBEDDER") or IndexSettings().embedder)


@contextmanager
def fresh_library(settings: IndexSettings | None = None) -> Iterator[Library]:
    """An empty library, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="quarry-evals-") as home:
        base = settings or chosen_settings()
        names = ("embedder", "chunk_tokens", "top_k")
        own = IndexSettings(home=Path(home), **{name: getattr(base, name) for name in names})
        library = Library(own, _caching(own.embedder))
        try:
            yield library
        finally:
            library.close()


def _plain(library: Library) -> Library:
    """The library with the embedder as users have it: what is timed from here on embeds for real."""
    library.embedder = _loaded(library.settings.embedder)
    return library


@cache
def _caching(name: str) -> CachingEmbedder:
    return CachingEmbedder(name)


@cache
def _loaded(name: str) -> Embedder:
    """The embedder, ready and shared by all libraries of a process: to check and load its weights takes seconds."""
    embedder = Embedder(name)
    embedder.encode_query("ready")
    return embedder
