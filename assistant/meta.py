"""Small talk, and questions about the assistant or the library itself: answered at once, without a search.

A text is such a one if every word of it that says something is among the few words that people say to a program, or ask of
a library, with. One word of a subject, as in "Which documents mention zinc?", and it is searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.mentioned import readable, title_of
from index.library import Library
from index.types import Document, Filters
from index.words import STOP_WORDS, stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


_SAID = frozenset(
    "hi hello hey hiya yo greetings good thanks thank thx cheers helpful helps appreciate great nice cool awesome perfect "
    "excellent super wow ok okay fine alright lol haha hmm yes no sure bye goodbye well quick fast clever smart right got "
    "understood sorry apologies oops pardon bad wrong never nevermind forget ignore welcome glad pleased wait "
    "brilliant wonderful impressive amazing lovely neat indeed "
    "hola bonjour ciao danke merci 你好 您好 谢谢 再见 안녕하세요 안녕 감사합니다 고마워요 "
    "привет здравствуйте спасибо пока".split()
)
"""Greetings, thanks, apologies, praise: small talk has one of these, or a phrase of `_PHRASES`."""

_FILLERS = frozenset(
    "morning afternoon evening day night there how how's are you today doing is it going many so much very that was really "
    "see later tomorrow soon take care done pretty job your a lot for the help i am my friend again all you're you've been "
    "this have weekend worries worry problem rush hurry time moment just mistake window chat tab mind of course meet talk "
    "to speak back here i'm it's that's".split()
)
"""What else small talk is made of; by themselves these words may ask anything ("How much was it?")."""

_HOW_ARE_YOU = r"\bhow(?:'s| is| are| was| have)? (?:you|things|it going|your (?:day|weekend|morning|evening|night))\b"
_PHRASES = re.compile(
    rf"{_HOW_ARE_YOU}|\b(?:see|talk to|speak to) you\b|\btake (?:care|your time)\b|\bmy mistake\b|\bof course\b"
    r"|^(?:just )?a moment$|^(?:morning|afternoon|evening|later)$|^that(?:'s| is) all\b|\bi(?:'m| am) (?:back|here)\b"
)
_ASKS = re.compile(
    r"\bhow\b|\b(?:is|was) (?:it|that|this|there)\b"
    r"|^(?:(?:hi|hello|hey|yes|no|ok|okay|sure|great|nice|thanks|well|so|and) )*(?:is|was|are(?! you)|have)\b(?! a\b)"
)
"""A question that such words make, where it is no "how are you"."""

_LONGEST_TALK = 12
"""Words of small talk at most."""

_REPLIES = (
    (r"thanks?|thx|cheers|helpful|helps|appreciate|danke|merci|谢谢|감사합니다|고마워요|спасибо", "You are welcome."),
    (r"bye|goodbye|see you|good night|再见|пока", "Goodbye."),
    (
        r"sorry|apologies|oops|pardon|mistake|wrong|worr\w+|problem|rush|hurry|wait|moment|never ?mind|forget|ignore",
        "No problem.",
    ),
    (r"hi|hello|hey|hiya|greetings|morning|afternoon|evening|meet|how are|hola|bonjour|ciao|привет|здравствуйте", "Hello."),
    (r"你好|您好|안녕\w*", "Hello."),
)
_ASK_ON = "Ask me something about your documents."

_ABOUT_ME = re.compile(
    r"\bwho (made|built|created|wrote|programmed|trained|are) you\b|\bwhat('s|’s| is) your name\b|\bwhat are you\b"
    r"|\bare you (a |an )?(human|person|bot|robot|machine|ai|real|chatgpt)\b|\babout yourself\b",
    re.IGNORECASE,
)
_ME = _stems(
    "made make built created wrote programmed trained name human person bot robot machine ai real chatgpt yourself "
    "program computer assistant model language something bit little more called really please hi hello hey or"
)
_ABILITIES = re.compile(
    r"^\W*help\W*$|\bwhat do you know( about)?\s*[?.!]*$|\bwhere do you get your (information|answers|knowledge)\b"
    r"|\bwhat (can|could) (you|i) (do|ask)\b|\bhow (can|could) you help\b"
    r"|\bhow do you (work|come up|find|get|know|answer)\b( with)?( (your|the) (answers?|sources?)| my questions?)?\s*[?.!]*$"
    r"|\bwhat happens (when|if) the (documents?|sources?|files?)\b|\b(which|what) languages?\b.*\b(you|ask)\b"
    r"|\bwhere do your answers come from\b|\bcan i (trust|rely on|check) (you|your)\b|\bwhat are you (able|for|good)\b",
    re.IGNORECASE,
)
_ABLE = _stems(
    "help ask answer question know information knowledge get work come find source document file library collection "
    "happen don doesn didn isn aren contain hold say language speak understand read support use thing anything something "
    "trust rely check able good best other else up here exactly actually today please hi hello hey ok program chat tool "
    "assistant write type"
)
_OTHERS = re.compile(r"\b(?:it|its|they|them|their|he|she|him|her|his|there|that|those|these|this(?=\W*$))\b", re.I)
"""What a conversation spoke of: "What can I do about that?" is asked of the documents."""

_DOCUMENTS = _stems("document file source library collection")
_OF_LIBRARY = _stems(
    "list listing show name count number total title publisher publish author authored written wrote date dated newest "
    "latest oldest recent earliest old new first last age loaded available indexed ingested contain include stored kept "
    "hold search use access know overall all every currently now here topic subject cover add upload import ingest "
    "remove delete replace update another more further own like want give see get work consist come out up each"
)
_YOURS = re.compile(
    r"^\W*(list|show|name)\b|\b(you|your|yours|here|loaded|available|indexed|ingested|stored|library|collections?|newest"
    r"|oldest|latest|all)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"\b(add|upload|import|ingest|remove|delete|replace|update)\b.*\b(another|more|new|my|own|further|your|library|you|a)\b",
    re.IGNORECASE,
)
_PUBLISHERS = re.compile(r"\bwho(se)?\b|\b(publishers?|authors?)\b", re.IGNORECASE)
_NEWEST = re.compile(r"\b(newest|latest|most recent|last)\b", re.IGNORECASE)
_OLDEST = re.compile(r"\b(oldest|earliest|first)\b", re.IGNORECASE)

_OUTSIDE = _stems(
    "internet web online google cloud network send sent private privacy anywhere else leave data question my search "
    "look use connect access answer go via"
)
_OUTSIDE_ITSELF = re.compile(
    r"\b(internet|web|online|google|cloud|network|send|sent|private|privacy|leaves?)\b", re.IGNORECASE
)

LISTED = 20
"""Documents named in an answer; the page and `quarry status` list all."""


def meta(question: str, library: Library, filters: Filters | None = None) -> str | None:
    """The answer to small talk or to a question about the assistant or the library; None where it is neither."""
    words = re.findall(r"[^\W\d_]+(?:'[a-z]+)?", question.lower().replace("’", "'"))
    if _is_talk(words):
        return _talk(question)
    said = frozenset(stem(word) for word in re.findall(r"\w+", question.lower()) if word not in STOP_WORDS)
    of_me = not _OTHERS.search(question)
    if of_me and _ABOUT_ME.search(question) and said <= _ME:
        return "I am Quarry, a program that answers questions from your organisation's own documents. I am no person."
    if of_me and _ABILITIES.search(question) and said <= _ABLE:
        return (
            "I look up what your documents say and show the passages word for word, each opened by a click. "
            "Where they don't hold an answer I say so and show the nearest passages. "
            "Ask in the documents' language, ask on (I take earlier questions into account), "
            f"or have a document summed up or two compared. {_held(readable(library, filters))}"
        )
    if re.search(r"\byour?\b", question, re.IGNORECASE) and _OUTSIDE_ITSELF.search(question) and said <= _OUTSIDE:
        return (
            "I search the documents of my library alone, not the internet. What you ask stays on this machine, "
            "unless a server was set as QUARRY_LLM."
        )
    if said & _DOCUMENTS and said <= _DOCUMENTS | _OF_LIBRARY:
        return _of_library(question, library, filters)
    return None


def _is_talk(words: list[str]) -> bool:
    """Whether these words, lower case, greet, thank, apologise or praise, and ask nothing."""
    text = " ".join(words)
    if len(words) > _LONGEST_TALK or not all(word in _SAID or word in _FILLERS for word in words):
        return False
    asks = _ASKS.search(re.sub(_HOW_ARE_YOU, "", text).strip())
    return not asks and (any(word in _SAID for word in words) or bool(_PHRASES.search(text)))


def _talk(text: str) -> str:
    replies = (reply for pattern, reply in _REPLIES if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE))
    return f"{next(replies, 'Good.')} {_ASK_ON}".replace(f"Goodbye. {_ASK_ON}", "Goodbye.")


def _of_library(question: str, library: Library, filters: Filters | None) -> str | None:
    """The answer to a question about the documents as such; None where they need not be those of the library."""
    if _ADDS.search(question):
        return (
            "Documents come into the library with `quarry ingest FOLDER`. Run it again after files were added, changed or "
            "removed: only those are read anew."
        )
    if not _YOURS.search(question):
        return None
    documents = readable(library, filters)
    if _PUBLISHERS.search(question):
        publishers = _listed(documents, lambda one: " ".join(one.publisher.split()) or "publisher not stated")
        return f"{_counted(documents)}: {publishers}."
    dated = sorted((one for one in documents if one.date), key=lambda one: one.date or "")
    if _NEWEST.search(question) or _OLDEST.search(question):
        if not dated:
            return f"None of my documents has a date that is known to me. {_held(documents)}"
        one = dated[-1] if _NEWEST.search(question) else dated[0]
        undated = len(documents) - len(dated)
        return f"“{title_of(one)}” ({one.date}){f'; {undated} more are undated' if undated else ''}. {_held(documents)}"
    return _held(documents)


def _held(documents: list[Document]) -> str:
    """The documents with their dates, newest first, the undated last."""
    ordered = sorted(documents, key=lambda document: document.date or "", reverse=True)
    return f"{_counted(ordered)}, newest first: {_listed(ordered, lambda one: one.date or 'undated')}."


def _counted(documents: list[Document]) -> str:
    return f"I hold {len(documents)} {'document' if len(documents) == 1 else 'documents'}"


def _listed(documents: list[Document], fact: Callable[[Document], str]) -> str:
    named = [f"“{title_of(document)}” ({fact(document)})" for document in documents[:LISTED]]
    more = f" and {len(documents) - LISTED} more" if len(documents) > LISTED else ""
    return f"{'; '.join(named)}{more}"
