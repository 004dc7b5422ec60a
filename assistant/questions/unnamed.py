"""Whether a question speaks of something that neither it nor the conversation names: "the company", "the capacity"."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from assistant.questions.follow_up import leaning
from assistant.types import Conversation
from index.embedding.embedder import Embedder
from index.passages.words import STOP_WORDS, stem, stems, telling

FEW_WORDS = 3
"""A first question of at most so many telling words and no name says too little to single out what it is about."""

_KINDS = frozenset(tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))["kinds"])
"""Kinds of things of which there are many: "the actor" tells none of them apart, "the moon" does."""

_DEFINITE = re.compile(r"\b(?=(?P<article>the|this|that)((?:\s+[\w-]+(?:['’]s?)?){1,4}))", re.IGNORECASE)
_SET_APART = re.compile(r"\s+(?:who|that|which|called|named|by|for|from|with|where|whose|in|of|on|at)\b|\s*[,(]?\s*[A-Z]")
_PLACED = re.compile(r"\s(?:in|of|on|at|from|to) (?:the )?[A-Z]\w*(?: [A-Z]\w*)*")
_TIMES = frozenset(
    map(
        stem,
        "year month week weekend day time moment case way point one morning evening quarter century decade spring summer "
        "autumn winter".split(),
    )
)
_OPENS = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|has|have|had|may|might|should|in|"
    r"on|at|to|for|by|from|since|tell|give|list|name|show|explain|describe|please|i|and|the|this|that|these|those|there|it|they|he|she)$",
    re.IGNORECASE,
)


_LISTS = re.compile(r"\s*(?:please )?(?:list|name|show|give me|count|which documents|add up)\b", re.IGNORECASE)
"""What asks for all there are, or for the library's own list."""

_PART = re.compile(r"\bthe (?:[\w'’]+ ){0,3}(season|episode|edition|chapter|volume)\b", re.IGNORECASE)
_WHICH_PART = re.compile(
    r"\d|\b(?:first|second|third|fourth|fifth|sixth|last|latest|final|next|new\w*|each|every|pilot|one|two|three|four|five|six)\b",
    re.IGNORECASE,
)
"""Of a series there are many seasons: its name doesn't say which, a number does."""


def speaks_of_unnamed(question: str, conversation: Conversation, embedder: Embedder) -> bool:
    """Whether a question leaves open which one of several it means, and nothing said before settles it."""
    if _LISTS.match(question):
        return False
    said = stems(" ".join(f"{turn.question} {turn.answer.text}" for turn in conversation.turns))
    for found in _DEFINITE.finditer(question):
        start = found.start()
        named = _names(question[:start]) or _names(_PLACED.sub(" ", question[start:]))
        asks = re.search(r"\b(?:is|are|was|were|do|does|did)\s+$", question[:start], re.IGNORECASE)
        if not named and _is_unnamed(
            "the" if asks else found["article"].lower(), found[2].split(), question[found.end(2) :], said
        ):
            return True
    part = _PART.search(question)
    if part and stem(part[1].lower()) not in said and not _WHICH_PART.search(question):
        return True
    return not conversation.turns and _says_too_little(question, embedder)


def _is_unnamed(article: str, phrase: list[str], after: str, said: frozenset[str]) -> bool:
    """Whether a phrase names a kind of thing that was not spoken of, and nothing after it tells which one."""
    for place, written in enumerate(phrase):
        word = re.sub(r"['’]s?$", "", written).lower()
        if word in STOP_WORDS or _ONLY_ONE.match(word) or (written[0].isupper() and not _is_kind(written)):
            return False
        last = place + 1 == len(phrase) or not _is_kind(phrase[place + 1])
        if last and (_is_kind(word) or (article == "this" and place == 0 and stem(word) not in _TIMES)):
            apart = (
                article == "the" and word == written.lower() and _SET_APART.match(f" {' '.join(phrase[place + 1 :])}{after}")
            )
            return not apart and stem(word) not in said
    return False


_ONLY_ONE = re.compile(r"(?:\w{3,}est|most|only|first|main|last|next|same|two|three|world|sun|moon)$")
"""What is said of a thing of which there is one."""


def _is_kind(word: str) -> bool:
    plain = re.sub(r"['’]s?$", "", word).lower()
    singular = (plain, plain.removesuffix("s"), plain.removesuffix("es"), re.sub(r"ies$", "y", plain))
    return not _KINDS.isdisjoint(singular)


def _names(text: str) -> list[str]:
    """The words of a part of a question that are written as names, kinds of things left out."""
    found = re.findall(r"[^\W\d_][\w.-]*", text)
    return [word for word in found if word[0].isupper() and not _OPENS.match(word) and not _is_kind(word)]


def _says_too_little(question: str, embedder: Embedder) -> bool:
    """Whether a question has few words and no name, and leans on something that was not said."""
    if _names(question) or len(telling(question)) > FEW_WORDS or any(map(_ONLY_ONE.match, telling(question))):
        return False
    return leaning(question, embedder) > 0
