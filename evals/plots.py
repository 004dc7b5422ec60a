"""The report's curves, from records to inline SVG without links: risk and coverage, calibration, times."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from evals.metrics import coverage_at_risk, risk_coverage
from evals.runs import Record
from evals.statistics import proportion

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's palette, told apart by colour-blind people too; more runs than colours begin again, dashed."""

Bin = tuple[float, float, int]
"""The mean confidence, the share of right answers, and the number of answers of one bin."""

Judged = tuple[list[float], list[bool]]
"""Answers' confidences, and whether each was right."""

TIMES = {"quote": "first quote", "first_token": "first composed token", "total": "end"}
"""What the times are called on the page; those of other names keep them."""


def judged(records: Sequence[Record]) -> Judged:
    """What was answered, whole or in part, and has both a confidence and a score `right`."""
    said = [record for record in records if record.detail.get("status") in ("answered", "partly")]
    known = [(record.detail.get("confidence"), record.scores.get("right")) for record in said]
    both = [(confidence, right == 1.0) for confidence, right in known if confidence is not None and right is not None]
    return [confidence for confidence, _ in both], [right for _, right in both]


def times(records: Sequence[Record]) -> dict[str, list[float]]:
    """The seconds of each name that the records have, of the questions where it happened."""
    found = [record.detail.get("seconds") or {} for record in records]
    names = dict.fromkeys(name for seconds in found for name in seconds)
    return {name: [seconds[name] for seconds in found if seconds.get(name) is not None] for name in names}


def calibration(answers: Judged) -> dict[str, Any]:
    """How well the confidence tells right answers from wrong ones; None where there are no answers."""
    return {
        "answered": len(answers[1]),
        "expected_calibration_error": expected_calibration_error(calibration_bins(*answers)),
        "coverage_at_5_percent_error": coverage_at_risk(risk_coverage(*answers), 0.05) if answers[1] else None,
    }


def calibration_bins(confidences: Sequence[float], right: Sequence[bool], count: int = 10) -> list[Bin]:
    """Answers sorted by confidence and cut into `count` bins of equal size (give or take one), least confident first.

    Of fewer answers than bins each is its own bin. Where equal confidences meet a cut, the earlier answer goes below it.
    """
    order = np.argsort(np.asarray(confidences, dtype=float), kind="stable")
    parts = [part for part in np.array_split(order, count) if len(part)]
    return [
        (float(np.mean([confidences[i] for i in part])), float(np.mean([right[i] for i in part])), len(part))
        for part in parts
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean over the bins, weighted by their n, of |share right - mean confidence|; in [0, 1], None without answers.

    Naeini et al. 2015 with bins of equal count (Nixon et al. 2019, "Measuring calibration in deep learning").
    """
    total = sum(n for _, _, n in bins)
    return sum(n * abs(right - confidence) for confidence, right, n in bins) / total if total else None


def risk_coverage_figure(runs: dict[str, Judged]) -> str:
    """A line per run: the share of wrong answers among the most confident ones, as more and more are given."""
    figure, axes = _panels(1)
    for place, (label, (confidences, right)) in enumerate(runs.items()):
        axes[0].plot(*zip(*risk_coverage(confidences, right), strict=True), label=label, **_line(place))
    axes[0].axhline(0.05, color="#888", linewidth=0.8, linestyle=":")
    axes[0].annotate("5 % error", (1, 0.05), ha="right", va="bottom", color="#666", fontsize=8)
    axes[0].set(xlim=(0, 1), ylim=(0, 1), xlabel="coverage (share of the answers)", ylabel="risk (share of them wrong)")
    axes[0].legend(frameon=False)
    return _svg(figure)


def reliability_figure(runs: dict[str, Judged]) -> str:
    """A panel per run: each bin's share of right answers, with Wilson's interval, against its mean confidence."""
    figure, axes = _panels(len(runs))
    for place, (label, (confidences, right)) in enumerate(runs.items()):
        bins = calibration_bins(confidences, right)
        shares = [share for _, share, _ in bins]
        intervals = [proportion([i < round(share * n) for i in range(n)]) for _, share, n in bins]
        lows = [share - (found.low or 0.0) for share, found in zip(shares, intervals, strict=True)]
        highs = [(found.high or 0.0) - share for share, found in zip(shares, intervals, strict=True)]
        errors = np.clip([lows, highs], 0, None)
        panel = axes[place]
        panel.plot([0, 1], [0, 1], color="#888", linewidth=0.8, linestyle=":")
        panel.errorbar([at for at, _, _ in bins], shares, yerr=errors, marker="o", markersize=4, capsize=2, **_line(place))
        panel.set(
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
            xlabel="mean confidence",
            ylabel="share right",
            title=label,
            aspect="equal",
        )
    return _svg(figure)


def latency_figure(runs: dict[str, dict[str, list[float]]]) -> str:
    """A panel per time measured: the share of questions that had it within so many seconds, a line per run."""
    names = list(dict.fromkeys(name for found in runs.values() for name, values in found.items() if values))
    figure, axes = _panels(len(names))
    for panel, name in zip(axes, names, strict=True):
        for place, (label, found) in enumerate(runs.items()):
            if values := found.get(name):
                panel.ecdf(values, label=label, **_line(place))
        panel.set(
            title=f"seconds: {TIMES.get(name, name)}", xlabel="seconds", ylabel="share of the questions", ylim=(0, 1.02)
        )
        panel.set_xlim(left=0)
        panel.legend(frameon=False, loc="lower right")
    return _svg(figure)


def _panels(count: int) -> tuple[Any, list[Any]]:
    """A figure of `count` panels in rows of three; no window system is touched (matplotlib's Figure, without pyplot)."""
    from matplotlib.figure import Figure

    columns = min(count, 3)
    rows = -(-count // columns)
    figure = Figure(figsize=(3.8 * columns if count > 1 else 6.4, 3.6 * rows), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for unused in axes[count:]:
        unused.remove()
    for panel in axes[:count]:
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(color="#e4e4e4", linewidth=0.6)
        panel.set_axisbelow(True)
    return figure, axes[:count]


def _line(place: int) -> dict[str, Any]:
    style = "-" if place < len(COLOURS) else "--"
    return {"color": COLOURS[place % len(COLOURS)], "linestyle": style, "linewidth": 1.6}


def _svg(figure: Any) -> str:
    """The figure as an `<svg>` element with its text as text, the same each time, without addresses of any kind."""
    from matplotlib import rc_context

    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "quarry"}):
        figure.savefig(written, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg, count=2)  # HTML needs none
    return re.sub(r'<g id="[^"]*"', "<g", svg)  # numbered names, which would repeat from figure to figure
