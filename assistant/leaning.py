"""Whether a question leans on what was said before: a pronoun with nothing in it to stand for, hardly a word of its own."""

from __future__ import annotations

import re

from assistant.asked import ASKING
from index.words import STOP_WORDS

ENOUGH = 3
"""Telling words before a pronoun in one question, at least so many: it stands for something among them."""

GENERIC = 4
"""Telling words in a question that opens "where do they", at least so many: "they" are people at large."""

OPENER = re.compile(
    r"^(?:(?:and|but|so|then|or|ok(?:ay)?|well|thanks?(?: you)?|great|sorry|hm+|i see|yes|right|what about|how about"
    r"|(?:the )?same (?:question|thing)?(?: again)? ?(?:for|with|about))"
    r"\b[\s,.!–-]*)+",
    re.IGNORECASE,
)
"""What a question opens with that only joins it to the one before."""

_LEANS = re.compile(
    r"^(?:ok(?:ay)?,? )?(?:and|but|or|so|then)\b(?! (?:far|called)\b)|^(?:what|how) about\b"
    r"|^(?:the )?same (?:question|thing)\b"
    r"|,? then\s*\?*$|\belse\s*\?|^who else\b|^what else\b|^besides\b"
    r"|^\S+(?: \S+){0,2},? (?:too|as well)\s*\?*$"
    r"|\b(?:afterwards?|thereafter|beforehand|(?:before|after|since|until|by) then)\s*\?*$"
    r"|^(?:is|was|are|were|does|did|would|do) (?:that|these|those) (?!(?:is|are|was|were)\b)"
    r"|^(?:who|what|when|where|why|how)(?: \w+){0,2} (?:is|was|does|did|will|would|has|had|can|could) (?:that|this) "
    r"(?:apply|begin|change|come|compare|cost|do|end|go|happen|help|last|make|matter|mean|start|take|work)\b",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\b(?:who|what|where|when|how) else\b", re.IGNORECASE)
_VERBS_OF_BEING = "is are was were has have had will would can could may might must be isn't aren't".split()
_THERE = (
    "".join(rf"(?<!\b{verb} )" for verb in _VERBS_OF_BEING)
    + rf"\bthere\b(?!['’]|,| (?:{'|'.join(_VERBS_OF_BEING)}|any|exists?)\b)"
)
"""A place spoken of: "how many work there?", not "is there a plan?"."""

PRONOUN = re.compile(
    r"(?P<possessive>\b(?:its|their|his|her)\b(?= \w))|\b(?:(?-i:[Ii]t)|they|them|theirs|he|she|him|hers|her)\b"
    r"|(?P<pointing>^(?:this|that|these|those) (?:is|was|are|were)\b"
    r"|\b(?:this|that|these|those)(?=\s*(?:[?.!,]|$)|\s+(?:ones?|mean|happens?|happened|works?|includes?|costs?)\b))"
    r"|(?<=\bis )that(?= of\b)|(?<=\bwas )that(?= of\b)"
    r"|\bthe (?:other|same|latter|former)(?: (?!as\b|than\b|time\b|way\b|side\b)\w+|\s*(?=\?|$))"
    r"|\bthe year (?:before|after)\b|\bboth of them\b"
    r"|(?<!\bof )\bthe two [a-z]+s(?=\s*(?:[?.!,]|$)|\s+(?:are|were|do|did|have|had|will|would|can|could|should|agree)\b)"
    r"|\b(?:this|that|the) one\b|\bover there\b" + rf"|{_THERE}",
    re.IGNORECASE,
)
EXPLETIVE = re.compile(
    r"\bit(?:['’]s| is| was| takes?| took| costs?| means?| would be)(?: \w+){0,5}? (?:to|that|if|when|for)\b"
    r"|\b(?:does|did|will|would) it (?:take|cost|mean)(?: \w+){0,3}? (?:to|when|if)\b|\bit (?:rains?|snows?)\b"
    r"|\b(?:is|was) it (?:possible|true|legal|safe|worth|necessary|better|called)\b|\bthose (?:who|that)\b",
    re.IGNORECASE,
)
_THEY_AT_LARGE = re.compile(r"^\w+(?: \w+)? (?:do|did|does) they\b", re.IGNORECASE)
_SECOND_CLAUSE = re.compile(r"\b(?:and|or|then|that|which|who|what|when|where|how|why|,)(?: \w+)*$", re.IGNORECASE)
_PASSIVE = re.compile(
    r"^(?:and |but |so )?how (?:much|many) (?:is|are|was|were|will|would|can|could|has|have|had)(?: been| be)? "
    r"\w+(?:ed|en|ne|ld|de|nt)\b",
    re.IGNORECASE,
)
"""A passive without a subject: "how much will be recovered each year?"."""
_PART = re.compile(
    r"^(?:and |but |so )?(?:what|which) (?:part|share|portion|percentage|fraction|proportion) "
    r"(?!do\b|does\b|did\b)\w+(?:es|s|ed|me|nt)\b(?!.*\bof\b)",
    re.IGNORECASE,
)
"""A part, not said of what: "what part came from China?"."""

_SAYS_LITTLE = frozenset(
    "number one first second third last next biggest largest smallest best most figure figures reason provide "
    "example examples detail details elaborate clarify time each annually".split()
)


_NAMED_AFTER = re.compile(r"\b(?:is|are|was|were|do|does|did|has|have|had|will|can) (?i:the )?[A-Z]\w")
"""The owner after what is owned: "what part of its ore does Yusheng mine?"."""


def telling(text: str) -> list[str]:
    """The words of a text that say something, lower case."""
    return [word for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]


def points_back(question: str) -> bool:
    """Whether a question leans on what was said before."""
    question = question.strip()
    if _LEANS.search(question) or (_ELSE.search(question) and len(telling(question)) <= ENOUGH):
        return True
    plain = EXPLETIVE.sub(" ", question)
    pronoun = PRONOUN.search(plain)
    if pronoun is None:
        passive = _PASSIVE.match(question)
        rest = question[passive.end() :] if passive else question
        return bool(_PART.match(question)) or not set(telling(rest)) - _SAYS_LITTLE - ASKING
    if _THEY_AT_LARGE.match(question) and len(telling(question)) >= GENERIC and not PRONOUN.search(plain, pronoun.end()):
        return False
    if pronoun["possessive"] and _NAMED_AFTER.search(plain, pronoun.end()):
        return False
    return not _has_antecedent(plain[: pronoun.start()], bool(pronoun["pointing"]))


def _has_antecedent(before: str, pointing: bool) -> bool:
    """Whether what precedes a pronoun in its question names something that it may stand for."""
    if re.search(r"(?<=\s)[A-Z]\w+", re.sub(r"\bI\b", "", before)):
        return True
    clause = _SECOND_CLAUSE.search(before.strip())
    first = re.split(r"\b(?:and|or|then|that|which|who|what|when|where|how|why)\b|,", before.strip(), flags=re.IGNORECASE)
    whole = [part for part in first[:-1] if telling(part) and len(part.split()) > 1]
    return (bool(clause) and bool(whole)) or (not pointing and len(telling(before)) >= ENOUGH)
