"""Asking back: the subjects that a question may mean by the evidence found, the question that offers them, and the reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.lookup import Lookup
from assistant.facts.names import all_names, held, is_word, names, small_words
from assistant.questions.offered import MOST, says_name
from assistant.questions.unnamed import speaks_of_unnamed
from assistant.types import Candidate, Conversation, EvidenceSpan
from index.embedding.embedder import Embedder
from index.passages.words import STOP_WORDS, words
from index.types import Hit

NEAR = 0.12
"""A sentence counts beside the best one if its score is at least this part of the best one's. All of MTRAG-UN's
underspecified questions that are asked back have .3 and more, our own ambiguous ones .13; with .03, "When is the mail
server down?", found at .95, was asked back for a name found at .03: so were 8 of 29 questions on mails."""

LONGEST = 60
"""Characters of a subject shown; a longer one is a title cut short."""


def candidates(question: str, conversation: Conversation, found: Lookup, embedder: Embedder) -> tuple[Candidate, ...]:
    """The subjects that `question` may mean, the best evidence first; none where one is plainly meant, or one is found.

    Where the best passage has no word of the question, it is about nothing there is.
    """
    query, spans = found.query, found.evidence.spans
    if not speaks_of_unnamed(question, conversation, embedder):
        return ()
    if set(words(query)) - STOP_WORDS <= set(found.evidence.missing):
        return ()
    spoken_of = " ".join(turn.answer.query or turn.question for turn in conversation.turns)
    named = [name for _, name in all_names(spoken_of)]
    texts = [hit.chunk.text for hit in found.hits]
    small = small_words(texts)
    subjects: dict[str, None] = {}
    documents = set()
    for span in spans:
        subject = _subject(span, small, texts)
        if span.score < NEAR * spans[0].score or held(subject, query):
            continue
        speaker = _INTERVIEW.match(" ".join(span.citation.title.split()))
        if says_name(subject, spoken_of) or any(
            _same(subject, name) or (speaker and says_name(name, speaker[0])) for name in named
        ):
            return ()
        if not any(_same(subject, other) for other in subjects):
            subjects[subject] = None
            documents.add(span.citation.document_id)
    offered = [Candidate(name, _passages(name, found.hits)) for name in list(subjects)[:MOST]]
    names_show = not question.islower()  # in one all small, a name would not be seen
    return tuple(offered) if len(offered) > 1 and (names_show or len(documents) > 1) else ()


_SPEAKER = re.compile(r"^[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}: ")
"""Who speaks, in an interview: what is said need not be about them."""
_INTERVIEW = re.compile(r"(?:.*\b)?(?:interview|conversation|talk|Q&A) with [^,]{3,40}, (?=\S)", re.IGNORECASE)
"""A title that tells who speaks before whom they speak for."""


def _subject(span: EvidenceSpan, small: frozenset[str], texts: Sequence[str]) -> str:
    """Whom or what a sentence is about: its first name, else its document's.

    A single word that only ever begins sentences of the `texts` has its capital from there.
    """
    title = " ".join(span.citation.title.split())
    for text in (_SPEAKER.sub("", span.citation.quote), _INTERVIEW.sub("", title)):
        for start, name in names(text, small):
            part = text[max(start - 1, 0) : start].isalnum()  # of a word, as in "7N-grade"
            if len(name) < 3 or part or is_word(name, small) or (start == 0 and name.endswith(("ed", "ing"))):
                continue
            if start or " " in name or any(_is_inside(name, other) for other in texts):
                return name
    return title[:LONGEST]


def _is_inside(name: str, text: str) -> bool:
    """Whether a text has a name within a sentence."""
    return re.search(rf"[\w,;:)’'] {re.escape(name)}\b", text) is not None


def _same(one: str, other: str) -> bool:
    """Whether the words of one name are among those of the other."""
    short, long = sorted((set(one.lower().split()), set(other.lower().split())), key=len)
    return short <= long


def _passages(name: str, hits: Sequence[Hit]) -> int:
    """In how many of the passages found a subject is named, at least one."""
    return max(1, sum(says_name(name, f"{hit.chunk.heading}\n{hit.chunk.text}") for hit in hits))
