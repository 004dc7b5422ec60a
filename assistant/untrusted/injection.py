"""Orders to the assistant: those in a question are dropped, and a document's faked turns and hidden text are no evidence.

An order in plain words is known by the nearest of the examples in `intents.toml`, in whatever language. In a document it is
plain text, and may be quoted: nothing that is quoted is obeyed, and what a model writes has to stand in what was quoted.
Faked roles and what the reader of a page doesn't see have a grammar, and are told by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.untrusted.intents import intent
from assistant.untrusted.sanitize import TURN, legible
from index.embedding.embedder import Embedder
from index.passages.sentences import sentences

NOT_FOLLOWED = "Quarry answers from the documents only; the instruction in the question was not followed"
"""The note on an answer whose question held an order beside it."""

NO_QUESTION = (
    "Quarry only answers from the documents, so this instruction was not followed. "
    "Please ask what you want to know from them."
)
"""The answer where nothing but orders was typed."""

ORDER = "order"
"""The intent of a text that orders the assistant about."""

_UNSEEN = (
    r"(?:\shidden(?=[\s>=])|display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?![.]?[1-9])"
    r"|\ssize=[\"']?0|[\s;\"']color\s*:\s*(?:#fff\w*|white|transparent)|text-indent\s*:\s*-\d{3})"
)
"""What in a tag hides its text from the reader of a page."""

_ROLE = re.compile(
    r"(?P<boxed>[\[(]+\s*(?:SYSTEM|ADMIN|DEVELOPER|INSTRUCTIONS?)\b[^\])]*[\])]+|={3,}\s?[A-Z][A-Z\s]+={3,}"
    r'|\{[^{}]*"role"\s*:\s*"(?:system|assistant|developer)"[^{}]*\}'
    r"|\b(?:BEGIN|START)\s(?:[A-Z]+\s){0,3}(?:OVERRIDE|INSTRUCTIONS?|PROMPT|COMMANDS?)\b[^?]*?(?:\bEND\b(?:\s[A-Z]+\b)*|$)"
    rf"|<!--.*?(?:-->|$)|<(?P<hidden>\w+)\b[^<>]*{_UNSEEN}[^<>]*>.*?(?:</(?P=hidden)>|$)"
    r"|#{2,}\s*(?:(?i:system|instructions?|new \w+|override))\s*:[^#\n]*#*)"
    r"|<[|｜](?:im_start|start_header_id)[|｜]>\s*(?P<chat>\w+)(?:<[|｜]end_header_id[|｜]>)?"
    r"|<[|｜](?P<turn>system|user|assistant)[|｜]>"
    r"|<[|｜](?P<end>im_end|eot_id|end)[|｜]>"
    r"|<(?P<close>/?)(?P<tag>system|instructions?|prompt|assistant|developer|user|question|query)>"
    r"|(?:^|(?<=\s))(?P<label>SYSTEM|DEVELOPER|ASSISTANT|INSTRUCTIONS?|USER|HUMAN|QUESTION)\s*(?:MESSAGE|PROMPT)?:"
    r"|(?:^|(?<=[.!?\n]\s)|(?<=\n))(?P<line>(?i:system|developer|assistant))(?i:\s(?:message|prompt))?:",
)
_ASKER = ("user", "question", "query", "human", "")


def without_orders(question: str, embedder: Embedder) -> tuple[str, tuple[str, ...]]:
    """What a question asks, and the orders that were dropped from it, sentence by sentence; what is kept may be empty."""
    kept: list[str] = []
    orders: list[str] = []
    for text, is_order in _segments(legible(question)):
        for start, end in sentences(text, wrapped=False):
            sentence = text[start:end]
            asks = sentence.rstrip().endswith("?")
            ordered = (is_order and not asks) or intent(sentence, embedder) == ORDER
            (orders if ordered else kept).append(sentence)
    return (" ".join(kept), tuple(orders)) if orders else (question, ())


def gives_orders(sentence: str) -> bool:
    """Whether a document's sentence fakes a turn of a conversation, or is mostly what a reader of the page doesn't see."""
    text = legible(sentence)
    if TURN.search(text):
        return True
    may = re.search(r"[\[({<#=]|BEGIN|START", text)  # the pattern itself is slow, and sentences are many
    found = [mark["boxed"] for mark in _ROLE.finditer(text) if mark["boxed"]] if may else []
    return any(not boxed.startswith("<") or 2 * len(boxed) > len(text) for boxed in found)


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
