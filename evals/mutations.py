"""`mutations`: true sentences, copied and reworded, with one thing made false at a time, held against their source.

No language model: what is measured is the check of the final text alone. A false sentence is caught where the check
cuts it, or for a dropped qualifier at least calls it partly supported; a true one is flagged where it isn't supported.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from assistant.checking.verify import judge
from assistant.types import Citation, Evidence, EvidenceSpan
from evals.clapnq import Task, load_tasks
from evals.perturb import MUTATIONS, names_of
from evals.questions import half_of
from evals.reword import reworded
from evals.runs import Record, Run, print_table
from evals.statements import PER_CORPUS, Statement, load_statements
from evals.statistics import proportion
from index.passages.sentences import sentences

PARTLY_IS_CAUGHT = ("qualifier_dropped",)
"""Mutations that leave a weaker or stronger truth: naming the part that isn't supported is enough."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence to judge against the statement it was made from; `kind` is empty where it is still true."""

    statement: Statement
    form: str
    kind: str
    text: str


def mutations(data: Path, *, per_corpus: int = PER_CORPUS) -> dict[str, Any]:
    """Judge every true and every false sentence; print the tables, save the run, return its figures."""
    statements = load_statements(data, per_corpus)
    tasks = load_tasks(data / "clapnq" / "clapnq_open_answerable.jsonl")
    saved = Run("mutations", {"per_corpus": per_corpus}, [data / "clapnq", data / "chroma-chunking" / "corpora"], "")
    made = [*cases(statements), *references(tasks)]
    keys = {id(case): f"{case.statement.id} {case.form} {case.kind}" for case in made}
    records = saved.measure(made, lambda case: keys[id(case)], measured, "sentences")
    figures = summary(records) | {"statements": len(statements)}
    show(figures)
    saved.finish(figures)
    return figures


def sampled(data: Path, per_corpus: int) -> dict[str, Any]:
    """The figures of a sample, not saved."""
    return summary([measured(case) for case in cases(load_statements(data, per_corpus))])


def cases(statements: Sequence[Statement]) -> Iterator[Case]:
    """Each statement copied and reworded, and each of both with each mutation that applies."""
    elsewhere: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        elsewhere[statement.corpus] |= {match[0] for match in names_of(statement.passage)}
    for statement in statements:
        others = sorted(elsewhere[statement.corpus])
        forms = {"copied": statement.text, "reworded": reworded(statement, _random(statement, "reworded"))}
        for form, text in forms.items():
            if text is None:
                continue
            yield Case(statement, form, "", text)
            for kind, mutate in MUTATIONS.items():
                false = mutate(text, statement, others, _random(statement, kind))
                if false is not None and false != text:
                    yield Case(statement, form, kind, " ".join(false.split()))


def references(tasks: Sequence[Task]) -> Iterator[Case]:
    """The sentences of the answers people wrote from a passage."""
    for task in tasks:
        for reference in task.references[:1]:
            for start, end in sentences(reference):
                id_ = hashlib.sha256(f"{task.id}{start}".encode()).hexdigest()[:16]
                yield Case(
                    Statement(id_, "clapnq", task.passage, task.title, task.passage), "written", "", reference[start:end]
                )


def measured(case: Case) -> Record:
    """A case's record: cut, partly, and whether that is what should become of it."""
    evidence = evidence_of(case.statement)
    finding = judge(case.text, evidence.spans, evidence)
    cut, partly = finding.label == "not supported", finding.label == "partly"
    caught = cut or (partly and case.kind in PARTLY_IS_CAUGHT)
    scores: dict[str, float | None] = {
        "caught": float(caught) if case.kind else None,
        "flagged": None if case.kind else float(cut or partly),
        "cut": float(cut),
        "partly": float(partly),
    }
    detail = {
        "corpus": case.statement.corpus,
        "half": half_of(case.statement.id),
        "text": case.text,
        "reason": finding.reason,
    }
    detail |= {"source": case.statement.text[:1000]}
    return Record(f"{case.statement.id} {case.form} {case.kind}", f"{case.form} {case.kind}".strip(), scores, detail)


def evidence_of(statement: Statement) -> Evidence:
    """The statement's sentences as spans that can be cited, the passage around each."""
    spans = []
    for number, (start, end) in enumerate(sentences(statement.text, wrapped=True), 1):
        quote = statement.text[start:end]
        citation = Citation(number, statement.id, 1, statement.corpus, statement.title, None, start, end, quote)
        spans.append(EvidenceSpan(citation, 1.0, f"{statement.title}\n{statement.passage}"))
    return Evidence(tuple(spans), 1.0)


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """The shares: of the false sentences caught, over all, by half and kind; of the true ones flagged, by form and half."""
    figures: dict[str, Any] = {}
    for half in ("all", "open", "report"):
        own = [record for record in records if half in ("all", record.detail["half"])]
        figures[f"caught_{half}"] = _share(own, "caught")
        for form in ("copied", "reworded", "written"):
            figures[f"flagged_{form}_{half}"] = _share([r for r in own if r.group == form], "flagged")
            figures[f"cut_{form}_{half}"] = _share([r for r in own if r.group == form], "cut")
        true = [record for record in own if record.group in ("copied", "reworded")]
        figures[f"flagged_{half}"] = _share(true, "flagged")
    for kind in MUTATIONS:
        figures[f"caught_{kind}"] = _share([r for r in records if r.group.endswith(f" {kind}")], "caught")
    return figures


def _share(records: Sequence[Record], name: str) -> Any:
    return proportion([record.scores[name] == 1.0 for record in records if record.scores[name] is not None])


def show(figures: Mapping[str, Any]) -> None:
    """Print the figures."""
    print("false sentences caught, true ones flagged")
    print_table(["figure", "value"], figures.items())


def _random(statement: Statement, kind: str) -> Random:
    return Random(f"{statement.id} {kind}")
