"""Evidence in, the pairs of sentences in which two documents state different values for the same thing out.

Precision first: subject, attribute and period have to agree, and no reading may make both sentences true. A plan against
an actual figure, a bound or range that holds the other value, and a rounded restatement are no conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.asked import asked
from assistant.dates import MONTHS
from assistant.quantities import Quantity, quantities
from assistant.types import Evidence, EvidenceSpan
from index.words import STOP_WORDS, stem, words

HALF = 0.5
"""The share of the query's telling words a sentence's passage has to hold: "How many employees" finds "employs 1,200"."""

ROUNDED = 0.03
"""Values nearer than this may be one figure, rounded: "about 1,200" and "1,190"."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values for one thing, each with the sentence that states it; the newer document's first, an undated one last."""

    first: EvidenceSpan
    second: EvidenceSpan
    first_value: str
    second_value: str

    def __str__(self) -> str:
        one, other = (f"{value} ({span.citation.date or 'undated'})" for value, span in self.values)
        return f"The documents disagree: {one} against {other}"

    @property
    def values(self) -> tuple[tuple[str, EvidenceSpan], tuple[str, EvidenceSpan]]:
        """Both values with their sentences."""
        return (self.first_value, self.first), (self.second_value, self.second)


def conflicts(query: str, evidence: Evidence) -> tuple[Conflict, ...]:
    """The conflicts among the evidence's sentences about what the query asks, best evidence first; one per pair."""
    wanted = _telling(query)
    named = _names(query)
    about = [span for span in evidence.spans if _answers(wanted, span) and named <= _words(span.context)]
    found = []
    for one, other in combinations(about, 2):
        if one.citation.document_id != other.citation.document_id and (values := _values(query, one, other)):
            pair = sorted(zip(values, (one, other), strict=True), key=lambda pair: pair[1].citation.date or "", reverse=True)
            found.append(Conflict(pair[0][1], pair[1][1], pair[0][0].text, pair[1][0].text))
    return tuple(found)


def said(found: Sequence[Conflict]) -> tuple[str, ...]:
    """The notes that tell of conflicts, each once, three at most."""
    return tuple(dict.fromkeys(map(str, found)))[:3]


def first(found: Sequence[Conflict], evidence: Evidence) -> Evidence:
    """The evidence with the sentences of the first conflict ahead, the newer before the older, so that both are quoted."""
    if not found:
        return evidence
    best = max(span.score for span in evidence.spans)
    ahead = [found[0].first, found[0].second]
    rest = [span for span in evidence.spans if span not in ahead]
    return replace(evidence, spans=(*(replace(span, score=best) for span in ahead), *rest))


_HEDGED = re.compile(
    r"\b(?:over|above|more than|at least|exceed\w*|under|below|less than|fewer than|at most|up to|nearly|almost|from|between"
    r"|minimum|maximum|min|max|to)\W*$|\d\S*\s*(?:and|-|–|—)\s*$",
    re.IGNORECASE,
)
"""What before a number makes it a bound or one end of a range."""

_RANGE_AFTER = re.compile(r"^\s*(?:(?:to|and|-|–|—)\s*\d|or (?:more|less|over|under)|\+)", re.IGNORECASE)

_MODES = {
    "plan": r"plan\w*|target\w*|expect\w*|forecast\w*|project(?:s|ed|ion|ions)|aim\w*|will|would|propos\w*|intend\w*"
    r"|estimat\w*|budget\w*|goal\w*|guidance|slated|scheduled|outlook|by 20\d\d",
    "design": r"nameplate|design(?:ed)?|rated|maximum|peak|potential|capacity|capacities",
    "past": r"formerly|previous\w*|originally|initial\w*|until|used to|earlier|had been|before",
    "change": r"increas\w*|decreas\w*|rais\w*|cut|grew|grow\w*|fell|rose|rise\w*|declin\w*|drop\w*|expan\w*"
    r"|add(?:s|ed|ing)?|additional\w*|reduc\w*|another|further|extra",
    "part": r"half[- ]year|quarter\w*|q[1-4]|h[12]|month\w*|weekly|daily|first half|second half|each|per|respectively"
    r"|average|total|combined|net|gross|cumulative|alone|excluding|including|only",
    "not": r"not|never|no|without|denie[sd]|except",
}
_MODE = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _MODES.items()}

_PERIOD = re.compile(
    rf"\b(?:(?:1[89]|20)\d\d(?:/\d\d)?|q[1-4]|{'|'.join(name for name in MONTHS if name != 'may')}|(?-i:May)(?! I\b))\b",
    re.IGNORECASE,
)
_BEGAN = re.compile(
    r"\b(?:found(?:ed|ing)|establish\w*|open(?:s|ed|ing)?|launch\w*|incorporat\w*|born|sign(?:s|ed|ing)?|built|complet\w*|start\w*"
    r"|begin\w*|began|commission\w*|acquir\w*|took effect|effective|expires?|deadline|held|due)\b",
    re.IGNORECASE,
)
"""Events whose value is their year itself, where the query asks when."""


def _values(query: str, one: EvidenceSpan, other: EvidenceSpan) -> tuple[Quantity, Quantity] | None:
    """The two values that exclude each other; None where the sentences can both be true."""
    a, b = one.citation.quote, other.citation.quote
    dated = (
        bool(re.search(r"\b(?:when|what year|which year|what date)\b", query, re.IGNORECASE))
        and _event(a) == _event(b) != ""
    )
    if not dated and _periods(a) != _periods(b):
        return None
    if any(bool(pattern.search(a)) != bool(pattern.search(b)) for pattern in _MODE.values()):
        return None
    if not _same_subject(one, other) or not _same_attribute(query, a, b):
        return None
    left, right = _wanted(query, a, years=dated), _wanted(query, b, years=dated)
    if left is None or right is None or left.unit != right.unit:
        return None
    if any(map(left.matches, quantities(b))) or any(map(right.matches, quantities(a))):
        return None
    return (left, right) if dated or not _rounds(left, right) else None


def _wanted(query: str, text: str, *, years: bool) -> Quantity | None:
    """The exact value of a sentence that the query asks for: of the right kind, nearest to its words; None if unclear."""
    values = list(_stated(text, years=years))
    units = asked(query, dict.fromkeys(words(query), 1.0)).units
    values = [value for value in values if value.unit in units] or values
    if len(values) < 2:
        return values[0] if values else None
    (best, _, value), (second, *_), *_ = sorted(((_nearness(query, text, v), -v.start, v) for v in values), reverse=True)
    return value if best > second else None


def _nearness(query: str, text: str, value: Quantity) -> float:
    """How near the query's telling words stand to a value of `text`: the sum of one over their distances in words."""
    found = [(word.start(), stem(word[0].lower())) for word in re.finditer(r"[^\W\d_]+", text)]
    before = [word for start, word in found if start < value.start][::-1]
    after = [word for start, word in found if start >= value.start]
    places = [side.index(word) + 1 if word in side else None for word in _telling(query) for side in (before, after)]
    pairs = zip(places[::2], places[1::2], strict=True)
    return sum(1 / min(place for place in pair if place) for pair in pairs if any(pair))


def _stated(text: str, *, years: bool) -> Iterator[Quantity]:
    """The exact values of a sentence: no bounds, no ranges, no years (unless asked for)."""
    for quantity in quantities(text):
        bound = _HEDGED.search(text[: quantity.start]) or _RANGE_AFTER.match(text[quantity.end :])
        if quantity.is_year:
            if years:
                yield quantity
        elif not bound and not quantity.is_pronoun and not years:
            yield quantity


def _rounds(one: Quantity, other: Quantity) -> bool:
    return abs(one.value - other.value) <= ROUNDED * max(abs(one.value), abs(other.value))


def _periods(text: str) -> frozenset[str]:
    return frozenset(str(MONTHS.get(found.lower(), found.lower())) for found in _PERIOD.findall(text))


def _event(text: str) -> str:
    found = _BEGAN.search(text)
    return stem(found[0].lower()) if found else ""


def _telling(text: str) -> frozenset[str]:
    """The stems of a text's words that say what it is about: no numbers, units, months, stop words."""
    found = re.findall(r"[^\W\d_]+", _without_numbers(text).lower())
    return frozenset(stem(word) for word in set(found) - _VAGUE - STOP_WORDS - MONTHS.keys() if len(word) > 1)


_VAGUE = frozenset(
    "about around approximately roughly some now today currently total totals totalled per year said says according "
    "company report reported new also stands stood amounts amounted comes came figure level".split()
)

_PEOPLE = frozenset(map(stem, "people persons employees staff workers employs employed workforce headcount".split()))

_LIKE = 5
"""Letters: stems that share so many are one word, as those of "employed" and "employees"."""


def _without_numbers(text: str) -> str:
    for quantity in reversed(quantities(text)):
        text = text[: quantity.start] + " " + text[quantity.end :]
    return text


def _answers(wanted: frozenset[str], span: EvidenceSpan) -> bool:
    """Whether a sentence, with the passage around it, holds half of what was asked, and itself a part of it."""
    held = _telling(span.citation.quote)
    around = held | _telling(span.context)
    return bool(wanted & held) and len(wanted & around) >= HALF * len(wanted)


def _same_attribute(query: str, a: str, b: str) -> bool:
    """Whether one sentence has all the telling words of the other: if each has its own, they part the two things.

    Words that the query itself has, and the nouns by which people are counted, part nothing.
    """
    one, other = _telling(a), _telling(b)
    both = {word[:_LIKE] for word in one} & {word[:_LIKE] for word in other}
    known = _telling(query) | _PEOPLE
    own, others = ({word for word in side if word[:_LIKE] not in both} - known for side in (one, other))
    return len(both) >= 2 and not (own and others) and (not _rates(a) or not _rates(b) or _rates(a) == _rates(b))


_RATE = re.compile(
    r"\b(?:per|a|an|each|every) (hour|day|week|month|quarter|year)\b|\b(hourly|daily|weekly|monthly|yearly)\b", re.I
)


def _rates(text: str) -> frozenset[str]:
    return frozenset((per or ly).lower().removesuffix("ly") for per, ly in _RATE.findall(text))


_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w’'-]*")


def _same_subject(one: EvidenceSpan, other: EvidenceSpan) -> bool:
    """Whether each sentence's names occur in the passage of the other, its title among it."""
    return all(_names(a.citation.quote) <= _words(b.context + b.citation.quote) for a, b in ((one, other), (other, one)))


def _names(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"[’']s?$", "", name).lower() for name in _NAME.findall(text)) - _CALENDAR


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", text.lower()))


_CALENDAR = frozenset(MONTHS) | frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
