"""A query and evidence in, a growing draft out, written by the language model from the evidence alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.errors import LanguageModelError, OutOfTokensError
from assistant.language_models.client import CONTEXT, LanguageModel
from assistant.language_models.prompts import MAX_TOKENS, REFUSAL, estimated_tokens, messages
from assistant.types import Evidence
from assistant.untrusted.sanitize import unlinked
from index.passages.sentences import sentences


def compose(query: str, evidence: Evidence, llm: LanguageModel) -> Iterator[str]:
    """The draft so far, again and again, at least every 200 ms and also before its first word.

    It has no links, images or HTML. A sentence that the model had no room to finish is left out of the last draft.

    Raises:
        LanguageModelError: the model can't be reached or breaks off, or the prompt may not fit its window.
    """
    said = messages(query, evidence.spans)
    if (tokens := estimated_tokens(said)) > CONTEXT - MAX_TOKENS:
        raise LanguageModelError(f"the prompt has up to {tokens:,} tokens, the model's window {CONTEXT:,}")
    draft = ""
    try:
        for piece in llm.stream(said, MAX_TOKENS):
            draft += piece
            yield unlinked(draft)
    except OutOfTokensError:
        spans = sentences(draft)
        yield unlinked(draft[: spans[-2][1]]) if len(spans) > 1 else ""


def stated(draft: str) -> str:
    """The draft without the sentences that only say the sources don't hold something; empty where nothing is left."""
    kept = [draft[start:end] for start, end in sentences(draft) if not _DECLINES.search(draft[start:end])]
    return " ".join(kept)


_DECLINES = re.compile(
    rf"{re.escape(REFUSAL.rstrip('.'))}|\b(sources?|documents?|passages?|texts?) (do|does|did) not (say|state|mention"
    r"|specify|provide|contain|give|indicate)|\bnot (explicitly )?(mentioned|stated|specified|provided|given|found) in the "
    r"(\w+ )?(sources?|documents?|passages?|texts?)",
    re.IGNORECASE,
)
