"""Keyword search: BM25 on SQLite's FTS5, stemmed, on disk. Rows share their number with the table `chunks`.

FTS5 gets texts and queries as `index.words` cuts them, so that numbers, units, codes and Chinese are found by part.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, text

from index.types import Chunk
from index.words import index_text, query_forms

TITLE_WEIGHT, HEADING_WEIGHT, TEXT_WEIGHT = 0.5, 0.5, 1.0
"""A word of the title says less than one of the passage, as all of a document's chunks share it."""

K1 = 1.2
"""FTS5's own constant for how soon a repeated word stops counting."""


def create(connection: Connection) -> None:
    """Make the keyword table where it is missing."""
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5("
            "title, heading, text, tokenize = \"porter unicode61 remove_diacritics 2 tokenchars '.'\")"
        )
    )


def add(connection: Connection, rows: Sequence[int], chunks: Sequence[Chunk], title: str) -> None:
    """Index chunks under their row numbers."""
    connection.execute(
        text("INSERT INTO keywords (rowid, title, heading, text) VALUES (:row, :title, :heading, :text)"),
        [
            {"row": row, "title": index_text(title), "heading": index_text(chunk.heading), "text": index_text(chunk.text)}
            for row, chunk in zip(rows, chunks, strict=True)
        ],
    )


def delete(connection: Connection, rows: Iterable[int]) -> None:
    """Forget the chunks with these row numbers."""
    found = [{"row": row} for row in rows]
    if found:
        connection.execute(text("DELETE FROM keywords WHERE rowid = :row"), found)


def search(
    connection: Connection,
    query: str,
    top_k: int,
    *,
    collections: Sequence[str] = (),
    document_ids: Sequence[str] = (),
) -> list[tuple[str, float]]:
    """The ids of the chunks that hold any word of `query`, with their BM25 scores (above 0), best first."""
    terms = query_forms(query)
    if not terms:
        return []
    filters = "".join(
        f" AND {column} IN :{name}"
        for column, name, values in (
            ("documents.collection", "collections", collections),
            ("chunks.document_id", "document_ids", document_ids),
        )
        if values
    )
    parameters: dict[str, object] = {"match": " OR ".join(f'"{term}"' for term in terms), "top_k": top_k}
    statement = text(
        f"SELECT chunks.id, -bm25(keywords, {TITLE_WEIGHT}, {HEADING_WEIGHT}, {TEXT_WEIGHT}) AS score "
        "FROM keywords JOIN chunks ON chunks.row = keywords.rowid "
        "JOIN documents ON documents.id = chunks.document_id "
        f"WHERE keywords MATCH :match{filters} ORDER BY score DESC, chunks.row LIMIT :top_k"
    )
    for name, values in (("collections", collections), ("document_ids", document_ids)):
        if values:
            statement = statement.bindparams(bindparam(name, expanding=True))
            parameters[name] = list(values)
    return [(str(row.id), float(row.score)) for row in connection.execute(statement, parameters)]


def upper_bound(connection: Connection, query: str) -> float:
    """What no BM25 score of a query exceeds: (k1 + 1) times the sum of its words' inverse document frequencies.

    A word that occurs nowhere weighs most. Inverse document frequency as in Lucene, log(1 + (N - n + .5) / (n + .5)).
    """
    total = connection.execute(text("SELECT count(*) FROM chunks")).scalar_one()
    frequency = document_frequency(connection, query_forms(query))
    return (K1 + 1) * sum(math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in frequency.values())


def document_frequency(connection: Connection, terms: Sequence[str]) -> dict[str, int]:
    """In how many chunks each of `terms` occurs, in any of its stemmed forms."""
    statement = text("SELECT count(*) FROM keywords WHERE keywords MATCH :match")
    return {term: connection.execute(statement, {"match": f'"{term}"'}).scalar_one() for term in terms}
