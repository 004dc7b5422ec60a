"""A query and evidence in, a growing draft out, written by the language model from the evidence alone."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.models import LanguageModel
from assistant.prompts import MAX_TOKENS, REFUSAL, messages
from assistant.types import Evidence


def compose(query: str, evidence: Evidence, llm: LanguageModel) -> Iterator[str]:
    """The draft so far, again and again, at least every 200 ms and also before its first word.

    Raises:
        LanguageModelError: the model can't be reached or breaks off.
    """
    draft = ""
    for piece in llm.stream(messages(query, evidence.spans), MAX_TOKENS):
        draft += piece
        yield draft


def declines(draft: str) -> bool:
    """Whether the model found no answer in the sources."""
    return REFUSAL.rstrip(".").lower() in draft.lower() or not draft.strip()
