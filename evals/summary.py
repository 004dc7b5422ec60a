"""The figures of our own questions' records, and how they are printed: per kind, in all, risk against coverage, times."""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from evals.metrics import coverage_at_risk, crag_score, risk_coverage
from evals.runs import Record, print_table
from evals.statistics import Estimate, mean, percentiles, proportion

RISKS = (1, 2, 5, 10, 20)
"""Percent of error at which the share of answers that can be kept is reported."""


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """The figures of a run of our own questions."""

    def share(name: str) -> Estimate:
        return proportion([None if (v := record.scores.get(name)) is None else v > 0.5 for record in records])

    details = [record.detail for record in records if "status" in record.detail]
    said = [detail["status"] in ("answered", "partly") for detail in details]
    right = [record.scores["right"] == 1.0 for record in records if "status" in record.detail]
    answered = [i for i, yes in enumerate(said) if yes]
    curve = risk_coverage([details[i]["confidence"] for i in answered], [right[i] for i in answered])
    lengths = [len(detail["answer"].split()) for detail, yes in zip(details, said, strict=True) if yes]
    prompts = [tokens for detail in details if (tokens := detail.get("prompt_tokens")) is not None]
    return {
        "accuracy": share("right"),
        "accuracy_answerable": share("answerable_right"),
        "wrong_refusals": share("wrong_refusal"),
        "missing_refusals": share("missing_refusal"),
        "wrong_answers": share("wrong_answer"),
        "citation_precision": mean([record.scores.get("citation_precision") for record in records]),
        "citation_recall": mean([record.scores.get("citation_recall") for record in records]),
        "numeric_accuracy": share("numeric_right"),
        "gold_in_5": share("gold_in_5"),
        "gold_in_5_paraphrases": proportion(
            [None if (v := r.scores.get("gold_in_5")) is None else v > 0.5 for r in records if r.group == "paraphrase"]
        ),
        "round_trip": mean([record.scores.get("round_trip") for record in records]),
        "exceptions": sum(record.scores.get("exception") == 1.0 for record in records),
        **{_kept(risk): coverage_at_risk(curve, risk / 100) for risk in RISKS},
        "error_at_full_coverage": curve[-1][1] if curve else None,
        "crag": crag_score(said, right) if said else None,
        "median_words": median(lengths) if lengths else None,
        "seconds": {
            name: percentiles([detail["seconds"][name] for detail in details]) for name in ("quote", "first_token", "total")
        },
        **({"prompt_tokens": median(prompts), "longest_prompt": max(prompts)} if prompts else {}),
        "peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "n": len(records),
    }


def show(records: Sequence[Record], figures: dict[str, Any]) -> None:
    """Print accuracy per kind, the figures, and the answers that could be kept at each share of error."""
    kinds: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        kinds[record.group].append(record)
    rows = []
    for kind, own in kinds.items():
        statuses = [record.detail.get("status", "error") for record in own]
        counts = ", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses))
        rows.append([kind, proportion([record.scores["right"] == 1.0 for record in own]), counts])
    print_table(["kind", "right", "statuses"], rows)
    print()
    curve = {_kept(risk) for risk in RISKS} | {"error_at_full_coverage"}
    plain = [[name, value] for name, value in figures.items() if not isinstance(value, dict) and name not in curve]
    print_table(["figure", "value"], plain)
    print()
    kept = [[f"{risk} %", figures[_kept(risk)]] for risk in RISKS]
    print_table(["error at most", "answers kept, surest first"], [*kept, [_percent(figures["error_at_full_coverage"]), 1.0]])
    print()
    for name, found in figures["seconds"].items():
        print(f"seconds to {name}: median {found['p50']}, 95th percentile {found['p95']}")


def _kept(risk: int) -> str:
    return f"coverage_at_{risk}_percent_error"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}".replace("%", " %")
