"""One sentence in, the same said otherwise or one thing of it made false: rules, each with a seeded choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from evals.statements import Statement

Rule = Callable[[str, Statement, Sequence[str], Random], str | None]
"""A sentence, the statement it says, names from elsewhere, a source of choices: the changed sentence, or None."""

_NUMBER = re.compile(r"(?<![\w.,/-])\d[\d,]*(?:\.\d+)?(?![\w/-]|[.,]\d)(?!\s*\])")
_YEAR = re.compile(r"(?<![\w.,$/-])(?:1[5-9]|20)\d\d(?![\w%]|[.,]\d)")
_NAME = re.compile(r"(?<=[a-z0-9,;] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,}){0,2}\b(?!-)")
_NO_NAMES = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday"
    " Friday Saturday Sunday The This That These Those You Your If For When Note Use See What How Where".split()
)

UNITS = (
    "million/billion thousand/million billion/trillion percent/million %/‰ $/€ dollars/euros tons/kilograms tonnes/kilograms"
    " km/miles kilometers/miles miles/feet metres/kilometres meters/kilometers feet/inches years/months months/weeks"
    " weeks/days days/hours hours/minutes minutes/seconds kg/g mg/kg ml/litres t/kg GB/MB MB/KB won/yen RMB/USD"
    " hectares/acres"
)
ANTONYMS = (
    "increase/decrease increased/decreased increases/decreases increasing/decreasing rise/fall rose/fell higher/lower"
    " more/less before/after larger/smaller largest/smallest gain/loss gains/losses win/lose won/lost first/last"
    " include/exclude includes/excludes including/excluding begin/end began/ended started/ended starts/ends open/closed"
    " north/south northern/southern east/west eastern/western buy/sell bought/sold highest/lowest positive/negative"
    " maximum/minimum public/private internal/external above/below accept/reject accepted/rejected allow/forbid"
    " allows/forbids allowed/forbidden early/late high/low small/large old/young new/old long/short improve/worsen"
    " expand/shrink add/remove enable/disable enables/disables major/minor male/female best/worst strong/weak"
    " always/never most/least import/export imports/exports success/failure appeared/disappeared"
)


def _pairs(text: str) -> dict[str, str]:
    pairs = [pair.split("/") for pair in text.split()]
    return {a: b for a, b, *_ in pairs} | {b: a for a, b, *_ in pairs}


_UNIT_OF, _ANTONYM_OF = _pairs(UNITS), _pairs(ANTONYMS)


def _replaced(
    text: str, matches: Sequence[re.Match[str]], new: Callable[[re.Match[str]], str], random: Random
) -> str | None:
    """The text with one of the matches replaced; None where there is none."""
    if not matches:
        return None
    match = random.choice(matches)
    return text[: match.start()] + new(match) + text[match.end() :]


def digit(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """One digit of a number that is no year."""

    def changed(match: re.Match[str]) -> str:
        places = [i for i, character in enumerate(match[0]) if character.isdigit()]
        place = random.choice(places)
        others = [d for d in "123456789" if d != match[0][place]]
        return match[0][:place] + random.choice(others) + match[0][place + 1 :]

    return _replaced(text, [m for m in _NUMBER.finditer(text) if not _YEAR.fullmatch(m[0])], changed, random)


def year(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """A year some years off."""
    return _replaced(
        text, list(_YEAR.finditer(text)), lambda m: str(int(m[0]) + random.choice([-7, -3, -2, -1, 1, 2, 3, 7])), random
    )


def unit(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """The unit or scale after (or the currency before) a number."""
    found = list(re.finditer(r"(?<=\d)(?:\s?[%‰]|\s[A-Za-z]+\b|[a-zA-Z]{1,2}\b)|[$€](?=\s?\d)|\bRMB(?= \d)", text))
    known = [match for match in found if match[0].strip() in _UNIT_OF]
    return _replaced(text, known, lambda m: m[0].replace(m[0].strip(), _UNIT_OF[m[0].strip()]), random)


def qualifier_flipped(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """ "Over 40" becomes "under 40"."""
    turned = {
        "over": "under",
        "more than": "less than",
        "at least": "at most",
        "up to": "at least",
        "less than": "more than",
    }
    turned |= {"under": "over", "at most": "at least", "fewer than": "more than"}
    found = list(re.finditer(rf"\b(?:{'|'.join(turned)})\b(?= \$?\d)", text))
    return _replaced(text, found, lambda m: turned[m[0]], random)


def qualifier_dropped(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """ "Over 40" becomes "40"."""
    found = list(re.finditer(r"\b(?:over|more than|at least|up to|less than|under|fewer than) (?=\$?\d)", text))
    return _replaced(text, found, lambda m: "", random)


def name_elsewhere(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """A name put for another, from another passage of the corpus, that this passage doesn't hold."""
    words = set(re.findall(r"\w+", f"{statement.title} {statement.passage}"))
    others = [name for name in elsewhere if not words & set(name.split())]
    return _replaced(text, names_of(text), lambda m: random.choice(others), random) if others else None


def name_nearby(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """A name put for another of the same passage."""
    words = set(re.findall(r"\w+", text))
    others = sorted({m[0] for m in names_of(statement.passage) if not words & set(m[0].split())})
    return _replaced(text, names_of(text), lambda m: random.choice(others), random) if others else None


def names_of(text: str) -> list[re.Match[str]]:
    """The names within a sentence."""
    return [match for match in _NAME.finditer(text) if not set(match[0].split()) & _NO_NAMES]


def negated(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """A "not" after an auxiliary, or "without" for "with"."""
    found = list(
        re.finditer(r"(?<= )(?:is|are|was|were|will|can|could|should|must|may|has been|have been|with)(?= [a-z])", text)
    )
    plain = [m for m in found if not re.match(r" (?:not|no|never|only)\b", text[m.end() :]) and m[0] != "may be"]
    return _replaced(text, plain, _negation, random)


def _negation(match: re.Match[str]) -> str:
    if match[0] == "with":
        return "without"
    first, _, rest = match[0].partition(" ")
    return f"{first} not {rest}".strip()


def affirmed(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """The text without one of its negations."""
    found = list(re.finditer(r"\bnot (?!only\b)|\bnever |n't\b|\bcannot\b|\bwithout\b|(?<=[a-z] )no (?=[a-z])", text))
    forms = {"cannot": "can", "without": "with"}
    return _replaced(text, found, lambda m: forms.get(m[0], ""), random)


def antonym(text: str, statement: Statement, elsewhere: Sequence[str], random: Random) -> str | None:
    """A word put for its opposite."""
    found = [m for m in re.finditer(r"(?<![\w-])[a-z]+(?![\w-])", text) if m[0] in _ANTONYM_OF]
    return _replaced(text, found, lambda m: _ANTONYM_OF[m[0]], random)


MUTATIONS: dict[str, Rule] = {
    "digit": digit,
    "year": year,
    "unit": unit,
    "qualifier_flipped": qualifier_flipped,
    "qualifier_dropped": qualifier_dropped,
    "name_elsewhere": name_elsewhere,
    "name_nearby": name_nearby,
    "negated": negated,
    "affirmed": affirmed,
    "antonym": antonym,
}
