"""Versions of documents, read many at once and the last ones kept: what chunks and citations take their text from."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable

import sqlalchemy as sa

from index.errors import StoreError
from index.library.schema import documents, versions
from index.types import Document

MOST_CHARACTERS = 20_000_000
"""Text kept in memory: some 50 long books."""

Key = tuple[str, int]
"""A document's id and version."""


class Texts:
    """The versions of documents in a database. What was read once stays true, until a document's file is renamed."""

    def __init__(self, engine: sa.Engine) -> None:
        """`engine` is the library's database."""
        self._engine = engine
        self._kept: dict[Key, Document] = {}  # the last read last
        self._characters = 0
        self._forgotten = 0
        self._lock = threading.Lock()

    def __getitem__(self, key: Key) -> Document:
        """One version.

        Raises:
            StoreError: there is no such version.
        """
        found = self.read([key]).get(key)
        if found is None:
            raise StoreError(f"there is no version {key[1]} of document {key[0]}: it was removed")
        return found

    def read(self, keys: Iterable[Key]) -> dict[Key, Document]:
        """These versions, those of them that are there; what isn't in memory comes in one query."""
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            found = {key: self._kept[key] for key in wanted if key in self._kept}
            forgotten = self._forgotten
        read = self._load([key for key in wanted if key not in found])
        with self._lock:
            if forgotten != self._forgotten:  # what was read may be from before
                return found | read
            for key, document in (found | read).items():
                self._characters += 0 if self._kept.pop(key, None) else len(document.text)
                self._kept[key] = document
            while self._characters > MOST_CHARACTERS and len(self._kept) > len(wanted):
                self._characters -= len(self._kept.pop(next(iter(self._kept))).text)
        return found | read

    def forget(self) -> None:
        """Read all of them again: documents are shown under other files now."""
        with self._lock:
            self._kept = {}
            self._characters = 0
            self._forgotten += 1

    def _load(self, keys: list[Key]) -> dict[Key, Document]:
        if not keys:
            return {}
        joined = sa.join(documents, versions, documents.c.id == versions.c.document_id)
        query = sa.select(documents.c.collection, documents.c.file, versions).select_from(joined)
        there = versions.c.state.not_in(("erasing", "erased"))
        these = sa.and_(there, sa.tuple_(versions.c.document_id, versions.c.version).in_(keys))
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(these)).all()
        return {(row.document_id, row.version): _document(row) for row in rows}


def _document(row: sa.Row[tuple[object, ...]]) -> Document:
    names = ("collection", "file", "title", "publisher", "date", "text", "version", "content_hash")
    return Document(id=row.document_id, pages=tuple(json.loads(row.pages)), **{name: getattr(row, name) for name in names})
