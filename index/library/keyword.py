"""Keyword search: BM25 on SQLite's FTS5, stemmed, on disk. Rows share their number with the table `chunks`.

FTS5 gets texts and queries as `index.passages.words` cuts them, so that numbers, units, codes and Chinese are found by part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, text

from index.passages.words import index_text, query_forms
from index.types import Chunk

TITLE_WEIGHT, HEADING_WEIGHT, TEXT_WEIGHT = 0.5, 0.5, 1.0
"""A word of the title says less than one of the passage, as all of a document's chunks share it."""

TOKENIZER = "\"porter unicode61 remove_diacritics 2 tokenchars '.'\""

K1 = 1.2
"""FTS5's own constant for how soon a repeated word stops counting."""

SELECTING, SELECTED = 20_000, 500
"""In a large library the common words of a query select no chunks: its rarest do, those that occur in so many chunks in
all, and so many of the best they find are then scored by all words. Scoring takes FTS5 3 microseconds a chunk: with
100,000 chunks the 95th percentile is 92 ms instead of 306, and of the ten best without these bounds 98 % are found."""


def create(connection: Connection) -> None:
    """Make the keyword table where it is missing."""
    connection.execute(
        text(f"CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5(title, heading, text, tokenize = {TOKENIZER})")
    )


def add(connection: Connection, rows: Sequence[int], chunks: Sequence[Chunk], title: str) -> None:
    """Index chunks under their row numbers; what starts within a table is found by the table's first row too."""
    connection.execute(
        text("INSERT INTO keywords (rowid, title, heading, text) VALUES (:row, :title, :heading, :text)"),
        [
            {
                "row": row,
                "title": index_text(title),
                "heading": index_text(f"{chunk.heading} {chunk.header}"),
                "text": index_text(chunk.text),
            }
            for row, chunk in zip(rows, chunks, strict=True)
        ],
    )


def retitle(connection: Connection, rows: Iterable[int], title: str) -> None:
    """Index the chunks with these row numbers under another title."""
    found = [{"row": row, "title": index_text(title)} for row in rows]
    if found:
        connection.execute(text("UPDATE keywords SET title = :title WHERE rowid = :row"), found)


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
    scope = {"collections": list(collections), "document_ids": list(document_ids)}
    columns = {"collections": "documents.collection", "document_ids": "chunks.document_id"}
    filters = " AND ".join(f"{columns[name]} IN :{name}" for name, values in scope.items() if values)
    rows = f"SELECT chunks.row FROM chunks JOIN documents ON documents.id = chunks.document_id WHERE {filters}"
    within = f"AND +rowid IN ({rows})" if filters else ""
    selecting = selecting_words(document_frequency(connection, terms))
    if len(selecting) < len(terms):
        within = f"AND +rowid IN (SELECT rowid FROM ({_best('selecting', within, 'selected')}))"
    statement = text(
        f"SELECT chunks.id, best.score FROM ({_best('match', within, 'top_k')}) AS best "
        "JOIN chunks ON chunks.row = best.rowid ORDER BY best.score DESC, best.rowid"
    ).bindparams(*(bindparam(name, expanding=True) for name, values in scope.items() if values))
    parameters = {"match": _any(terms), "selecting": _any(selecting), "top_k": top_k, "selected": max(top_k, SELECTED)}
    return [(str(row.id), float(row.score)) for row in connection.execute(statement, parameters | scope)]


def selecting_words(frequency: Mapping[str, int]) -> list[str]:
    """The rarest words of a query, as many as occur in `SELECTING` chunks in all, but one that occurs at least."""
    found, total = [], 0
    for word in sorted(frequency, key=lambda word: frequency[word]):
        total += frequency[word]
        if total > SELECTING and total > frequency[word]:
            break
        found.append(word)
    return found


def _best(match: str, within: str, limit: str) -> str:
    """SQL for the row numbers and scores of the best chunks for the parameter `match`.

    They are looked up in no other table before they are cut to `limit`, and the plus sign before "rowid" keeps SQLite
    from asking FTS5 for row by row, which takes a millisecond each.
    """
    score = f"-bm25(keywords, {TITLE_WEIGHT}, {HEADING_WEIGHT}, {TEXT_WEIGHT}) AS score"
    where = f"keywords MATCH :{match} {within}"
    return f"SELECT rowid, {score} FROM keywords WHERE {where} ORDER BY score DESC, rowid LIMIT :{limit}"


def _any(terms: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def upper_bound(connection: Connection, query: str) -> float:
    """What no BM25 score of a query exceeds: (k1 + 1) times the sum of its words' inverse document frequencies.

    A word that occurs nowhere weighs most. Inverse document frequency as in Lucene, log(1 + (N - n + .5) / (n + .5)).
    """
    total = connection.execute(text("SELECT count(*) FROM chunks")).scalar_one()
    frequency = document_frequency(connection, query_forms(query))
    return (K1 + 1) * sum(math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in frequency.values())


def document_frequency(connection: Connection, terms: Sequence[str]) -> dict[str, int]:
    """In how many chunks each of `terms` occurs, in any of its stemmed forms."""
    count = "SELECT count(*) FROM keywords WHERE keywords MATCH '\"' || word.value || '\"'"
    statement = text(f"SELECT word.value AS word, ({count}) AS chunks FROM json_each(:words) AS word")
    return {row.word: row.chunks for row in connection.execute(statement, {"words": json.dumps(terms)})}
