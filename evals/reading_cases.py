"""The questions of several sets with what the reader finds for them, to fit the evidence's models on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.reading.evidence import Findings, find
from evals.posed import Posed, posed
from index.search.likeness import word_weights
from index.settings import IndexSettings


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; `gold` says of each sentence found whether it overlaps a gold span."""

    group: str
    half: str
    answerable: bool
    question: str
    findings: Findings
    gold: tuple[bool, ...]


def all_cases(data: Path, sets: Sequence[str], embedder: str) -> list[Case]:
    """The cases of these sets with this embedder; see `posed`."""
    read = embedder == "multilingual"
    return [_case(one) for one in posed(data, sets, IndexSettings(embedder=embedder), foreign=read)]


def _case(one: Posed) -> Case:
    findings = find(one.query, one.hits(), word_weights(one.query, one.library), one.library)
    gold = tuple(one.is_gold(own.sentence.hit, own.sentence.start, own.sentence.end) for own in findings.found)
    return Case(one.group, one.half, one.answerable, one.query, findings, gold)
