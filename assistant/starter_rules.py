"""A statement of a document in, the plain questions it answers out, by rules: no language model has a part in them.

Only statements whose subject is named are asked about, and only by turns of phrase that need no grammar beyond the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.dates import dates, years
from assistant.quantities import quantities
from assistant.starter_subject import OPEN, core, subject_of
from index.words import STOP_WORDS, stem

SHORTEST, LONGEST = 25, 400
"""Characters of a statement that is asked about: shorter ones are captions, longer ones lists."""

LONGEST_QUESTION = 110
"""Characters of a question that still reads at one glance."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question, and the rule that made it."""

    question: str
    rule: str


def drafted(sentence: str, small: frozenset[str]) -> list[Drafted]:
    """The questions that a sentence answers, the most telling first; `small` are stems that its document writes small."""
    text = core(" ".join(sentence.split()))
    if (
        not SHORTEST <= len(text) <= LONGEST
        or not re.search(r"[.!][\"'”’]?$", text)
        or re.search(r"[|•]|\w @|\s['’]s\b", text)
    ):
        return []
    found = []
    for name, rule in RULES.items():
        question = rule(text, small)
        if question and len(question) <= LONGEST_QUESTION and not OPEN.search(question):
            found.append(Drafted(question[0].upper() + question[1:], name))
    return found


_S = r"^(?P<s>(?:[^\s,;:()“”\"]+ ){0,5}?[^\s,;:()“”\"]+?)"
_ABOUT = r"(?:about|around|approximately|roughly|nearly|almost|over|more than|up to|at least|some|only|a total of) "
_DATED = re.compile(r"\b(?:in|on|since) (?:early |late |mid-)?(?:[A-Z]\w+ )?(?:\d|[A-Z]\w+ \d)")


def _attribute(text: str, small: frozenset[str]) -> str:
    """X has a capacity of 12 t: what is X's capacity?"""
    found = re.match(
        _S + r" (?P<v>has|have|had|reported|recorded|posted|achieved) (?:an? |the )?(?P<what>[a-z][a-z -]{2,40}?) of "
        rf"(?P<rest>(?:{_ABOUT})?(?:US)?[\d$€£].*)",
        text,
    )
    if not found or not (subject := subject_of(found["s"], small, name=True)) or not quantities(found["rest"][:40]):
        return ""
    return f"what {'is' if found['v'] in ('has', 'have') else 'was'} {_possessive(subject)} {found['what']}?"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _count(text: str, small: frozenset[str]) -> str:
    """X employs about 80 people: how many people does X employ?"""
    found = re.match(
        rf"{_S} (?P<v>{'|'.join(_THIRD)}) (?:{_ABOUT})?(?P<n>\d[\d,.]*(?: million| billion)?|[a-z]+) "
        r"(?P<what>(?:[a-z-]+ ){0,2}?(?:[a-z-]+[^s\W]s|people|staff(?! members)))(?=[ ,.;])(?! (?:of|per|a|ago|old)\b)",
        text,
    )
    if not found or not (subject := subject_of(found["s"], small, name=True)):
        return ""
    amounts = quantities(f"{found['n']} ")
    what = found["what"].split()
    if not amounts or amounts[0].is_pronoun or amounts[0].is_year or not STOP_WORDS.isdisjoint(what) or what[-1] in _TIMES:
        return ""
    return f"how many {found['what']} does {subject} {_THIRD[found['v']]}?"


_THIRD = {
    "has": "have",
    "employs": "employ",
    "operates": "operate",
    "owns": "own",
    "serves": "serve",
    "contains": "contain",
    "offers": "offer",
    "requires": "require",
    "manages": "manage",
    "runs": "run",
    "holds": "hold",
}
_TIMES = frozenset("times percent tons tonnes dollars euros points degrees series means".split())


def _when(text: str, small: frozenset[str]) -> str:
    """X was founded in 2016: when was X founded?"""
    found = re.match(rf"{_S} (?P<be>was|were) (?:first |officially |originally )?(?P<v>{_HAPPENED})\b(?P<rest>.*)", text)
    if not found or not _DATED.match(found["rest"].strip()) or not (dates(found["rest"]) or years(found["rest"])):
        return ""
    subject = subject_of(found["s"], small, name=True)
    return f"when {found['be']} {subject} {found['v']}?" if subject else ""


_HAPPENED = (
    "founded|established|launched|built|opened|created|introduced|released|published|signed|adopted|formed|incorporated|"
    "completed|acquired|born|elected|appointed|discovered|enacted|ratified|constructed|invented"
)


def _is_what(text: str, small: frozenset[str]) -> str:
    """X's main product is zinc: what is X's main product? The capacity of X is 12 t: what is the capacity of X?"""
    found = re.match(
        _S + rf" (?P<be>is|was) (?:{_ABOUT}|set at |estimated at )?(?P<rest>(?:[$€£]?\d|an? |the |to |[A-Z]).*)", text
    )
    if not found or not (subject := subject_of(found["s"], small)):
        return ""
    own = re.search(r"['’]s? [a-z]", subject)
    of = re.match(r"the [a-z -]+ (?:of|for) (?:the )?[A-Z]", subject)
    amount = re.match(r"[$€£]?\d", found["rest"]) and re.match(r"the [a-z]+ [a-z]+", subject)
    if not (own or of or amount):
        return ""
    head = re.split(r" (?:of|for) ", subject)[0].split()[-1]
    return f"{'who' if _PERSON.search(head) else 'what'} {found['be']} {subject}?"


def _plan(text: str, small: frozenset[str]) -> str:
    """X plans to build a plant: what does X plan to build?"""
    found = re.match(
        _S + r" (?P<v>plans|intends|aims|wants|hopes) to (?P<do>[a-z]{3,}) (?=an? |the |its |\d|[a-z]+ [a-z]+s\b)", text
    )
    if not found or found["do"] in ("have", "become", "focus", "work", "invest") or found["do"].endswith("ly"):
        return ""
    subject = subject_of(found["s"], small, name=True)
    return f"what does {subject} {found['v'].removesuffix('s')} to {found['do']}?" if subject else ""


def _why(text: str, small: frozenset[str]) -> str:
    """X is rare because …: why is X rare?"""
    found = re.match(_S + r" (?P<be>is|are|was|were) (?P<what>[^,;:“”\"]{4,60}?),? (?:because|due to)\b", text)
    if not found or not (subject := subject_of(found["s"], small)):
        return ""
    what = re.sub(r"\b(?:primarily|mainly|largely|partly|mostly|simply|in part|probably|just)$", "", found["what"]).strip()
    return f"why {found['be']} {subject} {what}?" if what else ""


def _does_what(text: str, small: frozenset[str]) -> str:
    """X covers preventive care: what does X cover?"""
    found = re.match(rf"{_S} (?P<v>{'|'.join(_WHAT)}) (?=\w)(?!about|over|in\b|on\b|at\b|for\b)", text)
    if not found or not (subject := subject_of(found["s"], small, name=True)):
        return ""
    return f"what does {subject} {_WHAT[found['v']]}?"


_WHAT = {
    "covers": "cover",
    "includes": "include",
    "requires": "require",
    "provides": "provide",
    "offers": "offer",
    "prohibits": "prohibit",
    "consists of": "consist of",
    "comprises": "comprise",
    "refers to": "refer to",
    "stands for": "stand for",
    "means": "mean",
    "measures": "measure",
    "produces": "produce",
}


def _figure(text: str, small: frozenset[str]) -> str:
    """World output reached 140 t in 2024: how much was world output in 2024? A day pass costs 7 euros: how much …?"""
    found = re.match(
        _S + r" (?:(?P<v>reached|totall?ed|amounted to|rose to|fell to|grew to|exceeded)|costs) "
        rf"(?P<n>(?:{_ABOUT})?(?:US|RMB )?[$€£]?\d[\w.,%]*(?: [a-z]+)?)(?P<rest>.*)",
        text,
    )
    if not found or not (subject := subject_of(found["s"], small)) or not quantities(found["n"]):
        return ""
    year = re.search(r"^(?: [a-z]+){0,2}? in (?:19|20)\d\d\b", " " + found["n"].split()[-1] + found["rest"])
    when = f" in {year[0].split()[-1]}" if year else ""
    return f"how much was {subject}{when}?" if found["v"] else f"how much does {subject} cost?"


def _where(text: str, small: frozenset[str]) -> str:
    """X is headquartered in Seoul: where is X headquartered?"""
    found = re.match(
        _S + r" (?P<be>is|are|was|were) (?P<v>located|based|headquartered|situated|held|born|stored) (?:in|at|on|near) ",
        text,
    )
    subject = subject_of(found["s"], small, name=True) if found else ""
    return f"where {found['be']} {subject} {found['v']}?" if found and subject else ""


def _did_what(text: str, small: frozenset[str]) -> str:
    """X signed an agreement: what did X sign?"""
    found = re.match(rf"{_S} (?:recently |also )?(?P<v>{'|'.join(_PAST)}) (?:an? |the |that |\d)", text)
    subject = subject_of(found["s"], small, name=True) if found else ""
    return f"what did {subject} {_PAST[found['v']]}?" if found and subject else ""


_PAST = {
    "signed": "sign",
    "announced": "announce",
    "acquired": "acquire",
    "built": "build",
    "developed": "develop",
    "launched": "launch",
    "introduced": "introduce",
    "published": "publish",
    "won": "win",
    "received": "receive",
    "proposed": "propose",
    "recommended": "recommend",
    "discovered": "discover",
    "invented": "invent",
    "created": "create",
    "established": "establish",
    "approved": "approve",
    "rejected": "reject",
    "founded": "found",
}


def _will_what(text: str, small: frozenset[str]) -> str:
    """X will build a plant: what will X build? Employees must submit a report: what must employees submit?"""
    found = re.match(_S + r" (?P<v>will|must|should) (?P<do>[a-z]{3,}) (?=an? |the |all |\d|[a-z]+ [a-z]+s\b)", text)
    if (
        not found
        or found["do"] in ("have", "become", "also", "not", "only", "always", "never")
        or found["do"].endswith("ly")
    ):
        return ""
    subject = subject_of(found["s"], small, name=True)
    if not subject and found["s"].isalpha() and found["s"].endswith("s") and found["s"][0].isupper():
        subject = found["s"].lower() if stem(found["s"].lower()) in small and found["s"].lower() not in STOP_WORDS else ""
    return f"what {found['v']} {subject} {found['do']}?" if subject else ""


def _definition(text: str, small: frozenset[str]) -> str:
    """X is a smelter that …: what is X? Jun Wu was the director of …: who was Jun Wu?"""
    found = re.match(
        _S + r" (?P<be>is|was) (?P<what>(?:an?|the) (?:[\w’'-]+ ){1,7}?)(?P<more>that|which|of|for|in|used|designed)\b", text
    )
    if not found:
        return ""
    subject = subject_of(found["s"], small, name=True)
    if re.search(rf"{_PERSON.pattern} $", found["what"], re.IGNORECASE):
        return f"who {found['be']} {subject}?" if " " in subject else ""
    if found["be"] == "was" or not re.match("an? ", found["what"]):
        return ""
    if not subject and stem(found["s"].lower()) in small and found["s"].isalpha() and len(found["s"]) > 3:
        subject = found["s"].lower()  # a kind of thing: "Germanium is a metal used …"
    return f"what is {subject}?" if subject and found["s"].lower() not in STOP_WORDS else ""


_PERSON = re.compile(
    r"\b(?:founder|president|director|manager|minister|chair(?:man|woman|person)?|officer|ceo|author|actor|actress|singer|"
    r"player|scientist|physicist|chemist|engineer|professor|doctor|politician|journalist|writer|poet|king|queen|emperor|"
    r"lawyer|artist|composer|philosopher|historian|economist|governor|mayor|senator)\b",
    re.IGNORECASE,
)

DEFINITION = "definition"
"""The rule whose questions several sentences may answer."""

Rule = Callable[[str, frozenset[str]], str]

RULES: dict[str, Rule] = {
    "attribute": _attribute,
    "count": _count,
    "figure": _figure,
    "when": _when,
    "where": _where,
    "is what": _is_what,
    "plan": _plan,
    "why": _why,
    "did what": _did_what,
    "will what": _will_what,
    "does what": _does_what,
    DEFINITION: _definition,
}
"""The most telling first: a figure says more about a document than what somebody is."""
