"""What is looked at to tell whether a sentence answers a question, and whether the best ones do: numbers about in [0, 1]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.asked import Asked, coverage, holds_kind, share
from index.likeness import Likeness
from index.types import Hit
from index.words import stems


class SentenceSignals(NamedTuple):
    """A sentence's signals. `near` is the sentence with its neighbours, `around` its whole passage with its title.

    `cosine`, `neighbours`, `passage` and `turn` are cosines with the query: the sentence's, its better neighbour's, the
    passage's, and that of the best question before it in the passage (an interview's). `own`, `near` and `around` are the
    shares of the query's weighted words there; `like`, `like_near` the same with words of like meaning counted in part;
    `weakest` is the least likeness of any of the query's words, `head` that of the thing asked for. `kind` says whether
    an amount, date, person … is there where one is asked for, `foreign` that another name stands there instead of the
    question's.
    """

    cosine: float
    neighbours: float
    passage: float
    turn: float
    own: float
    near: float
    around: float
    kind: float
    kind_missed: float
    names_own: float
    names_around: float
    foreign: float
    first: float
    rank: float
    length: float
    short: float
    position: float
    like: float
    like_near: float
    head: float
    weakest: float


class AnswerSignals(NamedTuple):
    """Signals of the best sentence and of all together; names as in `SentenceSignals`.

    `unknown` is the weighted share of the query's words that stand in no passage found; `margin` how far the best
    sentence is ahead of the next.
    """

    best: float
    second: float
    cosine: float
    mean_cosine: float
    passage: float
    own: float
    around: float
    together: float
    heaviest: float
    kind: float
    kind_missed: float
    names_own: float
    names_around: float
    foreign: float
    unknown: float
    words: float
    names: float
    margin: float
    like: float
    like_near: float
    head: float
    head_around: float
    weakest: float
    weakest_around: float
    all_names: float
    no_name: float


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a hit that states something, its signals, and the probability that it answers.

    `likeness` has, for each of the query's words, the best match among the passage's words, in [0, 1].
    """

    hit: Hit
    start: int
    end: int
    signals: SentenceSignals
    likeness: tuple[float, ...]
    score: float
    context: str


_FOREIGN = re.compile(r"(?<=[\w,;] )[A-Z][\w&-]+")
"""A name within a sentence."""


def sentence_signals(
    wanted: Asked,
    hit: Hit,
    rank: int,
    around: str,
    texts: Sequence[str],
    cosines: Sequence[float],
    place: int,
    likeness: Likeness,
) -> SentenceSignals:
    """The signals of the sentence at `place` among a passage's `texts`, whose `cosines` with the query are given.

    `around` is the passage with its title and heading.
    """
    text = texts[place]
    near = " ".join(texts[max(place - 1, 0) : place + 2])
    beside = [cosines[i] for i in (place - 1, place + 1) if 0 <= i < len(texts)]
    turns = [cosines[i] for i in range(place) if is_question(texts[i])]
    kind = holds_kind(wanted, text)
    names_own = share(wanted.names, text)
    like, like_near = likeness(text), likeness(near)
    length = len(text.split())
    return SentenceSignals(
        cosine=cosines[place],
        neighbours=max(beside, default=0.0),
        passage=hit.similarity,
        turn=max(turns, default=0.0),
        own=coverage(wanted.weights, stems(text)),
        near=coverage(wanted.weights, stems(near)),
        around=coverage(wanted.weights, stems(around)),
        kind=kind,
        kind_missed=float(wanted.kind != "statement" and kind == 0.0),
        names_own=names_own,
        names_around=share(wanted.names, around),
        foreign=float(names_own < 0.5 and bool(_FOREIGN.search(text))),
        first=float(rank == 0),
        rank=1.0 / (1 + rank),
        length=min(length, 60) / 60,
        short=float(length < 8),
        position=1.0 / (1 + place),
        like=_weighted(wanted, like),
        like_near=_weighted(wanted, like_near),
        head=min((like_near[i] for i in wanted.head), default=1.0),
        weakest=min(like, default=1.0),
    )


def _weighted(wanted: Asked, like: Sequence[float]) -> float:
    """The mean likeness of the query's words by their weights; 1 where there are none."""
    return sum(part * value for part, value in zip(wanted.shares, like, strict=True)) if wanted.shares else 1.0


def answer_signals(wanted: Asked, found: Sequence[Statement]) -> AnswerSignals:
    """The signals of the best statements; `found` is best first and not empty."""
    best = found[0]
    own = best.signals
    cosines = sorted((one.signals.cosine for one in found), reverse=True)
    together = frozenset().union(*(stems(one.context) for one in found[:3]))
    everything = frozenset().union(*(stems(one.context) for one in found))
    heaviest = max(wanted.weights, key=lambda word: wanted.weights[word], default="")
    scores = [one.score for one in found[:2]]
    return AnswerSignals(
        best=best.score,
        second=scores[-1],
        cosine=cosines[0],
        mean_cosine=sum(cosines[:3]) / len(cosines[:3]),
        passage=max(one.hit.similarity for one in found),
        own=own.own,
        around=own.around,
        together=coverage(wanted.weights, together),
        heaviest=float(heaviest in stems(best.context)),
        kind=own.kind,
        kind_missed=own.kind_missed,
        names_own=own.names_own,
        names_around=own.names_around,
        foreign=own.foreign,
        unknown=1.0 - coverage(wanted.weights, everything),
        words=min(len(wanted.weights), 10) / 10,
        names=float(bool(wanted.names)),
        margin=scores[0] - scores[-1],
        like=own.like,
        like_near=own.like_near,
        head=own.head,
        head_around=min((best.likeness[i] for i in wanted.head), default=1.0),
        weakest=own.weakest,
        weakest_around=min(best.likeness, default=1.0),
        all_names=float(own.names_around == 1.0),
        no_name=float(bool(wanted.names) and own.names_around == 0.0),
    )


def is_question(sentence: str) -> bool:
    """Whether a sentence ends with a question mark."""
    return sentence.rstrip('"”’)').endswith(("?", "？"))
