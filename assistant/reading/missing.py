"""What of a question the documents don't say: the part whose leaving-out lifts the reader's best sentence most.

No grammar: which words may be it, their rarity in the encoder's own vocabulary says; which of them it is, the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.reading.rarity import RARE, rarities
from assistant.reading.reader import Reader, reader_of
from assistant.types import Evidence
from index.library.keyword import document_frequency
from index.library.library import Library
from index.passages.seen import above
from index.passages.words import words

RARE_NOWHERE = 11.0
"""The least rarity, as `RARE` is, of a word that occurs nowhere in the library: Japan 11.8, profit 11.9."""

LONGEST = 3
"""Rare words side by side that are one part, as a name is; of more each is one of its own."""

MOST = 5
"""Parts tried, the rarest words first: each is read once more, in short."""

LEAST_LIFT = 0.7
"""In log-odds; less is chance."""

SAME_LANGUAGE = 0.5
"""The share of the query's words that occur in the documents from which on one may be said to occur nowhere: in another
language all do."""

READ = 3
"""Sentences, the best ones, that are read again."""


def missing(query: str, evidence: Evidence, library: Library) -> str:
    """The words of the query, as they stand there, that the best sentences lack; empty where none can be told."""
    reader = reader_of(library.embedder)
    parts = parts_of(query, library) if reader and evidence.spans else []
    if not reader or not parts:
        return ""
    variants = [query, *(" ".join((query[: one.start] + query[one.end :]).split()) for one in parts)]
    odds = _best(reader, variants, evidence)
    lifts = [lift - odds[0] for lift in odds[1:]]
    best = max(range(len(parts)), key=lifts.__getitem__)
    return query[parts[best].start : parts[best].end] if lifts[best] > LEAST_LIFT else ""


def nowhere_in(query: str, library: Library) -> frozenset[str]:
    """The query's words that occur nowhere in the library; none of a query in another language than the documents'."""
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, words(query))
    unheard = frozenset(word for word, n in frequency.items() if n == 0)
    return unheard if len(frequency) - len(unheard) >= SAME_LANGUAGE * len(frequency) else frozenset()


class Part(NamedTuple):
    """A range of a query, and whether its words occur nowhere in the library."""

    start: int
    end: int
    nowhere: bool


def parts_of(query: str, library: Library) -> list[Part]:
    """The query's rare words, up to `LONGEST` side by side as one, those that occur nowhere apart from the others.

    The `MOST` rarest of them, in their order.
    """
    e5 = library.embedder.e5
    assert e5 is not None
    unheard = nowhere_in(query, library)
    runs: list[list[tuple[Part, float]]] = []
    for start, end, rare in rarities(query, e5):
        own = frozenset(words(query[start:end]))
        one = Part(start, end, bool(own) and own <= unheard)
        if rare < (RARE_NOWHERE if one.nowhere else RARE) and not query[start].isdigit():
            continue
        last = runs[-1][-1][0] if runs else None
        if last and last.nowhere == one.nowhere and query[last.end : one.start] in (" ", "-", ""):
            runs[-1].append((one, rare))
        else:
            runs.append([(one, rare)])
    made = [
        part
        for run in runs
        for part in (
            [(Part(run[0][0].start, run[-1][0].end, run[0][0].nowhere), max(rare for _, rare in run))]
            if len(run) <= LONGEST
            else run
        )
    ]
    return sorted(part for part, _ in sorted(made, key=lambda one: -one[1])[:MOST])


def _best(reader: Reader, questions: Sequence[str], evidence: Evidence) -> list[float]:
    """The best sentence's log-odds for each question, over the evidence's best sentences below their own headings."""
    spans = evidence.spans[:READ]
    first = spans[0].citation
    texts = [" ".join(span.citation.quote.split()) for span in spans if span.citation.document_id == first.document_id]
    return reader.odds(questions, above(first.title, first.place), texts)
