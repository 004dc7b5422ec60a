"""Hits in, the sentences that may answer out, and how likely they do: two small logistic models over readable signals."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.asked import Asked, asked, names_of
from assistant.injection import about_orders, gives_orders
from assistant.signals import (
    AnswerSignals,
    SentenceSignals,
    Statement,
    answer_signals,
    is_question,
    sentence_signals,
)
from assistant.types import Citation, Evidence, EvidenceSpan
from index.keyword import document_frequency
from index.library import Library
from index.likeness import Likeness, word_weights
from index.types import Document, Hit
from index.words import stem, stems, words

MAX_SPANS = 8
"""Sentences handed on. Eight single sentences answered more of a trial set (59 %) than four whole paragraphs (46 %)."""

MIN_WORDS = 4
"""Shorter lines without a colon or number are captions, names and headings: they state nothing."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: `weights` in the order of its signals' fields."""

    bias: float
    weights: tuple[float, ...]

    def probability(self, signals: Sequence[float]) -> float:
        """In (0, 1)."""
        z = self.bias + sum(weight * signal for weight, signal in zip(self.weights, signals, strict=True))
        return 1.0 / (1.0 + math.exp(-z))


UNKNOWN, UNLIKE = 0.6, 0.4
"""No quote answers where more than `UNKNOWN` of the query's weight stands in no passage found and the best sentence's words
are less like the query's than `UNLIKE`. On open halves, at the shipped threshold: unanswerable questions of mtrag-un
refused .41 to .56, answerable ones .07 to .10; our own near misses .12 to .20, answerable ones .20 to .29."""

FOREIGN = 0.3
"""What such evidence is given at most: too little for quotes, but a language model reads other words and languages."""

WEIGHTS = Path(__file__).with_name("evidence.json")
"""Both models, weights by signal, as `python -m evals fit-evidence` wrote them."""


@cache
def models() -> tuple[Model, Model]:
    """The model of sentences, over `SentenceSignals`, and that of answers, over `AnswerSignals`."""
    given = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    sentence, answer = given["sentence"], given["answer"]
    return (
        Model(sentence["bias"], tuple(sentence.get(name, 0.0) for name in SentenceSignals._fields)),
        Model(answer["bias"], tuple(answer.get(name, 0.0) for name in AnswerSignals._fields)),
    )


def asked_of(query: str, library: Library) -> Asked:
    """What `query` asks for, its words weighed by how rare they are in the library."""
    return asked(query, word_weights(query, library))


def select(wanted: Asked, hits: Sequence[Hit], library: Library) -> Evidence:
    """At most `MAX_SPANS` sentences of the hits, best first, numbered in the order they would be read."""
    found = statements(wanted, hits, library)
    if not found:
        return Evidence((), 0.0, wanted.words)
    spans = []
    for one in found[:MAX_SPANS]:
        document = library.document(one.hit.chunk.document_id, one.hit.chunk.version)
        spans.append(EvidenceSpan(_citation(document, one.hit, one.start, one.end), one.score, one.context))
    held = stems(found[0].context)
    missing = tuple(word for word in wanted.words if stem(word) not in held)
    if missing_names(wanted.query, missing, library):
        return Evidence(tuple(spans), 0.0, missing)
    signals = answer_signals(wanted, found)
    answerable = models()[1].probability(signals)
    if signals.unknown > UNKNOWN and signals.like < UNLIKE:
        answerable = min(answerable, FOREIGN)
    return Evidence(tuple(spans), answerable, missing)


def statements(wanted: Asked, hits: Sequence[Hit], library: Library) -> list[Statement]:
    """The hits' sentences that state something (no question, caption or order), the likeliest answer first."""
    return sorted(all_statements(wanted, hits, library), key=lambda statement: -statement.score)


def all_statements(wanted: Asked, hits: Sequence[Hit], library: Library) -> Iterator[Statement]:
    """The same in the order of the hits."""
    vector = library.embedder.encode_query(wanted.query)
    score = models()[0].probability
    orders_wanted = about_orders(wanted.query)
    likeness = Likeness(wanted.words, library.embedder)
    likeness.learn(hit.chunk.text for hit in hits)
    of_chunk = library.sentences([hit.chunk.id for hit in hits])
    for rank, hit in enumerate(hits):
        own = of_chunk.get(hit.chunk.id)  # none where the document was replaced since the search
        if own is None:
            continue
        chunk = hit.chunk
        title = library.document(chunk.document_id, chunk.version).title
        context = f"{title}\n{chunk.heading}\n{chunk.text}"
        like = likeness(context)
        texts = [chunk.text[start - chunk.start : end - chunk.start] for start, end in own.spans]
        cosines = [float(cosine) for cosine in own.vectors @ vector]
        for place, (start, end) in enumerate(own.spans):
            if is_question(texts[place]) or _is_fragment(texts[place]):
                continue
            if not orders_wanted and gives_orders(texts[place]):
                continue
            signals = sentence_signals(wanted, hit, rank, context, texts, cosines, place, likeness)
            yield Statement(hit, start, end, signals, like, score(signals), context)


def missing_names(query: str, missing: Sequence[str], library: Library) -> list[str]:
    """The names among the query's `missing` words that occur nowhere in the library.

    The first word is none: before a name, as in "List Korea Zinc's plants", it can't be told from a part of it.
    """
    first = {word.lower() for word in re.findall(r"\w+", query)[:1]}
    names = {part for name in names_of(query) for part in words(name) if not part.isdigit()} - first
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, [word for word in missing if word in names])
    return [word for word, n in frequency.items() if n == 0]


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
