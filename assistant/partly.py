"""Which part of a question of several was not found: a clause, a side of a comparison, a kind of thing asked for."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence

from assistant.asked import Kind, asked, holds_kind
from assistant.types import Evidence
from index.words import STOP_WORDS

THINGS: dict[Kind, str] = {
    "amount": "the amount",
    "date": "the date",
    "person": "the person",
    "place": "the place",
    "reason": "the reason",
}
"""How the kinds of things asked for are called."""

NOT_THERE = 0.5
"""A part less likely to be answered than this is called missing, if another is answered; between, nothing is said."""

_INTERROGATIVES: tuple[tuple[Kind, str], ...] = (
    ("person", r"who|whom"),
    ("date", r"when|(?:in |on |since )?(?:which|what) (?:year|month|day|date)"),
    ("place", r"where|(?:in |at )?(?:which|what) (?:city|country|town|place|site|region)"),
    ("reason", r"why"),
    ("amount", r"how (?:much|many)"),
)
_ONE = "|".join(f"(?:{words})" for _, words in _INTERROGATIVES)
_PAIR = re.compile(rf"\b({_ONE})\b[^?.]*?\band (?:\w+ )?({_ONE})\b", re.IGNORECASE)


def missing_parts(query: str, found: Mapping[str, Evidence], answerable: float) -> dict[str, str]:
    """The parts of `query` that were not found, with their names in its words, where another part is `answerable`."""
    if max(evidence.answerable for evidence in found.values()) < answerable:
        return {}
    missing = [part for part, evidence in found.items() if evidence.answerable < NOT_THERE]
    return {part: _name(query, part, [other for other in found if other != part]) for part in missing}


def missing_kinds(query: str, evidence: Evidence) -> list[str]:
    """What "who and when" asks for and the sentences to quote don't hold, where they hold the other."""
    pair = _PAIR.search(query)
    if not pair:
        return []
    quotes = [span.citation.quote for span in evidence.spans if span.citation.number <= evidence.quoted]
    kinds = dict.fromkeys(_kind(word) for word in pair.groups())
    held = [kind for kind in kinds if any(holds_kind(asked(_ASKING[kind], {}), quote) for quote in quotes)]
    return [f"{THINGS[kind]} asked for" for kind in kinds if kind not in held] if held else []


def not_given(things: Sequence[str]) -> str:
    """The note that names what was not found."""
    return f"Not found in the documents: {', '.join(things)}"


_ASKING: dict[Kind, str] = {"person": "who", "date": "when", "place": "where", "reason": "why", "amount": "how many"}


def _kind(word: str) -> Kind:
    return next(kind for kind, words in _INTERROGATIVES if re.fullmatch(words, word, re.IGNORECASE))


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
