"""A true sentence said in other words, by rules that keep it true: number, unit and date forms, clause order, pronouns."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from evals.statements import Statement

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(_MONTHS)
_UNITS = {
    "t": "tonnes",
    "km": "kilometres",
    "kg": "kilograms",
    "tons": "t",
    "kilometers": "km",
    "kilometres": "km",
    "kg.": "kg",
}
_WORDS = dict(zip("three four five six seven eight nine ten eleven twelve".split(), range(3, 13), strict=True))


def reworded(statement: Statement, random: Random) -> str | None:
    """The sentence by all rules that apply to it, in a seeded order; None where none does."""
    text = statement.text
    for rule in random.sample(RULES, len(RULES)):
        text = rule(text, statement)
    return text if text != statement.text else None


def thousands(text: str, statement: Statement) -> str:
    """ "5,000" as "5 thousand"."""
    return re.sub(r"(?<![\w.,])(\d{1,3}),000(?![\w,]|\.\d|\s*(?:thousand|million|billion))", r"\1 thousand", text)


def percent(text: str, statement: Statement) -> str:
    """ "68%" as "68 percent", and the other way round."""
    if "%" in text:
        return re.sub(r"(?<=\d)\s?%", " percent", text)
    return re.sub(r"(?<=\d) per ?cent\b", "%", text)


def units(text: str, statement: Statement) -> str:
    """ "50t" as "50 tonnes"."""
    return re.sub(r"(?<=\d)\s?(t|km|kg|tons|kilometers|kilometres)\b", lambda m: f" {_UNITS[m[1]]}", text)


def currency(text: str, statement: Statement) -> str:
    """ "$5 million" as "5 million dollars"."""
    return re.sub(r"(?<![\w])\$\s?([\d.,]*\d)( (?:thousand|million|billion))?(?![\w-])", r"\1\2 dollars", text)


def spelled(text: str, statement: Statement) -> str:
    """ "Ten" as "10"."""
    return re.sub(rf"(?<=[a-z] )(?:{'|'.join(_WORDS)})(?= [a-z])", lambda m: str(_WORDS[m[0]]), text)


def dates(text: str, statement: Statement) -> str:
    """ "March 1, 2026" as "1 March 2026", and the other way round as "2026-03-01"."""
    text, found = re.subn(rf"\b({_MONTH}) (\d{{1,2}}), (\d{{4}})", r"\2 \1 \3", text)
    iso = rf"\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})"
    return text if found else re.sub(iso, lambda m: f"{m[3]}-{_MONTHS.index(m[2]) + 1:02}-{int(m[1]):02}", text)


def clauses(text: str, statement: Statement) -> str:
    """ "In 2026, it grew." as "It grew in 2026." """
    match = re.fullmatch(
        r"(In|On|At|During|After|Since|By|For) ([^,]{3,40}), (the |he |she |it |they |[A-Z])([^;:]+)\.", text
    )
    if not match or re.search(r"\b(and|or)$", match[2]):
        return text
    subject = match[3][0].upper() + match[3][1:]
    return f"{subject}{match[4]} {match[1].lower()} {match[2]}."


def subject(text: str, statement: Statement) -> str:
    """The name of the sentence before for an opening pronoun; a pronoun for an opening name."""
    opening = re.match(r"(?:He|She|It|They) (?=[a-z]+\b)", text)
    before = statement.passage.partition(text)[0]
    if opening and before:
        earlier = re.findall(r"(?:^|[.!?] )([A-Z][a-z]+ (?:[A-Z][a-z]+)) (?:is|was|has|had|were|are)\b", before)
        return f"{earlier[-1]} {text[opening.end() :]}" if earlier else text
    name = re.match(r"[A-Z][a-z]+ (?:[A-Z][a-z]+ ?)*(?=(?:is|was|has|had|will) )", text)
    return f"It {text[name.end() :]}" if name and not opening else text


def shorter(text: str, statement: Statement) -> str:
    """The sentence without what stands in brackets."""
    return re.sub(r" \([^()]{3,60}\)", "", text)


def synonyms(text: str, statement: Statement) -> str:
    """Words that mean the same beside numbers."""
    for word, other in (
        ("approximately", "about"),
        ("more than", "over"),
        ("however, ", ""),
        ("such as", "like"),
        ("also ", ""),
    ):
        text = re.sub(rf"\b{word}(?= ?\S)", other, text)
    return re.sub(r"\b(is|are|was|were|does|did|do|has|have) not\b", r"\1n't", text)


def led_in(text: str, statement: Statement) -> str:
    """ "According to the document, ..." before every third sentence."""
    first = text.split()[0]
    if int(statement.id, 16) % 3 or first.lower() not in (
        "the",
        "a",
        "an",
        "this",
        "these",
        "it",
        "he",
        "she",
        "they",
        "we",
    ):
        return text
    return f"According to the document, {text[0].lower()}{text[1:]}"


RULES: list[Callable[[str, Statement], str]] = [
    thousands,
    percent,
    units,
    currency,
    spelled,
    dates,
    clauses,
    subject,
    shorter,
    synonyms,
    led_in,
]
