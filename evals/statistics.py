"""Every mean travels with its n and a 95 % interval; what could not be scored is counted, never averaged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

SEED = 20261122
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval, over `n` values; `missing` more had none. All None where n is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    missing: int = 0


def proportion(values: Sequence[bool | None]) -> Estimate:
    """The share of true values, with Wilson's interval."""
    known = [value for value in values if value is not None]
    if not known:
        return Estimate(None, None, None, 0, len(values))
    interval = stats.binomtest(sum(known), len(known)).proportion_ci(0.95, method="wilson")
    return Estimate(sum(known) / len(known), interval.low, interval.high, len(known), len(values) - len(known))


def mean(values: Sequence[float | None]) -> Estimate:
    """The mean, with a percentile bootstrap interval (10,000 resamples, fixed seed)."""
    known = np.array([value for value in values if value is not None], dtype=float)
    missing = len(values) - len(known)
    if not len(known):
        return Estimate(None, None, None, 0, missing)
    low, high = _bootstrap(known)
    return Estimate(float(known.mean()), low, high, len(known), missing)


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """The mean of second minus first, question by question, with a paired bootstrap interval."""
    return mean([b - a for a, b in zip(first, second, strict=True)])


def _bootstrap(values: np.ndarray) -> tuple[float, float]:
    generator = np.random.default_rng(SEED)
    means = np.concatenate(
        [values[generator.integers(0, len(values), (500, len(values)))].mean(axis=1) for _ in range(RESAMPLES // 500)]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def percentiles(values: Sequence[float | None]) -> dict[str, float | None]:
    """The 50th and 95th percentile of what is there."""
    known = [value for value in values if value is not None]
    return {f"p{p}": round(float(np.percentile(known, p)), 3) if known else None for p in (50, 95)}


def clustered(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean, with a percentile bootstrap interval that resamples whole clusters: what is of a paragraph goes together."""
    if not values:
        return Estimate(None, None, None, 0)
    sums: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        held = sums.setdefault(cluster, [0.0, 0.0])
        held[0] += value
        held[1] += 1
    table = np.array([*sums.values()])
    generator = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            (drawn := table[generator.integers(0, len(table), (500, len(table)))].sum(axis=1))[:, 0] / drawn[:, 1]
            for _ in range(RESAMPLES // 500)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(float(np.mean(values)), float(low), float(high), len(values))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error over `bins` equal ranges of confidence (Guo et al. 2017)."""
    places = np.minimum((np.array(confidences) * bins).astype(int), bins - 1)
    truth, said = np.array(right, float), np.array(confidences, float)
    gaps = [abs(truth[places == n].mean() - said[places == n].mean()) * (places == n).mean() for n in set(places.tolist())]
    return float(sum(gaps))
