"""A question and its conversation in, the query that is meant out: the question itself, or with what was spoken of before.

Whether it leans on the turns before is a small model's judgement, fitted by `python -m evals fit-readings`: by how much the
question says itself, in words that are rare in the encoder's vocabulary, and, where that leaves a doubt, by which of the two
readings the documents answer better. It knows no words of any language.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from assistant.questions.offered import chosen
from assistant.reading.evidence import select
from assistant.reading.linear import Model
from assistant.reading.rarity import RARE, told
from assistant.types import Conversation
from index.embedding.embedder import Embedder
from index.library.library import Library
from index.passages.words import words
from index.search.search import search
from index.types import Filters

WEIGHTS = Path(__file__).with_name("follow_up.json")

LAST = 2
"""Queries of the conversation that weigh in a search. MTRAG-UN, nDCG@5, its two domains: none .834 and .807, the last two
.914 and .873, all .911 and .856; with the question rewritten by rules .902 and .854."""

RAREST = 40.0
"""What counts of a word's rarity at most."""

MOST_CARRIED = 10
"""Words taken over from the query before at most, so that a long chain of follow-ups can't grow."""

DOUBT = 1.0
"""Log-odds, either way, within which both readings are read."""

_EDITED = re.compile(r"^search(?:ed)? for:\s*(?=\S)", re.IGNORECASE)
"""What opens a query that the person changed: it is searched for as it stands."""

LONGEST_FRAGMENT = 3
"""Words of a question that may be no more than a part of one: "And Japan?", "and in 2025?"."""

ALIKE = 0.3
"""Two words of at least this likeness are of one kind, such as the two metals germanium and gallium."""

LEAST_IN_PLACE = 11.0
"""The least rarity of a word that takes another one's place: Japan 11.8."""


class Says(NamedTuple):
    """How much a question says itself: the logarithms of its rare words' rarity in sum and of the number of its words."""

    rarity: float
    length: float


class Answered(NamedTuple):
    """The same, with the log-odds that the documents answer it as it stands, and how far those with the subject before are
    above them."""

    rarity: float
    length: float
    alone: float
    gain: float


class Models(NamedTuple):
    """`says` judges by the question alone, `answered` with what the documents answer; a positive value is that it leans."""

    says: Model
    answered: Model


@cache
def models() -> Models:
    """The fitted models."""
    given = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Models(Model.of(given["says"], Says._fields), Model.of(given["answered"], Answered._fields))


def is_edited(question: str) -> bool:
    """Whether a text is a query that the person changed: "Search for: Korea Zinc gallium capacity"."""
    return bool(_EDITED.match(question))


def earlier(conversation: Conversation) -> tuple[str, ...]:
    """The queries of the earlier turns, in order, small talk left out."""
    return tuple(turn.answer.query or turn.question for turn in conversation.turns if turn.answer.status != "meta")


def context(question: str, conversation: Conversation) -> tuple[str, ...]:
    """The earlier queries that weigh in the search for `question`: none for an edited query."""
    return () if is_edited(question) else earlier(conversation)[-LAST:]


def understood(question: str, conversation: Conversation, library: Library, filters: Filters | None = None) -> str:
    """The query that `question` is meant as."""
    if is_edited(question):
        return _EDITED.sub("", question)
    asked = earlier(conversation)
    if not asked:
        return question
    if name := chosen(question, conversation.turns[-1].answer.candidates):
        return f"{asked[-1].rstrip(' ?.!')} ({name})?"
    sure = leaning(question, library.embedder)
    if sure <= -DOUBT:
        return question
    with_subject = carried(question, asked[-1], library.embedder)
    if with_subject == question or sure >= DOUBT:
        return with_subject
    found = answered(question, with_subject, conversation, library, filters)
    return with_subject if models().answered.value(found) > 0 else question


def leaning(question: str, embedder: Embedder) -> float:
    """The log-odds that a question leans on what was said before, by what it says itself."""
    return models().says.value(says(question, embedder))


def says(question: str, embedder: Embedder) -> Says:
    """How much a question says itself."""
    found = [rarity for _, rarity in told(question, embedder)]
    return Says(math.log1p(sum(min(one, RAREST) for one in found if one >= RARE)), math.log1p(len(found)))


def answered(
    question: str, with_subject: str, conversation: Conversation, library: Library, filters: Filters | None
) -> Answered:
    """What the documents answer to both readings, which share what is read."""
    before = context(question, conversation)
    odds = []
    for query in (question, with_subject):
        hits = search(query, library, filters=filters, context=before)
        likely = min(max(select(query, hits, library, parts=2).answerable, 1e-4), 1 - 1e-4)
        odds.append(math.log(likely / (1 - likely)))
    return Answered(*says(question, library.embedder), odds[0], odds[1] - odds[0])


def carried(question: str, before: str, embedder: Embedder) -> str:
    """The question with what it takes over: a fragment in the place of its like in the query before it; any other with the
    words of that query that say something and that it has not, in brackets."""
    if replaced := in_place(question, before, embedder):
        return replaced
    own = frozenset(words(question))
    kept: dict[str, None] = {}
    for word, rarity in told(before, embedder):
        if _tells(word, rarity, RARE) and not own.issuperset(words(word)):
            kept[word] = None
    rest = " ".join(list(kept)[:MOST_CARRIED])
    end = "?" if question.rstrip().endswith("?") else ""
    return f"{question.rstrip(' ?.!')} ({rest}){end}" if rest else question


def in_place(question: str, before: str, embedder: Embedder) -> str:
    """The query before with a fragment's one word in the place of the word most like it, number for number; empty where it
    has more words, or nothing there is like it."""
    said = told(question, embedder)
    own = frozenset(words(before))
    new = [word for word, rarity in said if _tells(word, rarity, LEAST_IN_PLACE) and not own.issuperset(words(word))]
    if len(said) > LONGEST_FRAGMENT or len(new) != 1:
        return ""
    there = [word for word, rarity in told(before, embedder) if _tells(word, rarity, LEAST_IN_PLACE)]
    like = [word for word in there if word[0].isdigit() == new[0][0].isdigit()]
    if not like:
        return ""
    lower = [new[0].lower(), *(word.lower() for word in like)]
    vectors = embedder.word_vectors([re.sub(r"['’]s?$", "", word) for word in lower])
    alike = [float(vectors[0] @ vector) for vector in vectors[1:]]
    best = max(range(len(like)), key=alike.__getitem__)
    if alike[best] < ALIKE and not new[0][0].isdigit():
        return ""
    place = re.search(rf"(?<!\w){re.escape(like[best])}(?!\w)", before)
    start, end = place.span() if place else (before.index(like[best]), before.index(like[best]) + len(like[best]))
    return before[:start] + new[0] + before[end:]


def _tells(word: str, rarity: float, least: float) -> bool:
    return rarity >= least or word[0].isdigit()
