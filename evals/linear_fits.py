"""Fitting the small linear models of the evidence: which of many is right, and whether one thing is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.reading.linear import Model


def listwise(
    questions: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any]]], penalty: float, against: Sequence[int] = ()
) -> Model:
    """Which sentence of a question's is gold: the likelihood, by a softmax over all of them, that one of the gold ones is
    taken. Each question counts the same. (Cao et al., "Learning to rank: from pairwise to listwise approach", 2007.)

    A question is its sentences' signals, (sentences, signals), and which are gold, bools, at least one of them; `penalty` is
    the strength of the L2 penalty on standardised signals. Signals numbered in `against` never speak for a sentence: their
    weights are at most 0. The weights given back are for plain signals.
    """
    from scipy.optimize import minimize

    every = np.concatenate([signals for signals, _ in questions])
    middle, spread = every.mean(axis=0), every.std(axis=0) + 1e-9
    scaled = [((signals - middle) / spread, gold) for signals, gold in questions]

    def loss(weights: npt.NDArray[Any]) -> tuple[float, npt.NDArray[Any]]:
        total, slope = penalty * float(weights @ weights), 2 * penalty * weights
        for signals, gold in scaled:
            values = signals @ weights
            powers = np.exp(values - values.max())
            right = powers[gold].sum()
            total -= float(np.log(right / powers.sum())) / len(scaled)
            slope += (signals.T @ (powers / powers.sum()) - signals[gold].T @ (powers[gold] / right)) / len(scaled)
        return total, slope

    bounds = [(None, 0.0 if place in against else None) for place in range(every.shape[1])]
    found = minimize(loss, np.zeros(every.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x / spread
    return Model(0.0, tuple(float(weight) for weight in found))


def logistic(
    signals: npt.NDArray[Any], labels: npt.NDArray[Any], weights: npt.NDArray[Any], inverse_penalty: float
) -> Model:
    """Whether `labels` is true, from signals, (rows, signals): fitted on standardised ones, given back for plain ones."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    found = LogisticRegression(C=inverse_penalty, max_iter=5000)
    found.fit((signals - middle) / spread, labels, sample_weight=weights)
    plain = found.coef_[0] / spread
    return Model(float(found.intercept_[0] - plain @ middle), tuple(float(weight) for weight in plain))


def named(model: Model, names: Sequence[str]) -> dict[str, float]:
    """The bias and the weights by name, to 4 places."""
    return {"bias": round(model.bias, 4)} | {
        name: round(weight, 4) for name, weight in zip(names, model.weights, strict=True)
    }
