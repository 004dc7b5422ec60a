"""What is to be done with documents rather than asked of them: one summed up, two compared."""

from __future__ import annotations

from assistant.tasks.comparison import comparison
from assistant.tasks.mentioned import readable
from assistant.tasks.sides import requested
from assistant.tasks.summary import summary, summed_up
from assistant.types import Answer, Conversation
from index.library.library import Library
from index.types import Filters


def task(
    question: str,
    query: str,
    conversation: Conversation,
    library: Library,
    filters: Filters | None,
    *,
    questions: bool,
) -> Answer | None:
    """The summary or table that a question asks for, or, if it is a reply, the query made of it; None where neither does.

    `questions` as in `comparison`.
    """
    for text in dict.fromkeys((question, query)):
        if summed_up(text) is None and requested(text) is None:
            continue
        documents = readable(library, filters)
        answer = summary(text, conversation, documents, library) or comparison(
            text, conversation, documents, library, filters=filters, questions=questions
        )
        if answer:
            return answer
    return None
