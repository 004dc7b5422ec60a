"""A linear model over named signals, as the evals fit and write them: its value, a probability, a share among many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model: `weights` in the order of its signals' fields."""

    bias: float
    weights: tuple[float, ...]

    @classmethod
    def of(cls, given: Mapping[str, float], fields: Sequence[str]) -> Model:
        """The model of a bias and weights by name, as `evals.linear_fits.named` gives them, in the order of `fields`."""
        return cls(given["bias"], tuple(given[name] for name in fields))

    def value(self, signals: Sequence[float]) -> float:
        """Of any size."""
        return self.bias + sum(weight * signal for weight, signal in zip(self.weights, signals, strict=True))

    def probability(self, signals: Sequence[float]) -> float:
        """In (0, 1), of one thing looked at alone: the logistic function of the value."""
        return 1.0 / (1.0 + math.exp(-self.value(signals)))

    def shares(self, of_all: Sequence[Sequence[float]]) -> list[float]:
        """Of each, the probability that it is the one among all: the softmax of the values; together 1."""
        values = [self.value(signals) for signals in of_all]
        highest = max(values, default=0.0)
        powers = [math.exp(value - highest) for value in values]
        total = sum(powers)
        return [power / total for power in powers]
