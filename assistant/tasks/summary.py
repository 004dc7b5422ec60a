"""A request to sum a document up in, a cited summary out: its most telling sentences, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.quote import shown
from assistant.questions.offered import MOST, asking
from assistant.tasks.contents import central, statements_of
from assistant.tasks.mentioned import meant, offered, title_of
from assistant.types import Answer, AnswerSpan, Citation, Conversation
from index.library.library import Library
from index.types import Document

SENTENCES = 5
"""Sentences of a summary; of several documents together, twice as many, at least two each."""

MOST_DOCUMENTS = 6
"""Documents summed up at once; of more, the reader has to choose."""

NOTHING = "{names} holds no sentence that says something by itself: nothing to sum up."

_ASK = (
    r"^(?:(?:please|now|ok(?:ay)?|so|and|then|can|could|would|will|you|i|we|need|want|like|['’]d like|to|have|give|show"
    r"|write|make|me|us|a|an|the|short|brief|quick|concise)\b[\s,]*)*"
)
_SUMMARY = re.compile(
    rf"{_ASK}(?:summari[sz]e|sum up|recap|tl;?dr)\b:?\s*(?P<of>.*?)(?: for (?:me|us))?(?:,? (?:please|briefly))?[\s?.!]*$"
    rf"|{_ASK}(?:summary|overview|outline|recap|gist|(?:key|main) (?:points|findings|messages|statements)|highlights)"
    r"(?: (?:of|from|in|about|on) (?P<about>.+?))?(?:,? please)?[\s?.!]*$"
    r"|^what(?: are|['’]s| is) (?:the )?(?:gist|(?:key|main) (?:points?|findings?|messages?|takeaways?|ideas?)|summary)"
    r" (?:of|from|in) (?P<points>.+?)[\s?.!]*$"
    r"|^what(?:['’]s| is| are) (?P<subject>(?:this|that|these|the) (?:[\w’'-]+ ){0,4}?"
    r"(?:documents?|files?|texts?|articles?|papers?|reports?|interview|pdf)) about[\s?.!]*$",
    re.IGNORECASE,
)


def summed_up(request: str) -> str | None:
    """The words that name what is to be summed up, empty where it is not named; None if `request` asks no summary."""
    found = _SUMMARY.match(request.strip())
    return None if found is None else next((phrase.strip() for phrase in found.groups() if phrase), "")


def summary(request: str, conversation: Conversation, documents: Sequence[Document], library: Library) -> Answer | None:
    """The summary that `request` asks for, or the question back which document it means.

    None where it asks for none, or for that of something that is no document: it is searched then.
    """
    phrase = summed_up(request)
    if phrase is None:
        return None
    found = meant(phrase, conversation, documents)
    if not found.documents:
        return None
    if found.is_open or len(found.documents) > MOST_DOCUMENTS:
        candidates = offered([[one] for one in found.documents[:MOST]], library)
        return Answer(text=asking(candidates), status="asks_back", candidates=candidates, query=request)
    return _of(found.documents, library)


def _of(documents: Sequence[Document], library: Library) -> Answer:
    """Each document's title with its most telling sentences below it, a line each, resting on its citation."""
    of_each = [(one, statements_of(one, library.chunks_of(one.id), library)) for one in documents]
    of_each = [(document, stated) for document, stated in of_each if stated]
    if not of_each:
        names = ", ".join(f"“{title_of(one)}”" for one in documents)
        return Answer(text=NOTHING.format(names=names), status="refused", query=f"summary of {names}")
    n = SENTENCES if len(documents) == 1 else max(2, 2 * SENTENCES // len(documents))
    text = ""
    spans: list[AnswerSpan] = []
    citations: list[Citation] = []
    for document, stated in of_each:
        text += f"{chr(10) if text else ''}“{title_of(document)}” ({document.date or 'undated'}), in its own words:"
        for one in central(stated, n, library.embedder):
            start = len(text) + 1
            text += f"\n{shown(one.span)}"
            citations.append(replace(one.span.citation, number=len(citations) + 1))
            spans.append(AnswerSpan(start, len(text), (len(citations),)))
    query = f"summary of {', '.join(f'“{title_of(one)}”' for one in documents)}"
    return Answer(text=text, citations=tuple(citations), spans=tuple(spans), confidence=1.0, query=query)
