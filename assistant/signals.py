"""What is looked at to tell whether a sentence answers a question: numbers about in [0, 1]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.asked import Asked, coverage, holds_kind, share
from assistant.form import fits
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
    question's; `form` how far what the question says the answer must have, as a month or a count, is there.
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
    form: float
    form_missed: float


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a hit that states something, its signals, and how likely it answers.

    `likely` is the probability that it answers, looked at alone; `score` that it is the one which does, of all sentences
    found, if one does. `likeness` has, for each of the query's words, the best match among the passage's words, in [0, 1].
    """

    hit: Hit
    start: int
    end: int
    signals: SentenceSignals
    likeness: tuple[float, ...]
    likely: float
    context: str
    score: float = 0.0


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
    formed: Likeness,
) -> SentenceSignals:
    """The signals of the sentence at `place` among a passage's `texts`, whose `cosines` with the query are given.

    The `texts` name whom an opening pronoun stands for; `around` is the passage with its title and heading; `likeness`
    compares with the query's words, `formed` with those of the form asked for.
    """
    text = texts[place]
    near = " ".join(texts[max(place - 1, 0) : place + 2])
    beside = [cosines[i] for i in (place - 1, place + 1) if 0 <= i < len(texts)]
    turns = [cosines[i] for i in range(place) if is_question(texts[i])]
    kind = holds_kind(wanted, text)
    names_own = share(wanted.called, text)
    like, like_near = likeness(text), likeness(near)
    length = len(text.split())
    form = fits(wanted.form, text, near, formed)
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
        names_around=share(wanted.called, around),
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
        form=form if wanted.form.kind != "any" else 0.0,
        form_missed=1.0 - form if wanted.form.kind != "any" else 0.0,
    )


def _weighted(wanted: Asked, like: Sequence[float]) -> float:
    """The mean likeness of the query's words by their weights; 1 where there are none."""
    return sum(part * value for part, value in zip(wanted.shares, like, strict=True)) if wanted.shares else 1.0


def is_question(sentence: str) -> bool:
    """Whether a sentence ends with a question mark."""
    return sentence.rstrip('"”’)').endswith(("?", "？"))
