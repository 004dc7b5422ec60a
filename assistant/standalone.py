"""A question and its conversation in, a query that stands alone out. Rules only."""

from __future__ import annotations

import re

from assistant.types import Conversation
from index.words import STOP_WORDS

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|he|she|his|her|these|those|same|other|another)\b"
    r"|^(and|or|but|so|then|what about|how about|no)\b",
    re.IGNORECASE,
)
_MAY_POINT_BACK = re.compile(r"\b(this|that|there|one|ones|also|too)\b", re.IGNORECASE)

FEW_WORDS = 3
"""A question with fewer words of its own leans on what came before if one of them may point back."""


def standalone(question: str, conversation: Conversation) -> str:
    """The question itself, or, where it points back, the last question that didn't and this one."""
    if not points_back(question):
        return question
    for turn in reversed(conversation.turns):
        if not points_back(turn.question):
            return f"{turn.question} {question}"
    return question


def points_back(question: str) -> bool:
    """Whether a question leans on what was said before: a pronoun, an ellipsis, hardly a word of its own."""
    own = [word for word in re.findall(r"\w+", question.lower()) if word not in STOP_WORDS]
    if len(own) < FEW_WORDS and _MAY_POINT_BACK.search(question):
        return True
    return len(own) < 2 or bool(_POINTS_BACK.search(question.strip()))
