"""`compare A B`: two saved runs of one command over the same data, paired by question: what got better, worse, flipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from evals.errors import EvaluationError
from evals.runs import Record, load_run, print_figures, print_table
from evals.statistics import Estimate, paired_difference

LOWER_IS_BETTER = ("wrong_refusal", "missing_refusal", "wrong_answer", "exception", "error")
"""Scores that count something bad."""

FLIP = 0.5
"""A main score that moves by more than this has flipped: 1 to 0, 0 to 1, or a graded score by over half its range."""

Saved = tuple[dict[str, Any], list[Record]]
"""A run's facts and records."""

Pair = tuple[Record, Record]
"""The records of one question in run A and in run B."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Two runs side by side: records of the questions in both, ids in one only, and how the runs' making `differs`.

    `scores` are the names both have, `main` the one that decides: the one asked for, or else `right`, or else the first.
    """

    pairs: tuple[Pair, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    scores: tuple[str, ...]
    main: str
    differs: dict[str, tuple[str, str]]


def compare(first: Path, second: Path, *, score: str | None = None) -> tuple[dict[str, Any], bool]:
    """Print what changed from run A to run B; the figures, and whether B is worse than A beyond noise.

    It is where the 95 % interval of the main score's paired difference lies wholly on the bad side of 0. The main score
    is `score`, by default `right` or else the first. `LOWER_IS_BETTER` says which side is bad.
    """
    paired = pair(load_run(first), load_run(second), score)
    differences = {name: difference(paired.pairs, name) for name in paired.scores}
    worse, better = flipped(paired)
    regressed = moved(differences[paired.main]) == ("rose" if paired.main in LOWER_IS_BETTER else "fell")
    _show(first, second, paired, differences)
    _show_flips("got worse", worse, paired.main)
    _show_flips("got better", better, paired.main)
    print(f"\n{paired.main}: {'a regression beyond noise' if regressed else 'no regression beyond noise'}")
    figures = {
        "main": paired.main,
        "regressed": regressed,
        "difference": differences,
        "got_worse": [a.id for a, _ in worse],
        "got_better": [a.id for a, _ in better],
        "only_in_a": list(paired.only_first),
        "only_in_b": list(paired.only_second),
        "differs": paired.differs,
        "n": len(paired.pairs),
    }
    print_figures("compare", figures)
    return figures, regressed


def pair(first: Saved, second: Saved, score: str | None = None) -> Paired:
    """Two loaded runs, paired by question in A's order.

    Raises:
        EvaluationError: they are of different commands or data, or have no question scored in both, or not `score`.
    """
    (facts, records), (other_facts, other_records) = first, second
    for name, what in (("command", "commands"), ("data", "data")):
        if facts[name] != other_facts[name]:
            raise EvaluationError(
                f"the runs are of different {what}, {facts[name]} and {other_facts[name]}: "
                "compare two runs of the same command over the same data"
            )
    ours, theirs = ({record.id: record for record in side} for side in (records, other_records))
    pairs = tuple((record, theirs[id_]) for id_, record in ours.items() if id_ in theirs)
    known = [dict.fromkeys(name for record in side for name in record.scores) for side in (records, other_records)]
    scores = tuple(name for name in known[0] if name in known[1])
    if not pairs or not scores:
        raise EvaluationError("the runs have no question, or no score, in common: nothing can be compared")
    main = score or ("right" if "right" in scores else scores[0])
    if main not in scores:
        raise EvaluationError(f"the runs have no score {main} in common: choose one of {', '.join(scores)}")
    if not _both(pairs, main):
        raise EvaluationError(f"no question has the score {main} in both runs: nothing can be compared")
    only = [tuple(id_ for id_ in one if id_ not in two) for one, two in ((ours, theirs), (theirs, ours))]
    return Paired(pairs, only[0], only[1], scores, main, _differs(facts, other_facts))


def difference(pairs: Sequence[Pair], name: str) -> Estimate:
    """The mean of B minus A over the questions scored in both; the others are its `missing`."""
    both = _both(pairs, name)
    before, after = zip(*both, strict=True) if both else ((), ())
    return replace(paired_difference(before, after), missing=len(pairs) - len(both))


def moved(change: Estimate) -> str:
    """`rose` or `fell` where the whole interval of a difference lies on that side of 0, else empty: it may be noise."""
    if change.low is None or change.high is None or change.low <= 0 <= change.high:
        return ""
    return "rose" if change.low > 0 else "fell"


def flipped(paired: Paired) -> tuple[list[Pair], list[Pair]]:
    """The pairs whose main score moved by more than 0.5: those that got worse, and those that got better."""
    worse: list[Pair] = []
    better: list[Pair] = []
    for a, b in paired.pairs:
        before, after = a.scores.get(paired.main), b.scores.get(paired.main)
        if before is not None and after is not None and abs(after - before) > FLIP:
            rose = after > before
            (better if rose != (paired.main in LOWER_IS_BETTER) else worse).append((a, b))
    return worse, better


def reply(record: Record) -> str:
    """What was answered, behind its status where that is known; empty where the record holds no answer."""
    if "error" in record.detail:
        return f"[error] {record.detail['error']}"
    status = f"[{record.detail['status']}] " if "status" in record.detail else ""
    return f"{status}{record.detail.get('answer', '')}".strip()


def asked(record: Record) -> str:
    """The question, or what stands for it in runs that ask none: a query or a claim."""
    return str(next((record.detail[name] for name in ("question", "query", "claim") if name in record.detail), ""))


def _both(pairs: Sequence[Pair], name: str) -> list[tuple[float, float]]:
    found = [(a.scores.get(name), b.scores.get(name)) for a, b in pairs]
    return [(one, two) for one, two in found if one is not None and two is not None]


def _differs(facts: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Each option and each fact of the making that is not the same, with its value in A and in B."""
    sides = [
        {f"option {name}": value for name, value in side["options"].items()}
        | {name: str(side.get(name, "")) for name in ("commit", "code", "index", "seed")}
        for side in (facts, other)
    ]
    names = dict.fromkeys([*sides[0], *sides[1]])
    values = {name: (sides[0].get(name, "not set"), sides[1].get(name, "not set")) for name in names}
    return {name: (a, b) for name, (a, b) in values.items() if a != b}


def _show(first: Path, second: Path, paired: Paired, differences: dict[str, Estimate]) -> None:
    print(f"A: {first}\nB: {second}")
    for name, (a, b) in paired.differs.items():
        print(f"{name}: A {a or '-'}, B {b or '-'}")
    if not paired.differs:
        print("made alike: the same options, commit, code and index")
    for letter, ids in (("A", paired.only_first), ("B", paired.only_second)):
        if ids:
            print(f"only in {letter}: {len(ids)} questions: {', '.join(ids[:10])}{' …' if len(ids) > 10 else ''}")
    print(f"in both: {len(paired.pairs)} questions\n")
    rows = []
    for name, change in differences.items():
        both = _both(paired.pairs, name)
        means = [fmean(values[side] for values in both) if both else None for side in (0, 1)]
        label = f"{name} (lower is better)" if name in LOWER_IS_BETTER else name
        rows.append([label, *means, change, moved(change)])
    print_table(["score", "A", "B", "B - A", "beyond noise"], rows)


def _show_flips(what: str, flips: Sequence[Pair], main: str) -> None:
    print(f"\n{what}: {len(flips)}")
    for a, b in flips:
        print(f"  {a.id}  {main} {a.scores[main]:g} -> {b.scores[main]:g}  {_shortened(asked(a))}")
        for letter, record in (("A", a), ("B", b)):
            if reply(record):
                print(f"    {letter}: {_shortened(reply(record))}")


def _shortened(text: str, limit: int = 110) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
