"""Chunks in, the questions they answer out, written once by the language model and kept in the library."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.errors import OutOfTokensError
from assistant.language_models.client import LanguageModel
from assistant.language_models.prompts import QUESTIONS_TOKENS, question_messages
from assistant.types import Enriched
from index.library.library import Library
from index.search.passage_questions import add, without_questions

MOST = 5
LONGEST = 200
"""Questions kept of a chunk, and a question's length in characters: what is longer is no short question."""


def enrich(library: Library, llm: LanguageModel) -> Iterator[Enriched]:
    """Each chunk without questions by this model, as it gets them. Begun again, it goes on where it was stopped.

    Raises:
        LanguageModelError: the model can't be reached or breaks off; the questions so far are kept.
    """
    waiting = without_questions(library, llm.name)
    for number, id_ in enumerate(waiting, 1):
        chunk = library.chunks([id_]).get(id_)
        if chunk is None:
            continue  # its document was replaced or removed meanwhile
        document = library.document(chunk.document_id, chunk.version)
        questions = parsed(_reply(llm, question_messages(document.title, chunk.text)))
        add(library, chunk, llm.name, questions)
        yield Enriched(document.file, questions, number, len(waiting))


def parsed(reply: str) -> tuple[str, ...]:
    """The questions of a reply, one a line, without numbers and list marks, each once."""
    lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])?\s*", "", line).strip(' "“”') for line in reply.splitlines()]
    return tuple(dict.fromkeys(line for line in lines if line.endswith(("?", "？")) and len(line) <= LONGEST))[:MOST]


def _reply(llm: LanguageModel, messages: list[tuple[str, str]]) -> str:
    reply = ""
    try:
        for piece in llm.stream(messages, QUESTIONS_TOKENS):
            reply += piece
    except OutOfTokensError:
        pass  # an unfinished last line doesn't end in a question mark
    return reply
