"""Hits in, the sentences that may answer out, and how likely they do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import snowballstemmer

from assistant.injection import about_orders, gives_orders
from assistant.types import Citation, Evidence, EvidenceSpan
from index.keyword import document_frequency, words
from index.library import Library
from index.types import Document, Hit

MAX_SPANS = 8
"""Sentences handed on. Eight single sentences answered more of a trial set (59 %) than four whole paragraphs (46 %)."""

MIN_WORDS = 4
"""Shorter lines without a colon or number are captions, names and headings: they state nothing."""

SIMILARITY_WEIGHT = 0.6
"""The cosine's part in a sentence's score, the rest being the share of the query's rare words it holds."""

_stemmer = snowballstemmer.stemmer("porter")  # as in the keyword index


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word; words of other scripts stay as they are."""
    return str(_stemmer.stemWord(word)) or word  # nothing is left of "s"


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(word) for word in re.findall(r"\w+", text.lower()))


def select(query: str, hits: Sequence[Hit], library: Library) -> Evidence:
    """At most `MAX_SPANS` sentences of the hits, best first, numbered in the order they would be read.

    A sentence's score is its cosine with the query and the share of the query's rare words (weighted by inverse
    document frequency) that it or, at half weight, the passage around it holds.
    """
    if not hits:
        return Evidence((), 0.0)
    weights = word_weights(query, library)
    found = list(_statements(query, hits, library))
    if not found:
        return Evidence((), 0.0, tuple(weights))
    spans = []
    for hit, start, end, cosine in found:
        text = hit.chunk.text[start - hit.chunk.start : end - hit.chunk.start]
        document = library.document(hit.chunk.document_id, hit.chunk.version)
        context = f"{document.title}\n{hit.chunk.heading}\n{hit.chunk.text}"
        own, around = coverage(weights, text), coverage(weights, context)
        score = SIMILARITY_WEIGHT * max(cosine, 0.0) + (1 - SIMILARITY_WEIGHT) * (own + around) / 2
        spans.append(EvidenceSpan(_citation(document, hit, start, end), score, context))
    best = sorted(spans, key=lambda span: -span.score)[:MAX_SPANS]
    covered = max(best, key=lambda span: coverage(weights, span.context))
    held = stems(covered.context)
    missing = tuple(word for word in weights if stem(word) not in held)
    if missing_names(query, missing, library):
        return Evidence(tuple(best), 0.0, missing)
    answerable = coverage(weights, covered.context) * min(
        1.0, max(0.0, max(cosine for *_, cosine in found)) / FULL_SIMILARITY
    )
    return Evidence(tuple(best), answerable, missing)


FULL_SIMILARITY = 0.5
"""From this cosine of the best sentence on, only the words decide; below it the chance to hold the answer falls."""


def word_weights(query: str, library: Library) -> dict[str, float]:
    """The inverse document frequency of each of the query's words; a word that occurs nowhere weighs most."""
    terms = words(query)
    total = library.count_chunks()
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, terms)
    return {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in frequency.items()}


def missing_names(query: str, missing: Sequence[str], library: Library) -> list[str]:
    """The names among the query's `missing` words that occur nowhere in the library.

    A name is capitalised within the query; the first word, and a query that is all in capitals, tell nothing.
    """
    names = {word.lower() for word in re.findall(r"\w+", query)[1:] if word[0].isupper() and not query.isupper()}
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, [word for word in missing if word in names])
    return [word for word, n in frequency.items() if n == 0]


def coverage(weights: dict[str, float], text: str) -> float:
    """The share, in [0, 1], of the words' weight that occurs in `text`; 1 where there are no words."""
    total = sum(weights.values())
    held = stems(text)
    return sum(weight for word, weight in weights.items() if stem(word) in held) / total if total else 1.0


def _statements(query: str, hits: Sequence[Hit], library: Library) -> Iterator[tuple[Hit, int, int, float]]:
    """The hits' sentences that state something (no question, caption, order): range, cosine with the query."""
    vector = library.embedder.encode_query(query)
    of_chunk = library.sentences([hit.chunk.id for hit in hits])
    for hit in hits:
        own = of_chunk.get(hit.chunk.id)  # none where the document was replaced since the search
        for (start, end), cosine in zip(own.spans, own.vectors @ vector, strict=True) if own else ():
            text = hit.chunk.text[start - hit.chunk.start : end - hit.chunk.start]
            if text.rstrip('"”’)').endswith(("?", "？")) or _is_fragment(text):
                continue
            if about_orders(query) or not gives_orders(text):
                yield hit, start, end, float(cosine)


def _is_fragment(sentence: str) -> bool:
    """Whether a line is too short to state something: "Capacity: 12 t" is not."""
    return len(re.findall(r"\w+", sentence)) < MIN_WORDS and not re.search(r"[:\d]|[^\x00-\u024f]", sentence)


def _citation(document: Document, hit: Hit, start: int, end: int) -> Citation:
    return Citation(
        number=1,
        document_id=document.id,
        version=document.version,
        file=document.file,
        title=document.title,
        date=document.date,
        start=start,
        end=end,
        quote=document.text[start:end],
        page=document.page_at(start),
        place=hit.chunk.heading,
    )
