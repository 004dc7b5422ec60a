"""Small talk, and questions about the assistant or the library itself: answered at once, without a search."""

from __future__ import annotations

import re

from index.library import Library
from index.types import Document

_TALK = frozenset(
    "hi hello hey hiya yo greetings good morning afternoon evening day night there how are you today doing is it going "
    "thanks thank thx cheers many so much very that was really helpful great nice cool awesome perfect excellent super wow "
    "ok okay fine alright lol haha hmm yes no sure bye goodbye see later tomorrow soon take care well done pretty quick "
    "fast good job your welcome a lot for the help i am my friend again all right got understood you're you've been "
    "this helps appreciate clever smart have weekend".split()
)
"""A text of these words alone is no question about documents."""

_THANKS = re.compile(r"\b(thanks?|thx|cheers|helpful|appreciate)\b", re.IGNORECASE)
_LEAVING = re.compile(r"\b(bye|goodbye|see you|good night)\b", re.IGNORECASE)

_ABOUT_ME = re.compile(
    r"\bwho (made|built|created|wrote|programmed|trained|are) you\b|\bwhat('s| is) your name\b|\bwhat are you\b"
    r"|\bare you (a |an )?(human|person|bot|robot|machine|ai|real|chatgpt)\b",
    re.IGNORECASE,
)
_ABILITIES = re.compile(
    r"\bwhat (can|could) (you|i) (do|ask)\b|\bhow (can|could) you help\b"
    r"|\bhow do you (work|come up|find|get|know|answer)\b( with)?( (your|the) (answers?|sources?)| my questions?)?\s*[?.!]*$"
    r"|\bwhat happens (when|if) the (documents?|sources?|files?)\b|\b(which|what) languages?\b.*\b(you|ask)\b"
    r"|\bwhere do your answers come from\b|\bcan i (trust|rely on|check) (you|your)\b|\bwhat are you (able|for|good)\b",
    re.IGNORECASE,
)
_DOCUMENTS = r"(documents?|sources?|files?|articles?|library|collections?)"
_LIBRARY = re.compile(
    rf"\b(which|what|how many|list|show|name|count)\b.*\b{_DOCUMENTS}\b.*"
    r"\b(you|your|have|hold|loaded|know|available|here|there|indexed|ingested|contain)\b"
    rf"|\b(list|show|name|titles? of)\b.*\b(all the|all your|your)\b.*\b{_DOCUMENTS}\b"
    rf"|\bwhat (are|is) your {_DOCUMENTS} about\b|\b(newest|latest|oldest|most recent) {_DOCUMENTS}\b"
    r"|\bwhat (do you know about\?|topics|subjects)\b.*\byou\b"
    rf"|\bhow (old|recent|up to date) (are|is) (your|the) {_DOCUMENTS}\b",
    re.IGNORECASE,
)

LISTED = 20
"""Documents named in an answer; the page and `quarry status` list all."""


def meta(question: str, library: Library) -> str | None:
    """The answer to small talk or to a question about the assistant or the library; None where it is neither."""
    words = re.findall(r"[a-z']+", question.lower().replace("’", "'"))
    if words and len(words) <= 12 and all(word in _TALK for word in words):
        return _talk(question)
    if _ABOUT_ME.search(question):
        return "I am Quarry, a program that answers questions from your organisation's own documents. I am no person."
    if _ABILITIES.search(question):
        return (
            "I look up what your documents say and show the passages word for word, each opened by a click. "
            "Where they don't hold an answer I say so and show the nearest passages. "
            "Ask in the documents' language, "
            f"and ask on: I take earlier questions into account. {_held(library.documents())}"
        )
    return _held(library.documents()) if _LIBRARY.search(question) else None


def _talk(text: str) -> str:
    if _THANKS.search(text):
        return "You are welcome. What else would you like to know from the documents?"
    if _LEAVING.search(text):
        return "Goodbye."
    return "Hello. Ask me something about your documents."


def _held(documents: list[Document]) -> str:
    """The documents with their dates, newest first, the undated last."""
    ordered = sorted(documents, key=lambda document: document.date or "", reverse=True)
    named = [f"“{document.title}” ({document.date or 'undated'})" for document in ordered[:LISTED]]
    more = f" and {len(ordered) - LISTED} more" if len(ordered) > LISTED else ""
    noun = "document" if len(ordered) == 1 else "documents"
    return f"I hold {len(ordered)} {noun}, newest first: {'; '.join(named)}{more}."
