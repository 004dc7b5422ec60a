"""The names of a sentence, and whether a cited span says them: in its quote, or as whom its pronoun stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from assistant.facts.dates import dates
from assistant.types import EvidenceSpan
from index.passages.words import STOP_WORDS, stem

Name = tuple[int, str]
"""Where a name starts, and its words."""


def names(sentence: str, small: frozenset[str]) -> list[Name]:
    """The names of a sentence, in order: runs of capitalised words; months in dates are none.

    Its first word is no name if it is a word to open sentences with, or its stem is among those of `small`.
    """
    runs: list[list[Name]] = []
    end = -2
    in_dates = [(date.start, date.end) for date in dates(sentence)]
    for word in WORD.finditer(sentence):
        text = re.sub(r"[’']s?$", "", word[0])
        first = not sentence[: word.start()].strip("“\"'(‘ ")
        opens = first and (text.lower() in STOP_WORDS or text.lower() in _OPENERS or stem(text.lower()) in small)
        opens = opens or (first and len(text) > 6 and text.endswith("ly"))
        dated = any(start <= word.start() < stop for start, stop in in_dates)
        if len(text) > 1 and text[0].isupper() and not opens and not dated and text.lower() not in _NO_NAMES:
            if end == word.start() - 1 and sentence[end] == " ":
                runs[-1].append((word.start(), text))
            else:
                runs.append([(word.start(), text)])
            end = word.start() + len(word[0]) if text == word[0] else -2  # a possessive ends a name
    return [(run[0][0], " ".join(text for _, text in run)) for run in runs]


def all_names(text: str) -> list[Name]:
    """The names of a text that may open with one, none of its words known to be written small."""
    return [(start - 2, name) for start, name in names(f"x {text}", frozenset())]


def small_words(texts: Sequence[str]) -> frozenset[str]:
    """The stems of the words that texts write small."""
    return frozenset[str]().union(*map(_small_words, texts))


def is_word(name: str, small: frozenset[str]) -> bool:
    """Whether a name is one word that the passages also write small, as `small_words` gives them: "Our", "Top"."""
    return " " not in name and (name.lower() in STOP_WORDS or stem(name.lower()) in small)


@lru_cache(maxsize=256)
def _small_words(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in WORD.findall(text) if word[0].islower())


def says(name: str, span: EvidenceSpan, sentence: str) -> bool:
    """Whether a span says a name of `sentence`: its quote does, or what precedes it, if it leaves its subject open."""
    quote = span.citation.quote
    if held(name, quote):
        return True
    before = span.context.partition(quote)[0] if quote in span.context else span.context
    if not held(name, f"{span.citation.title}\n{before}"):
        return False
    return _shortens(name, quote) or _leaves_open(name, quote, sentence)


def _shortens(name: str, quote: str) -> bool:
    """Whether a quote has only the last word of a name, as texts do after they said it in full."""
    last = name.split()[-1]
    words = quote.split()
    alone = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not before[:1].isupper() or before.lower() in STOP_WORDS or not before[-1].isalnum()
    ]
    return last != name and last in [re.sub(r"[’']s$", "", word.strip(".,;:()")) for word in alone]


def held(name: str, text: str) -> bool:
    """Whether a text has the name as whole words, each of its words written as a name, or its initials."""
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
        return True
    written = [_plain(part) for word in WORD.findall(text) for part in word.split("-") if part[:1].isupper()]
    own = [_plain(part) for word in name.split() for part in word.split("-") if part[:1].isupper()]
    return all(any(same_name(word, other) for other in written) for word in own) or initials_of(name, text)


def _plain(word: str) -> str:
    """A word without accents, full stops and possessive, lower case."""
    letters = unicodedata.normalize("NFKD", re.sub(r"[’']s?$", "", word))
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and letter != ".").lower()


def same_name(word: str, other: str) -> bool:
    """Whether two lower-case words are one name, such as Korea and Korean, China and Chinese."""
    short, long = sorted((word, other), key=len)
    if short == long:
        return True
    roots = (short, short.rstrip("aeiouy"))
    return any(len(root) > 3 and long.startswith(root) and long[len(root) :] in _ENDINGS for root in roots)


_ENDINGS = ("s", "n", "an", "ian", "ns", "ans", "ians", "ese", "ish", "i", "is")


def initials_of(name: str, text: str) -> bool:
    """Whether one writes out what the other abbreviates: "UAE", "United Arab Emirates"."""
    letters = name.replace(".", "")
    if len(letters) > 1 and letters.isalpha() and letters.isupper():
        return bool(
            re.search(r"\b" + r"\w+(?:\s+(?:of|the|and|for))*[\s-]+".join(letters[:-1]) + rf"\w*[\s-]+{letters[-1]}", text)
        )
    words = name.split()
    short = r"\.?".join(re.escape(word[0]) for word in words)
    return len(words) > 1 and bool(re.search(rf"\b{short}\b", text))


def _leaves_open(name: str, quote: str, sentence: str) -> bool:
    """Whether a quote has a pronoun that `sentence` replaced, or no subject of its own, which `sentence` opens with."""
    if len(_PRONOUN.findall(quote)) > len(_PRONOUN.findall(sentence)):
        return True
    if name not in sentence[: _OPENING + len(name)] or _SUBJECT.match(sentence):
        return False
    opening = quote[:_OPENING]
    own = names(opening, frozenset())
    return not any(not _PREPOSITION.search(opening[:start]) for start, _ in own)


_OPENING = 40
"""Characters in which a sentence mostly names its subject."""

_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|we|I|his|hers?|him|its|their|theirs|them|our|ours|us|my|me|this|these|that|those|who|which"
    r"|the (?:company|firm|group|city|country|team|film|song|album|book|band|plant|agency|author|player|series|show"
    r"|state|school|party|government|court|project|product|service|plan|program|programme))\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:he|she|it|they|we|I)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:in|at|on|from|of|by|for|to|with|under|near|as|into|over)\s+(?:the\s+)?$", re.IGNORECASE)

WORD = re.compile(r"[^\W\d_][\w’'-]*")

_NO_NAMES = frozenset("mr mrs ms dr i".split())

_OPENERS = frozenset(
    "according additionally after all also although among another as at based because before besides between both "
    "currently despite during each even eventually every finally first furthermore hence here however instead later "
    "likewise many meanwhile moreover most namely nevertheless next no now once only other otherwise overall "
    "several since similarly some soon still such then therefore three thus today two under unlike until upon "
    "usually while within without yes yet".split()
)
