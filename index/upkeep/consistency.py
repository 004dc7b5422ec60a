"""A data folder in, what is sound in it and what is not out. Reads only: no lock, no model, no Chroma."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from index.embedding.vector_store import collection_name
from index.library.files import whole_path
from index.library.listing import EXCLUDED
from index.library.migrate import HEAD
from index.library.wipe import REINDEX
from index.parsing.file import find_files
from index.upkeep.reindex import share_done

MOST_CHECKED = 500_000_000
"""Bytes of a database that SQLite checks page by page: some 2 seconds."""

CURE = "remove the files concerned and ingest them again, or restore a backup"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and, where it is not ok, what to do about it."""

    name: str
    state: Literal["ok", "warning", "broken"]
    found: str
    cure: str = ""


def examine(home: Path, fingerprint: str) -> Iterator[Finding]:
    """What is found of a data folder, whose index should be made as `fingerprint` says; where it is empty, not known."""
    path = home / "library.db"
    if not path.exists():
        yield Finding("library", "ok", f"{home} holds no library yet")
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            tables = next(iter(database.execute("SELECT version_num FROM alembic_version")), ("",))[0]
            if tables != HEAD:
                yield _of_other_tables(tables)
                return
            yield _sound(database, path)
            made = next(iter(database.execute("SELECT value FROM meta WHERE key = 'fingerprint'")), ("",))[0]
            yield _fingerprint(made, fingerprint)
            yield from _rows(database)
            yield _vectors(database, home / "chroma", made)
            yield _files(database)
    except sqlite3.Error as error:
        yield Finding("library", "broken", f"{path} can't be read ({error})", "restore a backup into an empty data folder")
    if (home / REINDEX).exists():
        found = f"a new index is being made, or that was interrupted: {100 * share_done(home):.0f} % done"
        yield Finding("reindex", "warning", found, "the next `quarry serve` or `quarry reindex` goes on where it stopped")


def _of_other_tables(tables: str) -> Finding:
    if tables > HEAD:
        return Finding("library", "broken", f"a newer Quarry wrote it (tables {tables}, here {HEAD})", "update Quarry")
    return Finding("library", "warning", f"its tables are of an older Quarry ({tables or 'none'})", "run any quarry command")


def _sound(database: sqlite3.Connection, path: Path) -> Finding:
    size = path.stat().st_size
    said = "ok" if size > MOST_CHECKED else database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        return Finding("library", "broken", f"{path} is damaged: {said}", "restore a backup into an empty data folder")
    [(documents,)] = database.execute("SELECT count(*) FROM documents WHERE version IS NOT NULL")
    [(chunks,)] = database.execute("SELECT count(*) FROM chunks")
    return Finding("library", "ok", f"{documents} documents, {chunks} chunks, {size / 1e6:.1f} MB")


def _fingerprint(made: str, fingerprint: str) -> Finding:
    if not made or not fingerprint or made == fingerprint:
        return Finding("index", "ok", f"made by {made or 'nothing yet'}")
    now = f"made by '{made}', but now it would be '{fingerprint}': passages are found by their words alone"
    return Finding("index", "warning", now, "`quarry serve` makes it anew beside the questions, `quarry reindex` at once")


def _rows(database: sqlite3.Connection) -> Iterator[Finding]:
    """Rows that belong to nothing, and changes that were interrupted."""
    current = "SELECT 1 FROM documents AS d WHERE d.id = c.document_id AND d.version = c.version"
    counts = {
        "chunks of no current document": f"SELECT count(*) FROM chunks AS c WHERE NOT EXISTS ({current})",
        "chunks without sentences": "SELECT count(*) FROM chunks WHERE row NOT IN (SELECT row FROM sentences)",
        "chunks without keywords": "SELECT count(*) FROM chunks WHERE row NOT IN (SELECT id FROM keywords_docsize)",
        "sentences of no chunk": "SELECT count(*) FROM sentences WHERE row NOT IN (SELECT row FROM chunks)",
        "keywords of no chunk": "SELECT count(*) FROM keywords_docsize WHERE id NOT IN (SELECT row FROM chunks)",
    }
    wrong = {name: n for name, query in counts.items() if (n := database.execute(query).fetchone()[0])}
    said = ", ".join(f"{n} {name}" for name, n in wrong.items())
    yield Finding("rows", "broken", said, CURE) if wrong else Finding("rows", "ok", "chunks, sentences and keywords agree")
    waiting = "SELECT count(*) FROM versions WHERE state IN ('writing', 'retiring', 'erasing')"
    if unfinished := database.execute(waiting).fetchone()[0]:
        yield Finding(
            "changes", "warning", f"{unfinished} are under way or were interrupted", "the next start finishes them"
        )


def _vectors(database: sqlite3.Connection, chroma: Path, made: str) -> Finding:
    """Chroma's own database says which vectors there are."""
    chunks = {id_ for (id_,) in database.execute("SELECT id FROM chunks")}
    query = (
        "SELECT embedding_id FROM embeddings JOIN segments ON segments.id = embeddings.segment_id "
        "JOIN collections ON collections.id = segments.collection WHERE collections.name = ?"
    )
    path = chroma / "chroma.sqlite3"
    vectors: set[str] = set()
    if path.exists():
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as store:
                vectors = {id_ for (id_,) in store.execute(query, (collection_name(made),))}
        except sqlite3.Error as error:
            cure = "restore a backup into an empty data folder"
            return Finding("vectors", "broken", f"{path} can't be read ({error})", cure)
    if missing := len(chunks - vectors):
        return Finding("vectors", "broken", f"{missing} of {len(chunks)} chunks have none", CURE)
    if orphans := len(vectors - chunks):
        return Finding("vectors", "warning", f"{orphans} belong to no chunk: no search shows them", CURE)
    return Finding("vectors", "ok", "one for each chunk")


def _files(database: sqlite3.Connection) -> Finding:
    """What has changed on disk since it was last read."""
    counts = {"gone": 0, "changed": 0, "new": 0, "could not be read": 0}
    known: dict[str, set[str]] = {folder: set() for (folder,) in database.execute("SELECT path FROM folders")}
    for folder, file, digest, size, reason, checked in database.execute(
        "SELECT folder, file, hash, size, reason, checked FROM files"
    ):
        path = Path(whole_path(folder, file))
        known.setdefault(folder, set()).add(str(path))
        if reason.startswith(EXCLUDED):
            continue
        state = _as_read(path, digest, size, checked)
        if state or reason:
            counts[state or "could not be read"] += 1
    for folder, paths in known.items():
        if Path(folder).exists():
            counts["new"] += sum(str(path) not in paths for path in find_files(Path(folder)))
    said = ", ".join(f"{n} {name}" for name, n in counts.items() if n)
    changed = counts["gone"] + counts["changed"] + counts["new"]
    if changed:
        return Finding("files", "warning", f"since the last ingest: {said}", "run `quarry ingest`")
    if said:
        return Finding("files", "warning", said, "`quarry documents` says why")
    return Finding("files", "ok", "as they were ingested")


def _as_read(path: Path, digest: str, size: int, checked: str) -> str:
    """`gone`, `changed`, or empty for a file that is as it was read, as far as that is known."""
    try:
        state = path.stat()
        if not digest:
            return ""
        if state.st_size != size:
            return "changed"
        if not checked or state.st_mtime < datetime.fromisoformat(checked).timestamp():
            return ""
        with path.open("rb") as content:
            return "" if hashlib.file_digest(content, "sha256").hexdigest() == digest else "changed"
    except FileNotFoundError:
        return "gone"
    except OSError:
        return ""
