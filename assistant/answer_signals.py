"""What is looked at to tell whether the best sentences answer a question: numbers about in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.asked import Asked, coverage
from assistant.signals import Statement
from index.words import stems


class AnswerSignals(NamedTuple):
    """Signals of the likeliest sentence and of all together; names as in `SentenceSignals`.

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
    form_missed: float


def answer_signals(wanted: Asked, found: Sequence[Statement]) -> AnswerSignals:
    """The signals of the likeliest statements; `found` is not empty."""
    found = sorted(found, key=lambda one: -one.likely)
    best = found[0]
    own = best.signals
    cosines = sorted((one.signals.cosine for one in found), reverse=True)
    together = frozenset().union(*(stems(one.context) for one in found[:3]))
    everything = frozenset().union(*(stems(one.context) for one in found))
    heaviest = max(wanted.weights, key=lambda word: wanted.weights[word], default="")
    scores = [one.likely for one in found[:2]]
    return AnswerSignals(
        best=best.likely,
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
        form_missed=own.form_missed,
    )
