"""Hits in, the sentences that may answer out, and how likely they do."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import snowballstemmer

from assistant.types import Citation, Evidence, EvidenceSpan
from index.keyword import document_frequency, words
from index.library import Library
from index.sentences import is_wrapped, sentences
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
    found = [(hit, start, end) for hit in hits for start, end in _statements(hit, library)]
    if not found:
        return Evidence((), 0.0, tuple(weights))
    texts = [hit.chunk.text[start - hit.chunk.start : end - hit.chunk.start] for hit, start, end in found]
    cosines = library.embedder.encode_documents(texts) @ library.embedder.encode_query(query)
    spans = []
    for (hit, start, end), text, cosine in zip(found, texts, cosines, strict=True):
        document = library.document(hit.chunk.document_id, hit.chunk.version)
        context = f"{document.title}\n{hit.chunk.heading}\n{hit.chunk.text}"
        own, around = coverage(weights, text), coverage(weights, context)
        score = SIMILARITY_WEIGHT * max(float(cosine), 0.0) + (1 - SIMILARITY_WEIGHT) * (own + around) / 2
        spans.append(EvidenceSpan(_citation(document, hit, start, end), score, context))
    best = sorted(spans, key=lambda span: -span.score)[:MAX_SPANS]
    covered = max(best, key=lambda span: coverage(weights, span.context))
    held = stems(covered.context)
    missing = tuple(word for word in weights if stem(word) not in held)
    answerable = coverage(weights, covered.context) * min(1.0, max(0.0, float(max(cosines))) / FULL_SIMILARITY)
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


def coverage(weights: dict[str, float], text: str) -> float:
    """The share, in [0, 1], of the words' weight that occurs in `text`; 1 where there are no words."""
    total = sum(weights.values())
    held = stems(text)
    return sum(weight for word, weight in weights.items() if stem(word) in held) / total if total else 1.0


def _statements(hit: Hit, library: Library) -> list[tuple[int, int]]:
    """The spans, in the document, of the hit's sentences that state something: no questions, no captions."""
    text, offset = hit.chunk.text, hit.chunk.start
    wrapped = is_wrapped(library.document(hit.chunk.document_id, hit.chunk.version).text)
    return [
        (start + offset, end + offset)
        for start, end in sentences(text, wrapped=wrapped)
        if not text[start:end].rstrip('"”’)').endswith(("?", "？")) and not _is_fragment(text[start:end])
    ]


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
