"""A sentence laid beside the quote it was written from: what differs in the midst of what is the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from assistant.facts.dates import dates
from assistant.facts.names import names
from assistant.facts.quantities import quantities
from index.passages.words import stem

Kind = Literal["word", "name", "number", "date"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number with its unit, or a date: what it is compared by, what it is, and how it is written."""

    key: str
    kind: Kind
    text: str

    def agrees(self, other: Token) -> bool:
        """Whether both may mean the same: dates do where no part that both state differs."""
        if self.kind == other.kind == "date":
            return all(a == b or "0" in (a, b) for a, b in zip(self.key.split("-"), other.key.split("-"), strict=True))
        return self.key == other.key


@dataclass(frozen=True, slots=True)
class Difference:
    """What a sentence says where its quote says something else, one of both possibly nothing."""

    said: tuple[Token, ...]
    source: tuple[Token, ...]


MAX_DIFFERENCE = 4
"""Tokens. A longer stretch is another way to say it, or another clause, rather than one thing put for another."""

MIN_SAME = 0.5
"""The share of a sentence's tokens that have to be the quote's, in order: below, it is no rewording of that quote."""


def differences(sentence: Sequence[Token], quotes: Sequence[Sequence[Token]]) -> list[Difference]:
    """The short differences between equal tokens (or at an end) from the quote that the sentence follows most.

    None where it follows no quote.
    """
    matchers = [SequenceMatcher(None, _keys(sentence), _keys(quote), autojunk=False) for quote in quotes]
    same = [sum(block.size for block in matcher.get_matching_blocks()) for matcher in matchers]
    best = max(range(len(quotes)), key=same.__getitem__)
    if same[best] < MIN_SAME * len(sentence):
        return []
    found = []
    for tag, a, b, c, d in matchers[best].get_opcodes():
        left_out = a == b and a in (0, len(sentence)) and d - c > 1  # the quote's other clauses, before or after
        if tag != "equal" and b - a <= MAX_DIFFERENCE and d - c <= MAX_DIFFERENCE and not left_out:
            found.append(Difference(tuple(sentence[a:b]), tuple(quotes[best][c:d])))
    return found


def _keys(found: Sequence[Token]) -> list[str]:
    return [token.key for token in found]


def tokens(text: str, small: frozenset[str]) -> list[Token]:
    """The tokens of a text, in order; `small` as in `names`. "Isn't" is "is" and "not"."""
    found: list[tuple[int, int, list[Token]]] = []
    for date in dates(text):
        key = f"{date.year}-{date.quarter}-{date.month}-{date.day}"
        found.append((date.start, date.end, [Token(key, "date", text[date.start : date.end])]))
    for quantity in quantities(text):
        key = f"{quantity.value:g} {quantity.unit}".strip()
        found.append((quantity.start, quantity.end, [Token(key, "number", quantity.text)]))
    named = {start + word.start() for start, name in names(text, small) for word in re.finditer(r"\S+", name)}
    for word in _WORD.finditer(text):
        kind: Kind = "name" if word.start() in named else "word"
        parts = _split(word[0].lower().replace("’", "'"))
        if parts == ["no"] and text[word.end() : word.end() + 1] in (".", ",", ":"):
            continue  # an answer "No.", or a number's "no. 5"
        found.append((word.start(), word.end(), [Token(stem(part), kind, word[0]) for part in parts]))
    made: list[Token] = []
    end = 0
    for start, stop, own in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= end:
            made += own
            end = stop
    return made


_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[’'][^\W_]+)*")


def _split(word: str) -> list[str]:
    if word in ("cannot", "can't"):
        return ["can", "not"]
    if word == "won't":
        return ["will", "not"]
    if word.endswith("n't"):
        return [word[:-3], "not"]
    return [word.removesuffix("'s")]
