"""Hits in, the sentences that may answer out, best first, and how likely the documents answer at all.

The reader reads the likeliest sentences; a small model over its log-odds and a few plain features, none of them of one
language, orders them and says how likely there is an answer. Where the embedder has no reader, the features alone do, with
weights of their own. All were fitted by `python -m evals fit-reading`.
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

from assistant.facts.dates import as_dated
from assistant.reading.codes import codes, named_nowhere
from assistant.reading.codes import held as held_codes
from assistant.reading.form import fits, form_of
from assistant.reading.heads import Head, heads
from assistant.reading.linear import Model
from assistant.reading.rarity import rare_words
from assistant.reading.reader import Reading, reader_of
from assistant.reading.spans import span_of
from assistant.reading.windows import TOKENS, Sentence, sentences_of
from assistant.types import Evidence
from assistant.untrusted.injection import gives_orders
from index.library.library import Library
from index.parsing.marked import HEADING
from index.passages.words import stem, stems
from index.search.likeness import FEW_CHUNKS, Likeness, word_weights
from index.types import Hit

READ_WEIGHTS = Path(__file__).with_name("evidence.json")
UNREAD_WEIGHTS = Path(__file__).with_name("unread.json")
"""The models where the reader read, and where the embedder has none."""

MAX_SPANS = 8
"""Sentences handed on. Eight single sentences answered more of a trial set (59 %) than four whole paragraphs (46 %)."""

UNREAD = -12.0
"""The log-odds of a sentence that was not read: lower than of nearly all that were."""

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
ASKS = re.compile(r"[?？؟;՞]\W*$")
"""What ends a question."""


class SentenceFeatures(NamedTuple):
    """Of a sentence: the reader's log-odds, how far its cosine with the query is above the mean of all found, in standard
    deviations, its passage's place in the search, from 0 to 1, and the share of the query's words that its passage holds,
    weighed by how rare they are in the encoder's vocabulary.

    The share: gold first on the report halves of CLAPnq .842 to .868, held articles .742 to .774, own .649 to .664.
    """

    odds: float
    cosine: float
    rank: float
    passage: float


class AnswerFeatures(NamedTuple):
    """Of all that was found: the log-odds that any sentence read answers, from the sum over all; the share of the query's
    rare words that the passages hold together, and of those that occur anywhere in the library; whether the query's numbers
    stand in the best sentence's passage; how far the first hit's score is above the mean; the best sentence's cosine with
    the query; and how far it, with its neighbours, lacks the form that the query says its answer must have, as a month or a
    count.

    The form, AUROC on report halves: own .739 to .793; the five other sets, in the mean, by .002 (-.001 to .006).
    """

    total: float
    together: float
    known: float
    numbers: float
    margin: float
    cosine: float
    lacking: float


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
    """The sentences of all hits in no order, what stands above each passage, and what is known of the hits as a whole; see
    `AnswerFeatures`."""

    found: tuple[Found, ...]
    heads: Mapping[str, Head]
    together: float
    known: float
    margin: float


class Models(NamedTuple):
    """`order` ranks sentences, `answer` says whether there is an answer; one less likely than `answerable` is refused."""

    order: Model
    answer: Model
    answerable: float


def weights_of(embedder: str) -> Path:
    """Where the models for the embedder of this name are written."""
    return READ_WEIGHTS if embedder == "multilingual" else UNREAD_WEIGHTS


@cache
def models_of(embedder: str) -> Models:
    """The fitted models for the embedder of this name."""
    given = json.loads(weights_of(embedder).read_text(encoding="utf-8"))
    order = Model.of(given["order"], SentenceFeatures._fields)
    return Models(order, Model.of(given["answer"], AnswerFeatures._fields), given["answerable"])


def answerable_from(embedder: str) -> float:
    """The least probability of evidence that is given, with the embedder of this name."""
    return models_of(embedder).answerable


def select(query: str, hits: Sequence[Hit], library: Library, parts: int = 1) -> Evidence:
    """At most `MAX_SPANS` sentences of the hits, best first, numbered in the order they would be read.

    Where the query is one of so many `parts` of a question, they share what is read.
    """
    weights = word_weights(query, library)
    query = as_dated(query, [hit.chunk.text for hit in hits])
    findings = find(query, hits, weights, library, TOKENS // parts)
    models = models_of(library.embedder.name)
    found = ordered(findings, models.order)
    if not found:
        return Evidence((), 0.0, tuple(weights))
    named, unnamed = told_apart(query, found, findings.heads)
    spans = [span_of(one.sentence, one.reading, score, library) for one, score in named[:MAX_SPANS]]
    features = answer_features(findings, [one for one, _ in (*named, *unnamed)])
    held = stems(spans[0].context)
    missing = tuple(word for word in weights if stem(word) not in held)
    probability = 0.0 if named_nowhere(query, hits, findings.heads, library) else models.answer.probability(features)
    return Evidence(tuple(spans), probability, missing)


Scored = tuple[Found, float]


def told_apart(query: str, found: Sequence[Scored], above: Mapping[str, Head]) -> tuple[list[Scored], list[Scored]]:
    """The sentences that are of what the query's codes name, all where none is, and the others.

    A row of a table is of what stands in it, or above it; any other sentence of what its passage speaks of.
    """
    asked = codes(query)
    if not asked:
        return list(found), []
    counts = []
    for one, _ in found:
        seen, hit = one.sentence.seen, one.sentence.hit
        own = seen.text if seen.names else hit.chunk.text
        counts.append(held_codes(asked, f"{above[hit.chunk.id].above}\n{own}"))
    most = max(counts)
    kept = [pair for pair, count in zip(found, counts, strict=True) if count == most]
    return kept, [pair for pair, count in zip(found, counts, strict=True) if count != most]


def find(query: str, hits: Sequence[Hit], weights: Mapping[str, float], library: Library, tokens: int = TOKENS) -> Findings:
    """The hits' sentences that state something, no question, heading or faked turn; `weights` say how rare words are."""
    by_stem = {stem(word): weight for word, weight in weights.items()}
    total = sum(by_stem.values()) or 1.0
    sentences = sentences_of(query, hits, by_stem, library, library.sentences_of([hit.chunk for hit in hits]))
    reader = reader_of(library.embedder)
    above = heads(query, hits, library)
    readings = {id(one.sentence): one for one in reader.read(query, sentences, above, tokens)} if reader else {}
    cosines = np.array([one.cosine for one in sentences] or [0.0])
    middle, spread = float(cosines.mean()), float(cosines.std()) + 1e-9
    passages = [f"{above[hit.chunk.id].text}\n{hit.chunk.text}" for hit in hits]
    asked = [number.strip(".,:") for number in _NUMBER.findall(query)]
    numbers = [sum(number in text for number in asked) / len(asked) if asked else 1.0 for text in passages]
    held = [stems(text) for text in passages]
    rare = {stem(word): weight for word, weight in rare_words(query, library.embedder).items() if word in weights}
    shares = [_share(rare, own) for own in held]
    form = form_of(query)
    like = Likeness(form.words, library.embedder)
    found = []
    for place, one in enumerate(sentences):
        start = one.hit.chunk.start
        written = one.hit.chunk.text[one.start - start : one.end - start]  # of a row, what is seen has lost its marks
        if _is_heading(one) or ASKS.search(one.seen.text) or gives_orders(one.seen.text) or gives_orders(written):
            continue
        reading = readings.get(id(one))
        odds = reading.odds if reading else UNREAD
        features = SentenceFeatures(odds, (one.cosine - middle) / spread, one.rank / len(hits), shares[one.rank])
        near = " ".join(other.seen.text for other in sentences[max(place - 1, 0) : place + 2] if other.rank == one.rank)
        found.append(Found(one, reading, features, numbers[one.rank], 1.0 - fits(form, one.seen.text, near, like)))
    everything = frozenset[str]().union(*held)
    unseen = math.log(1 + (max(library.count_chunks(), FEW_CHUNKS) + 0.5) / 0.5)
    return Findings(
        tuple(found),
        above,
        together=sum(by_stem[word] for word in by_stem.keys() & everything) / total,
        known=sum(weight for weight in by_stem.values() if weight < unseen - 1e-6) / total,
        margin=hits[0].score - sum(hit.score for hit in hits) / len(hits) if hits else 0.0,
    )


def _share(weights: Mapping[str, float], held: frozenset[str]) -> float:
    """The share of the stems' weight that is among `held`; 1 where there are none."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 1.0


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
        cosine=found[0].sentence.cosine,
        lacking=found[0].lacking,
    )
