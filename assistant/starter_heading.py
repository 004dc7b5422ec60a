"""A document's title and a heading of it in, the question of what it says there out."""

from __future__ import annotations

import re

from assistant.names import small_words
from assistant.starter_subject import OPEN, SUBJECT_WORDS
from index.words import stem


def heading_question(title: str, heading: str, text: str) -> str:
    """What a document says below a heading, as a question; empty where title or heading don't read as names."""
    heading = re.sub(r"^(?:\d+[.)]?)+\s*|[\s:.#*_!]+$", "", heading.split(" > ")[-1])
    words = re.findall(r"[^\W\d_]{3,}", heading)
    if not words or len(heading.split()) > SUBJECT_WORDS or _GENERIC.search(heading) or not _plain(title):
        return ""
    small = small_words([text])
    inside = " ".join(
        word.lower() if stem(word.lower()) in small and word[1:].islower() else word for word in heading.split()
    )
    return "" if heading.lower() in title.lower() or OPEN.search(inside) else f"What does {title} say about {inside}?"


def _plain(title: str) -> bool:
    return 1 < len(title.split()) <= 8 and not re.search(r"[_/\\|:?]|\.\w+$", title)


_GENERIC = re.compile(
    r"\b(?:introduction|overview|summary|conclusions?|references|contents|appendix|notes?|background|general|preface|"
    r"about|contact|disclaimer|index|abstract|acknowledge?ments?|page|section|chapter|part)\b|[?|@]",
    re.IGNORECASE,
)
