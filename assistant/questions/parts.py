"""A query in, its parts out, each to be searched alone: the sides of a comparison, the clauses of a double question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.questions.follow_up import DOUBT, carried, leaning
from assistant.reading.evidence import MAX_SPANS
from assistant.types import Evidence, EvidenceSpan
from index.embedding.embedder import Embedder
from index.passages.words import STOP_WORDS
from index.types import Hit

T = TypeVar("T")

MAX_PARTS = 3
"""More sides than this are searched together: each part costs a search."""

_COMPARES = re.compile(
    r"\b(compar\w+|differ\w*|versus|vs\.?|than|both|more|less|fewer|larger|bigger|greater|higher|lower|smaller|longer|"
    r"earlier|later|older|newer|ahead|behind|cheaper|next to|alongside|respectively|for each)\b|[,:] [^,?]+ or [^,?]+\?$",
    re.IGNORECASE,
)
_NAME = r"(?:[A-Z][\w-]*)(?:[ ][A-Z][\w-]*)*"
_JOINS = r"(?:and|or|than|versus|vs\.?)"
_SIDES = re.compile(
    rf"(?:(?P<a>{_NAME})(?:['’]s?)?(?:\s+[a-z]\w+){{0,2}}?|\b(?P<word>[a-z]\w{{2,}})),?\s+(?:{_JOINS}|with|from|to)\s+"
    rf"(?:of\s+|that\s+of\s+|in\s+|what\s+|more\s+|less\s+|the\s+(?=[A-Z]))?(?P<b>{_NAME}|\b[a-z]\w{{2,}})"
)
_CLAUSES = re.compile(
    r",?\s+and\s+(?=(?:(?:in|on|at|by|for|to|from|with|since)\s+)?(?:what|which|how|when|where|who|why)\b)", re.IGNORECASE
)
_LEAST_WORDS = 3
"""A clause of fewer words is no question of its own: "When and where is it?" """


def parts(query: str, embedder: Embedder) -> tuple[str, ...]:
    """The queries that a question is made of, in its order; the question itself where it is one.

    "Who has the larger capacity, A or B?" gives the question without B and without A; "What is A's title and when was it
    founded?" gives both clauses, the second as the follow-up to the first that it is, or with its names.
    """
    clauses = _CLAUSES.split(query)
    if 1 < len(clauses) <= MAX_PARTS and all(len(clause.split()) >= _LEAST_WORDS for clause in clauses):
        names = [name for name in re.findall(_NAME, clauses[0]) if name.lower() not in STOP_WORDS]
        names = [name for name in names if not query.startswith(name)] or names[1:]
        return clauses[0], *(_following(clause, clauses[0], names, embedder) for clause in clauses[1:])
    sides = _sides(query) if _COMPARES.search(query) else ()
    if len(sides) != 2:
        return (query,)
    cut = tuple(_without(query, other) for other in reversed(sides))
    return (query,) if any(_TWICE.search(part) for part in cut) else cut


def _following(clause: str, first: str, names: Sequence[str], embedder: Embedder) -> str:
    """A further clause as the follow-up to the first that it is, or with the first one's names."""
    if leaning(clause, embedder) > DOUBT:
        return carried(clause, first, embedder)
    return f"{' '.join(name for name in names if name not in clause)} {clause}".strip()


_TWICE = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
"""A word that stands twice where a side was taken out that only was a part of it: "sick leave and annual leave"."""


def _sides(query: str) -> tuple[str, ...]:
    """Two names, or two words, that a comparison sets against each other."""
    for found in _SIDES.finditer(query):
        one, other = found["a"] or found["word"], found["b"]
        both_names = one[0].isupper() and other[0].isupper()
        both_words = one.islower() and other.islower()
        telling = one.lower() not in STOP_WORDS and other.lower() not in STOP_WORDS
        if f"{other} of " in query:  # "the Bill of Rights" is more than "Bill"
            continue
        if telling and one != other and (both_names or both_words) and not query.startswith(one):
            return one, other
    names = [name for name in re.findall(rf"(?<=[a-z] ){_NAME}", query) if name.lower() not in STOP_WORDS]
    distinct = list(dict.fromkeys(names))
    return (distinct[0], distinct[1]) if len(distinct) == 2 else ()


_HOLE = "\0"
"""Stands where a side was taken out."""
_JOIN_AFTER = re.compile(
    rf"{_HOLE}(?:['’]s?)?,?\s+(?:{_JOINS}|compared\s+(?:with|to))\s+(?:of\s+|in\s+|more\s+|less\s+|the\s+)?"
)
_JOIN_BEFORE = re.compile(
    rf",?\s+(?:{_JOINS}|with|compared\s+(?:with|to))\s+"
    rf"(?:that\s+of\s+|of\s+|in\s+|what\s+|more\s+|less\s+|the\s+)?{_HOLE}(?:['’]s?(?:\s+\w+){{0,3}}(?=[?.,]|$))?"
)
_ALONE = re.compile(rf"{_HOLE}(?:['’]s?)?")
_HOW_MUCH = re.compile(
    r"^(?:Who|Which|What|who|which|what) "
    r"(?P<has>has|have|had|makes|made|produces|produced|earns|pays|costs|owns|employs|sells) "
    r"(?:the )?(?:more|less|fewer|larger|bigger|greater|higher|lower|smaller) "
)
_WHEN = re.compile(
    r"^(?:Who|Which|who|which)(?: [a-z]+)? (?=(?:was|were|came|opened|started|began) )(?=.* (?:earlier|later|sooner)\b)"
)
_SOONER = re.compile(r" (?:earlier|later|sooner)\b(?: than\b)?")


def _without(query: str, side: str) -> str:
    """What a comparison asks of one side, the other taken out: which is larger is asked as how much of each."""
    query = re.sub(rf"\b{re.escape(side)}\b", _HOLE, query)
    for pattern in (_JOIN_AFTER, _JOIN_BEFORE, _ALONE):
        query = pattern.sub(" ", query)
    query = _HOW_MUCH.sub(r"How much \g<has> ", query)
    if _WHEN.match(query):
        query = _SOONER.sub("", _WHEN.sub("When ", query))
    return re.sub(r"\s+(?=[?,.])", "", " ".join(query.split()))


def joined(evidence: Sequence[Evidence]) -> Evidence:
    """The evidence of all parts as one: their best sentences in turn, each part's scores made as high as the best's.

    It is as likely to answer as its likeliest part: one side alone is worth showing. It misses what any of them misses.
    """
    if len(evidence) == 1:
        return evidence[0]
    top = max((one.spans[0].score for one in evidence if one.spans), default=0.0)
    scaled = [[_scaled(span, top / one.spans[0].score) for span in one.spans] for one in evidence]
    first: dict[tuple[str, int], EvidenceSpan] = {}
    for span in _interleaved(scaled):
        first.setdefault((span.citation.document_id, span.citation.start), span)
    missing = tuple(dict.fromkeys(word for one in evidence for word in one.missing))
    return Evidence(tuple(first.values())[:MAX_SPANS], max(one.answerable for one in evidence), missing)


def _scaled(span: EvidenceSpan, factor: float) -> EvidenceSpan:
    return replace(span, score=min(1.0, span.score * factor))


def in_turn(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of all parts, each part's best first, then each one's second; a chunk found twice stands once."""
    first: dict[str, Hit] = {}
    for hit in _interleaved(rankings):
        first.setdefault(hit.chunk.id, hit)
    return list(first.values())


def _interleaved(rankings: Sequence[Sequence[T]]) -> list[T]:
    """The first of each ranking, then the second of each, and so on."""
    return [own[rank] for rank in range(max(map(len, rankings), default=0)) for own in rankings if rank < len(own)]
