"""A question and its conversation in, a query that stands alone out. Rules only."""

from __future__ import annotations

import re

from assistant.types import Conversation
from index.keyword import STOP_WORDS

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|he|she|his|her|this|that|these|those|there|one|ones|same|other|another|also|too)\b"
    r"|^(and|or|but|so|then|what about|how about|no)\b",
    re.IGNORECASE,
)


def standalone(question: str, conversation: Conversation) -> str:
    """The question itself, or, where it points back, the last turn's query and the question."""
    if not conversation.turns or not points_back(question):
        return question
    return f"{conversation.turns[-1].answer.query} {question}"


def points_back(question: str) -> bool:
    """Whether a question leans on what was said before: a pronoun, an ellipsis, hardly a word of its own."""
    own = [word for word in re.findall(r"\w+", question.lower()) if word not in STOP_WORDS]
    return len(own) < 2 or bool(_POINTS_BACK.search(question.strip()))
