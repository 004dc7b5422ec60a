"""What a question says its answer must have, and whether a sentence has it: a month, a count of something, a role.

"How many employees" asks for a number of employees, not for any number; "in percent" for a percentage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.facts.dates import dates, years
from assistant.facts.quantities import quantities
from assistant.facts.units import CURRENCIES, TIMES, TO_BASE, UNIT_OF, UNITS
from index.passages.words import STOP_WORDS

FormKind = Literal[
    "any", "count", "percent", "rate", "month", "year", "day", "unit", "money", "role", "phone", "email", "duration"
]

_UNITS = "|".join(form for unit, forms in UNITS.items() if unit not in TIMES for form in forms.split() if len(form) > 3)

_PRICED = r"(?:costs?|pric(?:es?|ing)|paid|pay|charged?|fees?)\b"

_CHANGED = (
    r".*\b(?:by how much|ris(?:e|en)|rose|increased?|falls?|fell|fallen|go up|gone? up|went up|drop(?:ped)?|gain(?:ed)?"
    r"|change)\b"
)
"""Of a price that changed, a percentage may be meant."""

_TELL = r"\b(?:what(?:['’]s| is| are| was)|which|give me|tell me|(?:under|at|to|by) what)\b[^?]{0,40}?\b"
"""What asks for a number or address itself, not how to change it."""

_SAYS: tuple[tuple[FormKind, str], ...] = (
    ("phone", rf"{_TELL}(?:tele)?(?:phone|fax|mobile) (?:number|no)s?\b(?! [a-z]*(?:format|field|length)\b)"),
    ("email", rf"{_TELL}e-?mail address(?:es)?\b(?! [a-z]*(?:format|field|length)\b)"),
    (
        "duration",
        r"\bhow long (?:is|was|will|does|did|has|have|had)\b[^?]*\b(?:valid|lasts?|stay|takes?)\b"
        r"(?=\s*[?.]|\s+(?:in|for|to|at)\b|$)",
    ),
    ("month", r"\b(?:what|which) months?\b"),
    ("year", r"\b(?:what|which) (?:year|yr)\b"),
    ("day", r"\b(?:what|which) (?:exact |precise |specific )?(?:date|days?)\b"),
    ("rate", r"\bper (?:kilo(?:gram)?|kg|ton(?:ne)?|pound|ounce|gram|person|head|hour|share|unit)s?\b"),
    ("percent", r"\bpercent(?:age)?\b|\bper cent\b|(?<!\d)%|\b(?:what|which) (?:share|proportion|fraction|portion)\b"),
    ("unit", rf"\bin (?P<unit>{_UNITS})\b"),
    (
        "money",
        r"\bhow much money\b|\bhow much (?:is|was|are|were|do|does|did|has|have|had|will|would)\b[^.?]*"
        r"\b(?:invest(?:s|ed|ing)?|spend(?:s|ing)?|spent)\b"
        rf"|^(?!{_CHANGED})(?:.*\bhow much\b(?! of\b)[^.?]*\b{_PRICED}|.*\b{_PRICED}[^.?]*\bhow much\b(?! of\b)"
        r"|.*\b(?:is|was|are|were|be|have|know|me) the (?:(?!of\b|for\b)\w+ ){0,2}(?:price|cost|fee|salary)\b(?! of living)"
        r"(?= (?:of|for|per)\b|[?.]|$))",
    ),
    ("count", r"\bhow many (?!of\b|times\b)(?P<count>\w+(?: [a-z]+)?)"),
    (
        "role",
        r"\bwho (?:is|was|became)\s+(?:[^?,.]*?['’]s\s+|(?:the|a|an)\s+)"
        r"(?P<role>[^?,.]+?)(?=\s+(?:of|at|in|for|on|from|that|who|to|by|when|since|during|with)\b|[?,.]|$)",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _SAYS)
_PERCENT = re.compile(r"%|\bper ?cent|\b(?:half|thirds?|quarters?|fifths?|tenths?)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\bfree\b|\bno (?:\w+ )?(?:costs?|charges?|fees?)\b|[$€£¥₩₽]\s?\d"
    r"|\b(?:rupees?|francs?|pesos?|kron[aeo]r?|shillings?)\b",
    re.IGNORECASE,
)
"""An amount in a currency, also one that quantities don't know, or that nothing is to be paid."""

_PHONE = re.compile(r"\+?\d(?:[ ()/.-]{0,2}\d){6,}")

_DAY = re.compile(r"\bthe \d{1,2}(?:st|nd|rd|th)\b(?! [A-Z])")

_PEOPLE = re.compile(
    r"\b(?:people|persons?|staff|employees|workers|colleagues|members|residents|inhabitants)\b", re.IGNORECASE
)

_LASTS = re.compile(
    r"\b(?:since|until|till|permanent(?:ly)?|indefinite(?:ly)?|forever|expires?|throughout|so far)\b"
    r"|\b(?:an?|one|per) (?:second|minute|hour|day|week|month|quarter|year|decade)\b",
    re.IGNORECASE,
)

_RATE = re.compile(r"\bper\b|/|\b(?:a|an|each) (?:kilo|kg|ton|pound|ounce|gram|person|hour|share|unit)", re.IGNORECASE)

_RANK = re.compile(r"\b(?:No\.|number|top) ?$", re.IGNORECASE)
"""Before a number that counts nothing: "the world's No. 1 company"."""

_WORD = re.compile(r"[\w-]+")

_REACH = 5
"""Words after a number among which stands what it counts: "1,200 staff members", "ten mines"."""

Like = Callable[[str], Sequence[float]]
"""For each of a form's words the best match, in [0, 1], among the words of a text."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the answer must have; `words` is what is counted, or the role of who is asked for."""

    kind: FormKind = "any"
    words: tuple[str, ...] = ()


def form_of(query: str) -> Form:
    """The form that a query asks for; the first that fits in the order above, `any` where it doesn't say."""
    for kind, pattern in _PATTERNS:
        if found := pattern.search(query):
            said = found.groupdict().get(kind) or ""
            words = [word for word in re.findall(r"[^\W\d_]+", said) if word.lower() not in STOP_WORDS]
            if kind == "role":
                words = [word for word in words if word.islower()]
            if kind not in ("count", "role") or words:
                return Form(kind, tuple(word.lower() for word in words))
    return Form()


def fits(form: Form, sentence: str, near: str, like: Like) -> float:
    """How well, in [0, 1], a sentence has the form; what isn't a date, count or unit may also stand right beside it."""
    match form.kind:
        case "month":
            return float(any(date.month for date in dates(sentence)))
        case "day":
            return float(any(date.day for date in dates(sentence)) or bool(_DAY.search(sentence)))
        case "year":
            return float(bool(years(near)))
        case "duration":
            lasts = any(one.unit in TIMES for one in quantities(near))
            return float(lasts or bool(_LASTS.search(near)) or len(years(near)) > 1)
        case "phone":
            return float(bool(_PHONE.search(near)))
        case "email":
            return float("@" in near)
        case "percent":
            return float(bool(_PERCENT.search(near)))
        case "rate":
            return float(bool(_RATE.search(near)))
        case "money":
            return float(bool(_MONEY.search(near)) or any(one.unit in CURRENCIES for one in quantities(near)))
        case "role":
            return min(like(near))
        case "unit" | "count":
            units = {TO_BASE.get(unit, (unit, 1.0))[0] for word in form.words if (unit := UNIT_OF.get(word))}
            if any(one.unit in units for one in quantities(sentence)):
                return 1.0
            if form.kind == "unit":
                return 0.0
            if "people" in form.words and any(_PEOPLE.search(counted) for counted in _counted(sentence)):
                return 1.0
            return max((max(like(counted)) for counted in _counted(sentence)), default=0.0)
    return 1.0


@lru_cache(maxsize=20_000)
def _counted(sentence: str) -> tuple[str, ...]:
    """Each amount with the words after it."""
    amounts = [one for one in quantities(sentence) if not one.is_year and not _RANK.search(sentence[: one.start])]
    return tuple(" ".join([one.text, *_WORD.findall(sentence[one.end :])[:_REACH]]) for one in amounts)
