"""A question in another script than the documents': which language it is in, and what of it can be read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from index.library.keyword import document_frequency
from index.library.library import Library
from index.passages.words import words

LANGUAGES = {
    "CJK": "Chinese",
    "HANGUL": "Korean",
    "CYRILLIC": "Russian",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "Hindi",
    "THAI": "Thai",
}
"""The likeliest language of a script, by the first word of its letters' Unicode names."""

_WEIGHT = {"Chinese": 3, "Japanese": 2, "Korean": 2}
"""What a letter counts beside a Latin one: it says about as much as so many."""

THERE = 0.3
"""Where at least this share of a question's words stands in the documents, they are in its script. Below it are questions
whose few common words happen to stand in a foreign line."""


def language_of(text: str) -> str:
    """The language that most of a text's letters tell, or `Latin`."""
    letters: Counter[str] = Counter()
    for character in filter(str.isalpha, text):
        script = unicodedata.name(character, "").split(" ")[0].split("-")[0]
        letters[LANGUAGES.get(script, "Latin")] += 1
    if letters["Japanese"]:  # it is written with Chinese characters too
        letters["Japanese"] += letters.pop("Chinese", 0)
    return max(letters, key=lambda name: letters[name] * _WEIGHT.get(name, 1), default="Latin")


def foreign_language(question: str, library: Library) -> str:
    """The language of a question whose script the documents don't have; empty where they have it."""
    language = language_of(question)
    if language == "Latin":
        return ""
    own = [word for word in words(question) if not word.isascii()]
    with library.engine.connect() as connection:
        found = document_frequency(connection, own)
    return language if sum(n > 0 for n in found.values()) < THERE * len(own) else ""


def readable_part(question: str) -> str:
    """What of a question stands there in Latin letters or digits, and can be searched in any case."""
    return " ".join(re.findall(r"[^\W\d_]*[A-Za-z][A-Za-z0-9.&-]*|\d[\d.,]*", question, re.ASCII))
