"""A question and its conversation in, a query that stands alone out, and the earlier queries that weigh in its search.

By rules and the likeness of words; a question that leans on nothing is its own query, letter by letter.
"""

from __future__ import annotations

import re

from assistant.ask_back import chosen
from assistant.follow_up import carried, correction, is_fragment
from assistant.leaning import points_back, telling
from assistant.names import all_names, held
from assistant.replacing import Alike, compared, other_element, replaced, unlike
from assistant.types import Conversation, Turn
from index.words import stem

_NEW_SUBJECT = re.compile(
    r"^(?:(?:thanks?(?: you)?|ok(?:ay)?|great|good|now|and|well|alright)\b[\s,.!–-]*)*"
    r"(?:(?:now )?(?:for )?something (?:else|different)"
    r"|(?:a )?(?:different|new|other|another) (?:topic|subject|question|matter)"
    r"|chang(?:e|ing) (?:of )?(?:the )?(?:topic|subject)|on (?:a|another) (?:different )?(?:note|subject|topic))"
    r"[^.:;,!?]{0,20}[.:;,!?–-]\s*",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"^(?:(?:let['’]?s |now )?(?:go |going |come |coming )?back|return(?:ing)?) to "
    r"(?:the |my |your )?(?P<first>first)?[^.:;,?]*[.:;,]\s*",
    re.IGNORECASE,
)


_EDITED = re.compile(r"^search(?:ed)? for:\s*(?=\S)", re.IGNORECASE)
"""What opens a query that the person changed: it is searched for as it stands."""


def is_edited(question: str) -> bool:
    """Whether a text is a query that the person changed: "Search for: Korea Zinc gallium capacity"."""
    return bool(_EDITED.match(question))


def standalone(question: str, conversation: Conversation, alike: Alike = unlike) -> str:
    """The question itself, or, where it points back, corrects or replies, a query made of it and the one before.

    `alike` gives the likeness of two words; without it nothing but names and years replaces its like.
    """
    asked = earlier(conversation)
    if is_edited(question):
        return _EDITED.sub("", question)
    if not asked:
        return question
    if name := chosen(question, conversation.turns[-1].answer.candidates):
        return f"{asked[-1].rstrip(' ?.!')} ({name})?"
    if fresh := _NEW_SUBJECT.match(question):
        return question[fresh.end() :] or question
    if back := _BACK.match(question):
        return carried(question[back.end() :], asked[0] if back["first"] else asked[-2:][0])
    if found := correction(question):
        return replaced(asked[-1], found.right, found.wrong, alike)
    if beside := compared(question, asked[-1]):
        return beside
    if not points_back(question):
        return question
    question = other_element(question, asked[-1], [*asked, *map(_said, conversation.turns)])
    return (
        replaced(asked[-1], question, "", alike)
        if is_fragment(question)
        else carried(question, asked[-1], _answer(conversation))
    )


def _said(turn: Turn) -> str:
    """An answer's text and the titles of what it cites."""
    return " ".join([turn.answer.text, *(citation.title for citation in turn.answer.citations)])


def _answer(conversation: Conversation) -> str:
    """The text of the last answer that was no small talk."""
    return next((turn.answer.text for turn in reversed(conversation.turns) if turn.answer.status != "meta"), "")


def earlier(conversation: Conversation) -> tuple[str, ...]:
    """The queries of the earlier turns, in order, small talk left out."""
    return tuple(turn.answer.query or turn.question for turn in conversation.turns if turn.answer.status != "meta")


def context(question: str, conversation: Conversation) -> tuple[str, ...]:
    """The earlier queries that weigh in the search for `question`: none for an edited query or a new subject.

    A question that names somebody or something the conversation hasn't, shares no word with the questions before and leans
    on nothing, has a subject of its own.
    """
    if is_edited(question) or _NEW_SUBJECT.match(question):
        return ()
    asked = earlier(conversation)
    said = " ".join(f"{turn.question} {turn.answer.text}" for turn in conversation.turns)
    new = [name for _, name in all_names(question) if not held(name, said)]
    shared = {stem(word) for word in telling(question)} & {stem(word) for query in asked for word in telling(query)}
    return () if new and not shared and not points_back(question) else asked
