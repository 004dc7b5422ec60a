"""The questions of five sets with what is found for them, to fit the evidence by rules on: ours twice, CLAPnq, MTRAG-UN,
Chroma's excerpts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.asked import Asked
from assistant.evidence import all_statements, asked_of
from assistant.signals import Statement
from evals.posed import Posed, posed
from index.settings import IndexSettings

SETS = ("own", "haystack", "clapnq", "mtrag", "chunks")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; `gold` says of each statement whether it overlaps a gold span."""

    group: str
    half: str
    answerable: bool
    wanted: Asked
    found: tuple[Statement, ...]
    gold: tuple[bool, ...]


def all_cases(data: Path) -> list[Case]:
    """The cases of all sets, with the embedder that the rules were fitted for."""
    return [_case(one) for one in posed(data, SETS, IndexSettings(embedder="embedded"), foreign=False)]


def _case(one: Posed) -> Case:
    wanted = asked_of(one.query, one.library)
    found = tuple(all_statements(wanted, one.hits(), one.library))
    gold = tuple(one.is_gold(own.hit, own.start, own.end) for own in found)
    return Case(one.group, one.half, one.answerable, wanted, found, gold)
