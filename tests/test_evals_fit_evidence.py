"""The model that ranks a question's sentences: fitted on which of them is gold, whatever the level of their signals."""

import numpy as np

from assistant.asked import asked
from assistant.evidence import Model
from assistant.signals import SentenceSignals, Statement
from evals.evidence_cases import Case
from evals.fit_evidence import order_model
from index.types import Chunk, Hit

HIT = Hit(Chunk("d", 1, 0, 10, "", None, "Tin is old"), 1.0, 1.0)


def case(level: float, noise: np.random.Generator) -> Case:
    """Four sentences, the gold one a little ahead of the others in `cosine`, which is about `level`; all else is noise."""
    found = []
    for place in range(4):
        signals = [float(value) for value in noise.random(len(SentenceSignals._fields))]
        signals[SentenceSignals._fields.index("cosine")] = level + (0.1 if place == 2 else 0.0)
        found.append(Statement(HIT, 0, 10, SentenceSignals(*signals), (), 0.0, "Tin is old"))
    return Case("own", "open", True, asked("Is tin old?", {}), tuple(found), (False, False, True, False))


def test_the_order_is_learned_within_each_question() -> None:
    noise = np.random.default_rng(1)
    order = order_model([case(level, noise) for level in np.linspace(0.1, 0.9, 60)])
    unseen = [case(level, noise) for level in np.linspace(0.1, 0.9, 40)]
    shares = [order.shares([one.signals for one in each.found]) for each in unseen]
    assert sum(own.index(max(own)) == 2 for own in shares) >= 38


def test_shares_are_of_one_whole_and_stand_extreme_values() -> None:
    shares = Model(0.0, (1.0,)).shares([(2000.0,), (1999.0,), (-2000.0,)])
    assert abs(sum(shares) - 1.0) < 1e-12 and shares[0] > shares[1] > 0.2 and shares[2] == 0.0
    assert Model(0.0, (1.0,)).shares([]) == []
