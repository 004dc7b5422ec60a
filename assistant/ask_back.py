"""Asking back: the subjects that a question may mean by the evidence found, the question that offers them, and the reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.antecedent import antecedent
from assistant.names import all_names, held, is_word, names, small_words
from assistant.types import Candidate, Conversation, Evidence, EvidenceSpan
from assistant.unnamed import speaks_of_unnamed
from index.types import Hit
from index.words import STOP_WORDS, words

MOST = 4
"""Subjects offered at most."""

NEAR = 0.02
"""A sentence counts beside the best one if its score is at least this part of the best one's. Own questions right, open
half, with .1, .05 and .02: .712, .717, .722; with .02 17 of 46 underspecified ones of mtrag-un are asked back."""

LONGEST = 60
"""Characters of a subject shown; a longer one is a title cut short."""

_IS_ASKED = re.compile(
    r"(?:and |but |so )?(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|has"
    r"|have|tell|show|list|give|explain|compare|summari[sz]e|not|neither|none)\b(?! one\b)",
    re.IGNORECASE,
)
"""What opens a question of its own, or turns candidates down: it picks none."""

_PLACES = ("first", "second", "third", "fourth")


def candidates(
    question: str, query: str, conversation: Conversation, evidence: Evidence, hits: Sequence[Hit]
) -> tuple[Candidate, ...]:
    """The subjects that `question` may mean, the best evidence first; none where one is plainly meant, or one is found.

    Where the best passage has no word of the question, it is about nothing there is.
    """
    if not speaks_of_unnamed(question, conversation) or set(words(query)) - STOP_WORDS <= set(evidence.missing):
        return ()
    spoken_of = " ".join(turn.answer.query or turn.question for turn in conversation.turns)
    named = [name for _, name in all_names(spoken_of)]
    small = small_words([hit.chunk.text for hit in hits])
    found: dict[str, None] = {}
    documents = set()
    for span in evidence.spans:
        subject = _subject(span, small)
        if span.score < NEAR * evidence.spans[0].score or held(subject, query):
            continue
        speaker = _INTERVIEW.match(" ".join(span.citation.title.split()))
        if _said(subject, spoken_of) or any(_same(subject, name) or (speaker and _said(name, speaker[0])) for name in named):
            return ()
        if not any(_same(subject, other) for other in found):
            found[subject] = None
            documents.add(span.citation.document_id)
    offered = [Candidate(name, _passages(name, hits)) for name in list(found)[:MOST]]
    names_show = not question.islower()  # in one all small, a name would not be seen
    return tuple(offered) if len(offered) > 1 and (names_show or len(documents) > 1) else ()


_SPEAKER = re.compile(r"^[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}: ")
"""Who speaks, in an interview: what is said need not be about them."""
_INTERVIEW = re.compile(r"(?:.*\b)?(?:interview|conversation|talk|Q&A) with [^,]{3,40}, (?=\S)", re.IGNORECASE)
"""A title that tells who speaks before whom they speak for."""


def _subject(span: EvidenceSpan, small: frozenset[str]) -> str:
    """Whom or what a sentence is about: whom its pronoun stands for, else its first name, else its document's."""
    title = " ".join(span.citation.title.split())
    for text in (antecedent(span), _SPEAKER.sub("", span.citation.quote), _INTERVIEW.sub("", title)):
        for start, name in names(text, small):
            part = text[max(start - 1, 0) : start].isalnum()  # of a word, as in "7N-grade"
            if len(name) > 2 and not part and not is_word(name, small) and not (start == 0 and name.endswith(("ed", "ing"))):
                return name
    return title[:LONGEST]


def _said(subject: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(subject)}(?!\w)", text, re.IGNORECASE))


def _same(one: str, other: str) -> bool:
    """Whether the words of one name are among those of the other."""
    short, long = sorted((set(one.lower().split()), set(other.lower().split())), key=len)
    return short <= long


def _passages(name: str, hits: Sequence[Hit]) -> int:
    """In how many of the passages found a subject is named, at least one."""
    return max(1, sum(_said(name, f"{hit.chunk.heading}\n{hit.chunk.text}") for hit in hits))


def asking(offered: Sequence[Candidate]) -> str:
    """The question back, the candidates numbered."""
    lines = [
        f"{place}. {one.name} ({one.passages} {'passage' if one.passages == 1 else 'passages'})"
        for place, one in enumerate(offered, 1)
    ]
    return "\n".join(["Which one do you mean?", *lines])


def chosen(reply: str, offered: Sequence[Candidate]) -> str:
    """The name of the candidate that a reply picks, by its name, a part of it, or its place; empty if it picks none."""
    if said := next((one.name for one in offered if one.name.lower() == reply.strip().lower()), ""):
        return said
    if _IS_ASKED.match(reply.strip()):
        return ""
    plain = re.sub(
        r"^(?:i mean|the one (?:about|of|from)|for|of|about)\s+|[.!?]+$", "", reply.strip(), flags=re.IGNORECASE
    ).strip()
    if len(plain.split()) > _LONGEST_REPLY + max((len(one.name.split()) for one in offered), default=0):
        return ""
    for place, one in enumerate(offered):
        ordinal = rf"(?:the |number |no\. ?)?(?:{_PLACES[place]}|{place + 1})(?: one)?"
        if re.fullmatch(ordinal, plain, re.IGNORECASE) or plain.lower() == one.name.lower():
            return one.name
    if re.fullmatch(r"(?:the )?last(?: one)?", plain, re.IGNORECASE) and offered:
        return offered[-1].name
    named = [
        one.name for one in offered if _said(one.name, plain) or (plain and _said(re.sub(r"^the ", "", plain), one.name))
    ]
    return named[0] if len(named) == 1 else ""


_LONGEST_REPLY = 3
"""Words beside the name's; more are a new question."""
