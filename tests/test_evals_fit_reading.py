"""The evidence's models: fitted on which sentence is gold and whether any answers, whatever their features' level."""

import numpy as np

from assistant.reading.evidence import Findings, Found, SentenceFeatures, answer_features, ordered
from assistant.reading.linear import Model
from assistant.reading.reader import Reading
from assistant.reading.windows import Sentence
from evals.fit_reading import answer_model, features, order_model, threshold
from evals.reading_cases import Case
from index.passages.seen import Seen
from index.types import Chunk, Hit

HIT = Hit(Chunk("d", 1, 0, 10, "", None, "Tin is old"), 1.0, 1.0)


def case(level: float, noise: np.random.Generator, *, answerable: bool = True) -> Case:
    """Four sentences whose log-odds are about `level`, the gold one's a little higher; all else is noise."""
    found = []
    for place in range(4):
        odds = level + (1.0 if place == 2 and answerable else 0.0) + (2.0 if answerable else 0.0)
        own = SentenceFeatures(odds, *(float(value) for value in noise.random(3)))
        sentence = Sentence(HIT, 0, place, 0, 10, Seen("Tin is old", ((0, 10, 0),)), 0.8, 0.5)
        found.append(Found(sentence, Reading(sentence, odds, (0, 3)), own, 1.0, 0.0))
    half, gold = ("open", (False, False, answerable, False))
    return Case("own", half, answerable, "Is tin old?", Findings(tuple(found), {}, 0.5, 1.0, 0.1), gold)


def test_the_order_is_learned_within_each_question() -> None:
    noise = np.random.default_rng(1)
    order = order_model([case(level, noise) for level in np.linspace(-3, 3, 60)])
    unseen = [case(level, noise) for level in np.linspace(-3, 3, 40)]
    best = [ordered(each.findings, order)[0][0] for each in unseen]
    assert sum(one.sentence.number == 2 for one in best) >= 38


def test_whether_there_is_an_answer_is_learned_and_calibrated() -> None:
    noise = np.random.default_rng(2)
    cases = [case(float(noise.normal()), noise, answerable=place % 2 == 0) for place in range(200)]
    order = Model(0.0, (1.0, 0.0, 0.0, 0.0))
    answer = answer_model(cases, order)
    likely = {
        answerable: [answer.probability(features(one, order) or ()) for one in cases if one.answerable == answerable]
        for answerable in (True, False)
    }
    assert np.mean(likely[True]) > 0.85 > 0.6 > np.mean(likely[False])
    assert 0.05 <= threshold(cases, order, answer) <= 0.95


def test_shares_are_of_one_whole_and_the_best_comes_first() -> None:
    noise = np.random.default_rng(4)
    found = ordered(case(2000.0, noise).findings, Model(0.0, (1.0, 0.0, 0.0, 0.0)))
    assert abs(sum(share for _, share in found) - 1.0) < 1e-9
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    few = case(1.0, noise).findings
    seen = answer_features(few, [one for one, _ in ordered(few, Model(0.0, (1.0, 0.0, 0.0, 0.0)))])
    assert seen.total >= max(one.features.odds for one in few.found)
