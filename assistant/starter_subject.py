"""What a statement is about: its core without what is put beside it, and its subject as it stands in a question."""

from __future__ import annotations

import re

from index.words import STOP_WORDS, stem

SUBJECT_WORDS = 6
"""Words of a subject; a longer one is mostly a whole clause."""


def core(text: str) -> str:
    """A sentence without brackets, speaker, opening adverbial, and what is put beside its subject between commas."""
    text = re.sub(r"\s*\([^()]*\)", "", text)
    text = re.sub(r"^(?:[A-Z][\w.]*\s?){1,3}: (?=[A-Z])", "", text)
    text = _ADVERBIAL.sub("", text)
    return _APPOSITION.sub(r"\1", text)


_ADVERBIAL = re.compile(
    r"^(?:(?:In|On|At|By|During|As of|Since|After|Before|Under|According to|Faced with|Following|Despite) "
    r"(?![^,]* and )[^,]{2,60}, (?=\w)|"
    r"(?:Moreover|However|Meanwhile|Furthermore|For example|[A-Z][a-z]+ly), (?=\w))"
)
_APPOSITION = re.compile(
    r"^((?:[A-Z][\w.&’'-]*)(?: [A-Z][\w.&’'-]*){0,4}), (?:an?|the) [^,]{3,90},(?= (?:is|was|has|will|plans)\b)"
)


OPEN = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|their|we|our|ours|us|my|me|you|your|he|she|his|her|him|here|there|above|"
    r"below|following|such|said|former|latter|another|other|both|each|same|also|not|no|only|so|I|Mr|Mrs|Ms)\b"
)
"""Words that lean on what stands around a statement, or turn it round: a question holding one is not plain by itself."""


def subject_of(written: str, small: frozenset[str], *, name: bool = False) -> str:
    """The subject as it stands inside a question; empty where it names nothing by itself.

    With `name`, only one written as a name is taken.
    """
    words = written.split()
    first = words[0].lower()
    article = first in ("the", "a", "an")
    if len(words) > SUBJECT_WORDS or (first in STOP_WORDS and not article) or first.endswith("ly") or first in _OPENERS:
        return ""
    rest = words[1:] if article else words
    if any(word.lower() in _NO_SUBJECT or re.search(r"(?:ing|ed)$", word) and word.islower() for word in rest):
        return ""
    tall = [word for word in rest if word[0].isupper()]
    if len(set(tall)) < len(tall) or sum(len(word) > 3 and word.isupper() for word in tall) > 1:
        return ""  # a heading and the sentence below it, read as one
    named = [word for word in rest if word[0].isupper() and (word != words[0] or stem(word.lower()) not in small)]
    if not named and (name or len(rest) < 2):
        return ""
    if name and not all(word[0].isupper() or word in _LINKS for word in rest):
        return ""
    return lowered(written, small)


def lowered(written: str, small: frozenset[str]) -> str:
    """A phrase for the inside of a sentence: its first word small, unless it is a name."""
    first, _, rest = written.partition(" ")
    is_small = stem(first.lower()) in small and first[1:].islower() and not rest[:1].isupper()
    is_small = is_small or first in ("The", "A", "An")
    return f"{first.lower() if is_small else first}{' ' if rest else ''}{rest}"


_LINKS = frozenset("of the and for in de la van von & to".split())
_NO_SUBJECT = frozenset(
    "is are was were be been has have had does do did can could will would may might should must and or but if when while "
    "who which that where because as than then by from with".split()
)
_OPENERS = frozenset(
    "according although despite during after before since until once however meanwhile moreover additionally furthermore "
    "under within without between among through today yesterday tomorrow please note see many most some several all one two "
    "three yes no anyone everyone someone nothing everything who what when where why how which if".split()
)
