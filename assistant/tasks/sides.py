"""The words of a request for a comparison in, its two sides and the attributes it names out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_JOINS = r"(?:and|with|to|versus|vs\.?|against|or)"
_IN = r"(?:in(?: terms of)?|on|by|regarding|concerning|about|when it comes to|with (?:respect|regard) to|as to|as regards)"
_REQUEST = re.compile(
    r"^(?:(?:please|now|so|and|can|could|would|will|you|i|we|want|need|to|let['’]s|me|us|a|the)\b[\s,]*)*"
    r"(?:(?P<differ>(?:what(?: is| are|['’]s) the )?differences? between)|(?:compare|contrast|comparison (?:of|between))"
    r"|(?P<how>how) (?:do|does|did|is|are))\s+(?P<sides>.+?)[\s?.!]*$",
    re.IGNORECASE,
)
_DIFFER = re.compile(
    rf"\s+(?:differ|compare|different)(?: (?:with|to|from) (?P<other>.+?))?(?:\s+{_IN}\s+(?P<what>.+))?$", re.I
)
_ATTRIBUTE = re.compile(rf"^(?P<sides>.+?)\s+(?:{_IN})\s+(?P<what>[^()]+)$", re.IGNORECASE)
_TWICE = re.compile(
    rf"^(?:the\s+)?(?P<what>[\w\s,-]+?)\s+(?P<place>of|at|for|in|from|by)\s+(?P<one>.+?),?\s+{_JOINS}"
    r"\s+(?:that\s+|those\s+)?(?P=place)\s+(?P<other>.+)$",
    re.IGNORECASE,
)
_AT = re.compile(
    rf"^(?:the\s+)?(?P<what>[\w\s,-]+?)\s+at\s+(?P<sides>(?:(?!\sat\s).)+\s{_JOINS}\s(?:(?!\sat\s).)+)$", re.IGNORECASE
)
_OF = re.compile(r"^(?:the\s+)?(?P<what>[\w\s,-]+?)\s+(?:of|for)\s+(?P<sides>.+)$", re.IGNORECASE)
_OWNED = re.compile(rf"^(?P<one>.+?)['’]s?\s+(?:{_JOINS})\s+(?P<other>.+?)['’]s?\s+(?P<what>[\w\s,-]+)$", re.IGNORECASE)
_LONE_JOIN = re.compile(rf"^\W*(?:and|or|versus|vs\.?)\b|\b{_JOINS}\W*$", re.IGNORECASE)
"""A join that lacks a side; "compare with the report" has one, the document spoken of."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared: the words for both sides, one of them empty where they are named together ("these two"); and
    the attributes, if any are named. `is_question` says that it is worded as a question, so a plain answer fits as well."""

    one: str
    other: str
    attributes: tuple[str, ...]
    is_question: bool = False


def requested(text: str) -> Request | None:
    """The comparison that a request asks for; None where it asks for none."""
    text = re.sub(r"\s*\([^()]*\)[\s?.!]*$", "", text.strip())  # what a reply chose; `titled` reads it
    text = re.sub(r"[\s?.!]+$", "", re.sub(r"[“”\"]", "", text))
    if plain := re.fullmatch(r"(?P<one>[\w\s’'-]+?)\s+(?:versus|vs\.?)\s+(?P<other>[\w\s’'-]+)", text):
        return _made(plain["one"], plain["other"], "", is_question=True)
    found = _REQUEST.match(text)
    if found is None:
        return None
    sides, what = found["sides"], ""
    if found["how"]:
        verb = _DIFFER.search(sides)
        if verb is None:
            return None
        sides, what = sides[: verb.start()] + (f" and {verb['other']}" if verb["other"] else ""), verb["what"] or ""
    is_question = bool(found["how"] or found["differ"])
    if named := _OWNED.match(sides) or (None if what else _TWICE.match(sides)):
        return _made(named["one"], named["other"], named["what"], is_question)
    for pattern in (_ATTRIBUTE, _AT, _OF):
        if not what and (more := pattern.match(sides)):
            sides, what = more["sides"], more["what"]
    parts = re.split(rf",?\s+{_JOINS}\s+", sides)
    if len(parts) == 2:
        return _made(parts[0], parts[1], what, is_question)
    return None if _is_empty(sides) or _LONE_JOIN.search(sides) else Request(sides, "", _listed(what), is_question)


def _made(one: str, other: str, what: str, is_question: bool) -> Request | None:
    return None if _is_empty(one) or _is_empty(other) else Request(one, other, _listed(what), is_question)


def _is_empty(side: str) -> bool:
    return re.search(r"\w", _LONE_JOIN.sub("", side)) is None


def _listed(what: str) -> tuple[str, ...]:
    return tuple(re.sub(r"^(?:the|their|its)\s+", "", one.strip()) for one in re.split(r",|\band\b", what) if one.strip())
