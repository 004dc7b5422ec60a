"""The subjects offered by a question back: how they are worded, and which one a reply picks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Candidate

MOST = 4
"""Subjects offered at most."""

_IS_ASKED = re.compile(
    r"(?:and |but |so )?(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|has"
    r"|have|tell|show|list|give|explain|compare|summari[sz]e|not|neither|none)\b(?! one\b)",
    re.IGNORECASE,
)
"""What opens a question of its own, or turns candidates down: it picks none."""

_PLACES = ("first", "second", "third", "fourth")


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
        one.name
        for one in offered
        if says_name(one.name, plain) or (plain and says_name(re.sub(r"^the ", "", plain), one.name))
    ]
    return named[0] if len(named) == 1 else ""


_LONGEST_REPLY = 3
"""Words beside the name's; more are a new question."""


def says_name(name: str, text: str) -> bool:
    """Whether a text has a name as words of its own."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
