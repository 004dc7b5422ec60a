"""Hits in, the sentences that may answer out, best first, and how likely the documents answer at all.

The reader reads the likeliest sentences; a small model over its log-odds and a few plain features, none of them of one
language, orders them and says how likely there is an answer. Both were fitted by `python -m evals fit-reading`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assistant.answer_signals import answer_signals
from assistant.asked import Asked
from assistant.evidence import MAX_SPANS, Model, citation_of, statements
from assistant.evidence import models as ruled_models
from assistant.form import fits
from assistant.injection import about_orders, gives_orders
from assistant.reading.reader import Reading, reader_of
from assistant.reading.windows import TOKENS, Sentence, heading_of, sentences_of
from assistant.types import Evidence, EvidenceSpan
from index.library import Library
from index.likeness import FEW_CHUNKS, Likeness, word_weights
from index.marked import HEADING
from index.types import Hit
from index.words import stem, stems

WEIGHTS = Path(__file__).with_name("evidence.json")

UNREAD = -12.0
"""The log-odds of a sentence that was not read: lower than of nearly all that were."""

LEAST_SHARE, NOTHING_RULED = -12.0, -6.0
"""The logarithm of the share of a sentence that rules leave out, and their log-odds of an answer where none is left."""

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_ASKS = re.compile(r"[?？؟;՞]\W*$")


class SentenceFeatures(NamedTuple):
    """Of a sentence: the reader's log-odds, how far its cosine with the query is above the mean of all found, in standard
    deviations, its passage's place in the search, from 0 to 1, and the logarithm of its share by rules, `LEAST_SHARE` at
    least."""

    odds: float
    cosine: float
    rank: float
    rules: float
    """Gold first, report halves: own .672 to .701, CLAPnq .842 to .855, held articles .714 as before."""


class AnswerFeatures(NamedTuple):
    """Of all that was found: the log-odds that any sentence read answers, from the sum over all; the share of the query's
    rare words that the passages hold together, and of those that occur anywhere in the library; whether the query's numbers
    stand in the best sentence's passage; how far the first hit's score is above the mean; how far the best sentence, with
    its neighbours, lacks what the query says its answer must have, as a month or a count; and the log-odds of an answer
    by rules."""

    total: float
    together: float
    known: float
    numbers: float
    margin: float
    lacking: float
    """Own questions' AUROC, report half, .735 to .784; MTRAG-UN's .942 to .952; held articles' .879 to .878."""
    rules: float
    """Beside `lacking`: own .792 to .804, CLAPnq .854 to .862, MTRAG-UN .953 to .956, held articles .881 as before."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence with what the reader says of it, None where it wasn't read, and its features.

    `numbers` is the share of the query's numbers that stand in its passage or above it, `lacking` see `AnswerFeatures`.
    """

    sentence: Sentence
    reading: Reading | None
    features: SentenceFeatures
    numbers: float
    lacking: float


@dataclass(frozen=True, slots=True)
class Findings:
    """The sentences of all hits in no order, and what is known of the hits as a whole; see `AnswerFeatures`."""

    found: tuple[Found, ...]
    together: float
    known: float
    margin: float
    rules: float


class Models(NamedTuple):
    """`order` ranks sentences, `answer` says whether there is an answer."""

    order: Model
    answer: Model


@cache
def models() -> Models:
    """The fitted models."""
    given = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fields = {"order": SentenceFeatures._fields, "answer": AnswerFeatures._fields}
    return Models(*(Model(given[name]["bias"], tuple(given[name][one] for one in own)) for name, own in fields.items()))


def select(wanted: Asked, hits: Sequence[Hit], library: Library, tokens: int = TOKENS) -> Evidence:
    """At most `MAX_SPANS` sentences of the hits, best first, numbered in the order they would be read.

    At most so many `tokens` are read.
    """
    weights = word_weights(wanted.query, library)
    findings = find(wanted, hits, weights, library, tokens)
    found = ordered(findings, models().order)
    if not found:
        return Evidence((), 0.0, tuple(weights))
    spans = []
    for one, score in found[:MAX_SPANS]:
        chunk = one.sentence.hit.chunk
        document = library.document(chunk.document_id, chunk.version)
        citation = citation_of(document, chunk, one.sentence.start, one.sentence.end)
        context = f"{document.title}\n{chunk.heading}\n{chunk.text}"
        spans.append(EvidenceSpan(citation, score, context, short_answer(one)))
    features = answer_features(findings, [one for one, _ in found])
    held = stems(spans[0].context)
    missing = tuple(word for word in weights if stem(word) not in held)
    return Evidence(tuple(spans), models().answer.probability(features), missing)


def find(
    wanted: Asked, hits: Sequence[Hit], weights: Mapping[str, float], library: Library, tokens: int = TOKENS
) -> Findings:
    """The hits' sentences that state something, no question, heading or order; `weights` say how rare words are."""
    query = wanted.query
    by_stem = {stem(word): weight for word, weight in weights.items()}
    total = sum(by_stem.values()) or 1.0
    stored = library.sentences_of([hit.chunk for hit in hits])
    sentences = sentences_of(query, hits, by_stem, library, stored)
    reader = reader_of(library.embedder)
    readings = {id(one.sentence): one for one in reader.read(query, sentences, library, tokens)} if reader else {}
    cosines = np.array([one.cosine for one in sentences] or [0.0])
    middle, spread = float(cosines.mean()), float(cosines.std()) + 1e-9
    passages = [f"{heading_of(hit, library)}\n{hit.chunk.text}" for hit in hits]
    asked = [number.strip(".,:") for number in _NUMBER.findall(query)]
    numbers = [sum(number in text for number in asked) / len(asked) if asked else 1.0 for text in passages]
    ordering = about_orders(query)
    like = Likeness(wanted.form.words, library.embedder)
    ruled = statements(wanted, hits, library, stored)
    shares = {(one.hit.chunk.id, one.start): math.log(one.score + 1e-9) for one in ruled}
    found = []
    for place, one in enumerate(sentences):
        if _is_heading(one) or _ASKS.search(one.seen.text) or (not ordering and gives_orders(one.seen.text)):
            continue
        reading = readings.get(id(one))
        odds = reading.odds if reading else UNREAD
        share = max(shares.get((one.hit.chunk.id, one.start), LEAST_SHARE), LEAST_SHARE)
        features = SentenceFeatures(odds, (one.cosine - middle) / spread, one.rank / len(hits), share)
        near = " ".join(other.seen.text for other in sentences[max(place - 1, 0) : place + 2] if other.rank == one.rank)
        found.append(Found(one, reading, features, numbers[one.rank], 1.0 - fits(wanted.form, one.seen.text, near, like)))
    everything = frozenset[str]().union(*(stems(text) for text in passages))
    unseen = math.log(1 + (max(library.count_chunks(), FEW_CHUNKS) + 0.5) / 0.5)
    return Findings(
        tuple(found),
        together=sum(by_stem[word] for word in by_stem.keys() & everything) / total,
        known=sum(weight for weight in by_stem.values() if weight < unseen - 1e-6) / total,
        margin=hits[0].score - sum(hit.score for hit in hits) / len(hits) if hits else 0.0,
        rules=ruled_models().answer.value(answer_signals(wanted, ruled)) if ruled else NOTHING_RULED,
    )


def _is_heading(sentence: Sentence) -> bool:
    """Whether it is a marked heading: what it says, it says of what follows."""
    return bool(sentence.hit.chunk.heading and HEADING.match(sentence.seen.text))


def ordered(findings: Findings, model: Model) -> list[tuple[Found, float]]:
    """The sentences with the probability that each is the one that answers, of all found, if one does; the best first."""
    shares = model.shares([one.features for one in findings.found])
    return sorted(zip(findings.found, shares, strict=True), key=lambda pair: -pair[1])


def answer_features(findings: Findings, found: Sequence[Found]) -> AnswerFeatures:
    """The features of all that was found; `found` is it in order and not empty."""
    return AnswerFeatures(
        total=math.log(sum(math.exp(min(one.features.odds, 30.0)) for one in found) + 1e-9),
        together=findings.together,
        known=findings.known,
        numbers=found[0].numbers,
        margin=findings.margin,
        lacking=found[0].lacking,
        rules=findings.rules,
    )


def short_answer(found: Found) -> tuple[int, int] | None:
    """Where the short answer stands in the document; None where the sentence was not read."""
    if found.reading is None:
        return None
    source = found.sentence.seen.source(*found.reading.answer)
    offset = found.sentence.hit.chunk.start
    return (source[0] + offset, source[1] + offset) if source else None
