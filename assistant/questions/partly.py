"""Which part of a question of several was not found: a clause, or a side of a comparison."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence

from assistant.types import Evidence
from index.passages.words import STOP_WORDS

NOT_THERE = 0.5
"""A part less likely to be answered than this is called missing, if another is answered; between, nothing is said."""


def missing_parts(query: str, found: Mapping[str, Evidence], answerable: float) -> dict[str, str]:
    """The parts of `query` that were not found, with their names in its words, where another part is `answerable`."""
    if max(evidence.answerable for evidence in found.values()) < answerable:
        return {}
    missing = [part for part, evidence in found.items() if evidence.answerable < NOT_THERE]
    return {part: _name(query, part, [other for other in found if other != part]) for part in missing}


def not_given(things: Sequence[str]) -> str:
    """The note that names what was not found."""
    return f"Not found in the documents: {', '.join(things)}"


def _name(query: str, part: str, others: Sequence[str]) -> str:
    """Of a comparison the words that only this side has, else the clause as it stands in the query."""
    own = _words(part) - frozenset[str]().union(*map(_words, others))
    if 2 * len(own) < len(_words(part)):
        return f"“{' '.join(_phrases(query, own)) or part}”"
    clauses = _AND.split(query)
    return f"“{max(clauses, key=lambda clause: len(_words(clause) & _words(part)))}”"


_AND = re.compile(r",?\s+and\s+(?=\w)")


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", text.lower()))


_WORD = re.compile(r"\d+(?:[.,]\d+)+[^\W_]*|[^\W_]+(?:[-’'.&][^\W_]+)*")


def _phrases(query: str, among: Container[str]) -> list[str]:
    """The query's telling words that are `among` these, as written, those that stand side by side as one."""
    found: list[str] = []
    end = len(query)
    for word in _WORD.finditer(query):
        plain = re.sub(r"[’']s?$", "", word[0]).lower()
        telling = plain not in STOP_WORDS or (len(plain) > 1 and word[0].isupper() and not query.isupper())
        if telling and plain in among:
            if found and query[end : word.start()] in (" ", "-"):
                found[-1] += query[end : word.end()]
            else:
                found.append(word[0])
            end = word.end()
    return list(dict.fromkeys(re.sub(r"[’']s?$", "", phrase) for phrase in found))
