"""Prompt injection: the parts of a question, and the sentences of a document, that order the assistant about.

Rules only. Of a question the orders are dropped and what it asks is kept; a document's sentence that orders is no evidence.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from assistant import injection_rules as rules
from assistant.injection_words import talks_of_answering
from assistant.sanitize import TURN, legible
from index.sentences import sentences

NOT_FOLLOWED = "Quarry answers from the documents only; the instruction in the question was not followed"
"""The note on an answer whose question held an order beside it."""

NO_QUESTION = (
    "Quarry only answers from the documents, so this instruction was not followed. "
    "Please ask what you want to know from them."
)
"""The answer where nothing but orders was typed."""

_STRONG = rules.opening(rules.OVERRIDES, rules.ROLES, rules.PROMPTS)
_OPENS = rules.opening(rules.OVERRIDES, rules.ROLES, rules.PROMPTS, rules.DEEDS, rules.DICTATED)
_HOLDS = rules.anywhere(rules.ANYWHERE)
_DOCUMENT_OPENS = rules.opening(rules.OVERRIDES, rules.ROLES, rules.PROMPTS, rules.OPENS_IN_DOCUMENTS)
_DOCUMENT_HOLDS = rules.anywhere(rules.IN_DOCUMENTS)

_JOINT = re.compile(r"\s*[,;:]\s+(?:(?:and|but|then|also)\s+)?|\s+(?:[-–—]\s+|(?:and|but|then)\s+)", re.IGNORECASE)
_ASKS = re.compile(
    rules.POLITE + r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|has|have|had"
    r"|should|tell|list|compare|explain|describe|summari[sz]e|name|give|show|find|state|define"
    r"|(?:in|by|to|at|on|of|for|from) (?:what|which))\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\W*(?:(?:list|show|print|give|do|say|tell|repeat|write|send)\W+(?:me\W+)?(?:it|them|that|this|those|so|all)\b"
    r"(?:\W+(?:all|now))?|please|thanks|thank you|now|ok|okay|go)?\W*",
    re.IGNORECASE,
)
"""What asks nothing once the orders beside it are gone."""

_ROLE = re.compile(
    r"(?P<boxed>[\[(]+\s*(?:SYSTEM|ADMIN|DEVELOPER|INSTRUCTIONS?)\b[^\])]*[\])]+|={3,}\s?[A-Z][A-Z\s]+={3,}"
    r'|\{[^{}]*"role"\s*:\s*"(?:system|assistant|developer)"[^{}]*\}'
    r"|\b(?:BEGIN|START)\s(?:[A-Z]+\s){0,3}(?:OVERRIDE|INSTRUCTIONS?|PROMPT|COMMANDS?)\b[^?]*?(?:\bEND\b(?:\s[A-Z]+\b)*|$)"
    rf"|<!--.*?(?:-->|$)|<(?P<hidden>\w+)\b[^<>]*{rules.UNSEEN}[^<>]*>.*?(?:</(?P=hidden)>|$)"
    r"|#{2,}\s*(?:(?i:system|instructions?|new \w+|override))\s*:[^#\n]*#*)"
    r"|<[|｜](?:im_start|start_header_id)[|｜]>\s*(?P<chat>\w+)(?:<[|｜]end_header_id[|｜]>)?"
    r"|<[|｜](?P<turn>system|user|assistant)[|｜]>"
    r"|<[|｜](?P<end>im_end|eot_id|end)[|｜]>"
    r"|<(?P<close>/?)(?P<tag>system|instructions?|prompt|assistant|developer|user|question|query)>"
    r"|(?:^|(?<=\s))(?P<label>SYSTEM|DEVELOPER|ASSISTANT|INSTRUCTIONS?|USER|HUMAN|QUESTION)\s*(?:MESSAGE|PROMPT)?:"
    r"|(?:^|(?<=[.!?\n]\s)|(?<=\n))(?P<line>(?i:system|developer|assistant))(?i:\s(?:message|prompt))?:",
)
_ASKER = ("user", "question", "query", "human", "")


def without_orders(question: str) -> tuple[str, tuple[str, ...]]:
    """What a question asks, and the orders that were dropped from it; what is kept may be empty."""
    kept: list[str] = []
    orders: list[str] = []
    for text, is_order in _segments(legible(question)):
        for start, end in sentences(text, wrapped=False):
            for clause, ordered in _clauses(text[start:end]):
                asks = clause.rstrip().endswith("?") and _ASKS.match(clause)
                (orders if ordered or (is_order and not asks) else kept).append(clause)
    if not orders:
        return question, ()
    return ("" if all(map(_EMPTY.fullmatch, kept)) else " ".join(kept)), tuple(orders)


def gives_orders(sentence: str) -> bool:
    """Whether a document's sentence speaks to the assistant instead of its reader."""
    text = legible(sentence)
    if TURN.search(text) or _DOCUMENT_HOLDS.search(text) or _boxed(text):
        return True
    if talks_of_answering(text) or next(_decoded(text), ""):
        return True
    return any(_DOCUMENT_OPENS.match(text, start) for start in (0, *(joint.end() for joint in _JOINT.finditer(text))))


def _boxed(text: str) -> bool:
    """Whether a text holds a faked role that encloses what it says, or is mostly what a reader of the page doesn't see."""
    may = re.search(r"[\[({<#=]|BEGIN|START", text)  # the pattern itself is slow, and sentences are many
    found = [mark["boxed"] for mark in _ROLE.finditer(text) if mark["boxed"]] if may else []
    return any(not boxed.startswith("<") or 2 * len(boxed) > len(text) for boxed in found)


def about_orders(query: str) -> bool:
    """Whether a query is itself about prompts and their injection, so that a sentence with an order may answer it."""
    return bool(_ABOUT.search(query))


_ABOUT = re.compile(
    r"\b(?:injections?|jailbreak\w*|prompts?|instructions?|instruct\w*|chat ?bots?|assistants?)\b", re.IGNORECASE
)


def _segments(question: str) -> Iterator[tuple[str, bool]]:
    """The parts of a question under faked roles ("SYSTEM:", "<instructions>"), and whether each is in another's voice."""
    start, role = 0, ""
    for mark in _ROLE.finditer(question):
        yield question[start : mark.start()], role not in _ASKER
        start = mark.end()
        if mark["boxed"]:
            yield mark["boxed"], True
        else:
            opened = next(filter(None, (mark[name] for name in ("chat", "turn", "label", "line"))), "")
            role = (opened or ("" if mark["close"] or mark["end"] else mark["tag"])).lower()
    yield question[start:], role not in _ASKER


def _clauses(sentence: str) -> Iterator[tuple[str, bool]]:
    """The sentence, in several pieces where an order and a question are joined in it; each with whether it orders."""
    if _HOLDS.search(sentence) or any(without_orders(text)[1] for text in _decoded(sentence)):
        yield sentence, True
        return
    orders = bool(_OPENS.match(sentence)) or (talks_of_answering(sentence) and not sentence.rstrip().endswith("?"))
    start = 0
    for joint in _JOINT.finditer(sentence):
        rest = sentence[joint.end() :]
        pause = joint[0].strip()[:1] in tuple(",;:-–—")
        if _ASKS.match(rest) and not _OPENS.match(rest) and not _relative(rest) if orders else _breaks_in(rest, pause):
            yield sentence[start : joint.start()], orders
            start, orders = joint.end(), not orders
    yield sentence[start:], orders


def _relative(rest: str) -> bool:
    """Whether what follows an order goes on with whom it speaks of: "a pirate, who always lies"."""
    return rest.lower().startswith(("who ", "whose ", "which ", "where ")) and not rest.rstrip().endswith("?")


def _decoded(text: str) -> Iterator[str]:
    """What a text's words of base64 say, where that is text again."""
    for word in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            yield base64.b64decode(word, validate=True).decode("utf-8")
        except ValueError:
            continue


def _breaks_in(rest: str, pause: bool) -> bool:
    """Whether an order begins inside what was a question so far: without a pause only a plain one, not in a question."""
    return bool(_OPENS.match(rest)) if pause else bool(_STRONG.match(rest)) and not rest.rstrip().endswith("?")
