"""A query in, what it asks for out: its telling words with their weights, its names, and the kind of thing wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.dates import MONTHS
from assistant.quantities import Quantity, quantities
from assistant.units import CURRENCIES
from index.library import Library
from index.likeness import word_weights
from index.words import stem

Kind = Literal["amount", "date", "person", "place", "reason", "statement"]
"""What would answer: a number, a time, somebody, somewhere, a cause; `statement` is everything else."""

_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "reason",
        r"\bwhy\b|\b(reasons?|purpose|motives?|causes?) (for|of|behind)\b|\bwhat (causes?|caused|leads?|led|makes?|made)\b",
    ),
    (
        "amount",
        r"\bhow (much|many|big|large|long|far|high|often|old|tall|deep)\b|\b(number|amount|volume|quantity) of\b",
    ),
    ("date", r"\bwhen\b|\b(what|which|in what|since what) (year|date|month|day|time|quarter|century)\b|\bhow (soon|recent)"),
    ("person", r"\bwho(se|m)?\b|\b(what|which) (person|people|man|woman|author|executive|official|president)\b"),
    ("place", r"\bwhere\b|\b(what|which) (place|city|town|country|region|province|state|site|location|continent)\b"),
    (
        "amount",
        r"\b(capacity|capex|price|cost|costs|revenue|income|profit|salary|percentage|percent|proportion|ratio|rate|total|"
        r"share of|output|budget|worth|population|headcount|temperature|distance|average|tons|tonnes|kilos?|kilograms?)\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

_UNITS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"%"}), r"\bpercent(age)?\b|\bper cent\b|\bshare\b|\bproportion\b|\brate\b|%"),
    (
        CURRENCIES,
        r"\b(invest\w*|costs?|price\w*|pay(ing|s|ment)?|paid|spend\w*|spent|revenue|income|profits?|salary|worth|money|"
        r"budget|capex|fund\w*|dollars?|euros?|won|yuan|rmb|output value)\b",
    ),
    (frozenset({"t"}), r"\b(tons?|tonnes?|kilograms?|kilos?|kg|capacity|output|volume|produc\w+|weight)\b"),
    (frozenset({"year", "month", "week", "day", "hour"}), r"\bhow (long|old|soon)\b"),
)
_UNIT_PATTERNS = tuple((units, re.compile(pattern, re.IGNORECASE)) for units, pattern in _UNITS)

_TIME = re.compile(
    rf"\b(1[0-9]\d\d|20\d\d)s?\b|\b({'|'.join(MONTHS)})\b\.?(?=\W)|\b(monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|today|yesterday|quarter|century|centuries|decade|annually|weekly|daily|month|week|days?|the \d+(st|nd|rd|th))\b"
    r"|\d{1,2}:\d\d|\d{1,2}/\d{1,2}",
    re.IGNORECASE,
)
_NAMES = r"[A-Z][\w’'&.-]*(?:\s+(?:of|the|de|van|von|bin|al)?\s*[A-Z][\w’'&.-]*)*"
_PERSON = re.compile(rf"\b(Mr|Mrs|Ms|Dr|Sir|President|Professor)\b|(?<![.!?]\s)(?<!^)\b{_NAMES}")
_PLACE = re.compile(rf"\b(in|at|from|near|to|of|across|around|between|outside|inside)\s+(the\s+)?(\w+\s+)?{_NAMES}")
_REASON = re.compile(
    r"\b(because|due to|owing to|since|therefore|thus|hence|so that|in order to|aims?|aimed|purpose|reason|caus\w+|"
    r"result\w*|leads?|led|driven|thanks to|as a|for the|to \w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for: its telling words' weights by stem, the kind of thing; `units` is empty where any may do."""

    weights: Mapping[str, float]
    kind: Kind
    units: frozenset[str]


def asked(query: str, weights: Mapping[str, float]) -> Asked:
    """What `query` asks for, given the inverse document frequency of each of its telling words."""
    kind: Kind = next((kind for kind, pattern in _PATTERNS if pattern.search(query)), "statement")
    units: frozenset[str] = frozenset()
    if kind == "amount":
        units = next((units for units, pattern in _UNIT_PATTERNS if pattern.search(query)), units)
    return Asked({stem(word): weight for word, weight in weights.items()}, kind, units)


def asked_of(query: str, library: Library) -> Asked:
    """What `query` asks for, its words weighed by how rare they are in the library."""
    return asked(query, word_weights(query, library))


@lru_cache(maxsize=20_000)
def _amounts(text: str) -> tuple[Quantity, ...]:
    return tuple(q for q in quantities(text) if not q.is_year and not q.is_pronoun)


def holds_kind(asked: Asked, sentence: str) -> float:
    """How well a sentence holds the kind of thing asked for: 1 it does, 0 it doesn't, between where only part fits."""
    if asked.kind == "amount":
        amounts = _amounts(sentence)
        if not amounts:
            return 0.0
        return 1.0 if not asked.units or any(q.unit in asked.units for q in amounts) else 0.4
    pattern = {"date": _TIME, "person": _PERSON, "place": _PLACE, "reason": _REASON}.get(asked.kind)
    return 1.0 if pattern is None or pattern.search(sentence) else 0.0


_IN_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|none|no|free|half)\b", re.IGNORECASE
)
"""Amounts that stand as words."""


def loses_kind(wanted: Sequence[Asked], text: str, quoted: str) -> bool:
    """Whether a text lacks the amount or date asked for, which the quotes it was made from have."""
    asked_for = [one for one in wanted if one.kind in ("amount", "date")]
    return not _IN_WORDS.search(text) and any(holds_kind(one, quoted) == 1.0 > holds_kind(one, text) for one in asked_for)
