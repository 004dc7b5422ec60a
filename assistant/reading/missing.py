"""What of a question the documents don't say: the part whose leaving-out lifts the reader's best sentence most.

No grammar: which words may be it, their rarity in the encoder's own vocabulary says; which of them it is, the reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.reader import Reader, reader_of
from assistant.refusal import NOT_SAID
from assistant.types import Evidence
from index.keyword import document_frequency
from index.library import Library
from index.seen import above
from index.words import words

RARE = 12.0
"""The least negative log-probability of a word in the vocabulary to be named as missing: the 7.3, what 10.3, sind 9.7,
когда 10.7; planned 14.3, director 12.6, Zinc 20.8, Kündigungsfrist 46. Question words of some languages are rarer than that:
they are kept out by the reader, as a question without them is no clearer. Where no blanks stand, a run of characters is one
word."""

LONGEST = 3
"""Rare words side by side that are one part, as a name is; of more each is one of its own."""

MOST = 5
"""Parts tried, the rarest words first: each is read once more, in short."""

LEAST_LIFT = 0.7
"""In log-odds; less is chance."""

SAME_LANGUAGE = 0.5
"""The share of the query's other words that occur in the documents from which on a word may be said to occur nowhere."""

READ = 3
"""Sentences, the best ones, that are read again."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*[^\W_]*|[^\W_]+(?:[-’'.&][^\W_]+)*")


def missing(query: str, evidence: Evidence, library: Library) -> str:
    """The words of the query, as they stand there, that the best sentences lack; empty where none can be told."""
    reader = reader_of(library.embedder)
    parts = parts_of(query, library) if reader and evidence.spans else []
    if not reader or not parts:
        return ""
    variants = [query, *(" ".join((query[:start] + query[end:]).split()) for start, end in parts)]
    odds = _best(reader, variants, evidence)
    lifts = [one - odds[0] for one in odds[1:]]
    best = max(range(len(parts)), key=lambda place: lifts[place])
    start, end = parts[best]
    return query[start:end] if lifts[best] >= LEAST_LIFT else ""


def refused_for(query: str, evidence: Evidence, lacking: str, library: Library) -> str:
    """What a refusal says: what was searched for, what of it no passage says, and which document comes nearest.

    `lacking` are the words of the query that the nearest passage lacks.
    """
    with library.engine.connect() as connection:
        held = document_frequency(connection, words(query)) if lacking else {}
    own = words(lacking)
    others = [held[word] > 0 for word in held if word not in own]
    # a query most of whose other words occur nowhere is in another language, which tells nothing of this one
    nowhere = bool(own) and not any(held.get(word) for word in own) and sum(others) >= SAME_LANGUAGE * len(others)
    lines = [NOT_SAID, f"Searched for: {query}"]
    if nowhere:
        lines.append(f"No document mentions “{lacking}”.")
    if evidence.spans:
        title = " ".join(evidence.spans[0].citation.title.split())
        lacks = f"; it does not say what is asked of “{lacking}”" if lacking and not nowhere else ""
        lines.append(f"The nearest passage is from “{title}”{lacks}.")
    return "\n".join(lines)


def parts_of(query: str, library: Library) -> list[tuple[int, int]]:
    """The ranges of the query's rare words, up to `LONGEST` side by side as one; the `MOST` rarest, in their order."""
    e5 = library.embedder.e5
    assert e5 is not None
    words = list(_WORD.finditer(query))
    ids = [found.ids for found in e5.tokenizer.encode_batch([word[0] for word in words], add_special_tokens=False)]
    rarity = [-float(e5.scores[own].sum()) for own in ids]
    runs: list[list[tuple[int, int, float]]] = []
    for word, rare in zip(words, rarity, strict=True):
        if rare < RARE and not word[0][0].isdigit():
            continue
        one = (word.start(), word.end(), rare)
        if runs and query[runs[-1][-1][1] : word.start()] in (" ", "-", ""):
            runs[-1].append(one)
        else:
            runs.append([one])
    found = [
        part
        for run in runs
        for part in ([(run[0][0], run[-1][1], max(one[2] for one in run))] if len(run) <= LONGEST else run)
    ]
    rarest = sorted(found, key=lambda part: -part[2])[:MOST]
    return sorted((start, end) for start, end, _ in rarest)


def _best(reader: Reader, questions: Sequence[str], evidence: Evidence) -> list[float]:
    """The best sentence's log-odds for each question, over the evidence's best sentences below their own headings."""
    spans = evidence.spans[:READ]
    first = spans[0].citation
    texts = [" ".join(span.citation.quote.split()) for span in spans if span.citation.document_id == first.document_id]
    return reader.odds(questions, above(first.title, first.place), texts)
