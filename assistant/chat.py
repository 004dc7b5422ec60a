"""The one path from a question to an answer. Evaluation, command line, page and every API call `ask`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from assistant.answering.ask_back import candidates
from assistant.answering.clock import timed
from assistant.answering.lookup import looked_up
from assistant.answering.model_answer import composed
from assistant.answering.other_script import read_in_english
from assistant.errors import QuestionError
from assistant.language_models.client import LanguageModel
from assistant.questions.follow_up import context, is_edited, understood
from assistant.questions.foreign_language import foreign_language
from assistant.questions.offered import asking
from assistant.tasks.meta import meta
from assistant.tasks.tasks import task
from assistant.types import Answer, Conversation
from assistant.untrusted.injection import NO_QUESTION, NOT_FOLLOWED, without_orders
from index.library.library import Library
from index.search.filters import narrowed
from index.search.spelling import corrected
from index.types import Filters

NEW = Conversation()

MAX_QUESTION = 2000
"""Characters. A longer text is no question; it would also not fit the model's window beside the evidence."""


def ask(
    question: str,
    conversation: Conversation = NEW,
    *,
    library: Library,
    llm: LanguageModel | None = None,
    filters: Filters | None = None,
) -> Iterator[Answer]:
    """Answers, each replacing the last, the final one's stage being `done`. Writes nothing.

    Closing the iterator ends the model's work.

    Raises:
        QuestionError: the question is empty or too long, or the library holds no documents.
        SearchError: the filters name what isn't there, or leave no document; small talk is no way around it.
    """
    return timed(_answers(question, conversation, library, llm, filters))


def _answers(
    question: str, conversation: Conversation, library: Library, llm: LanguageModel | None, filters: Filters | None
) -> Generator[Answer]:
    asked, orders = without_orders(_checked(question, library), library.embedder)
    filters = narrowed(filters, library.engine) if filters else None  # once: every search would do it again
    if not asked:
        yield Answer(text=NO_QUESTION, status="refused", stage="done")
        return
    text = meta(asked, library, filters)
    language = "" if text else foreign_language(asked, library)
    translate = bool(language) and library.embedder.reads(asked)
    if language and not translate:
        if not (asked := (yield from read_in_english(asked, language, library, filters, llm))):
            return
        text = meta(asked, library, filters)
    if text:
        yield Answer(text=text, status="meta", stage="done")
        return
    query = understood(asked, conversation, library, filters)
    query = query if is_edited(asked) else corrected(query, library)
    notes = (NOT_FOLLOWED,) if orders else ()
    if answer := task(asked, query, conversation, library, filters, questions=llm is None):
        yield replace(answer, notes=notes, stage="done")
        return
    yield Answer(stage="searching", query=query)
    found = looked_up(query, library, filters, context(asked, conversation), notes)
    if not language and (offered := candidates(asked, conversation, found, library.embedder)):
        yield found.about(Answer(text=asking(offered), status="asks_back", stage="done", candidates=offered))
    elif llm is None or (found.settled and not (translate and found.doubtful)):
        yield replace(found.standing(library), stage="done")
    else:
        yield from composed(found, language, library, llm, translate=translate)


def _checked(question: str, library: Library) -> str:
    question = question.strip()
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("the question holds bytes that are no text: type it in UTF-8")
    if not question:
        raise QuestionError("the question is empty: type one")
    if len(question) > MAX_QUESTION:
        raise QuestionError(f"the question has {len(question):,} characters: {MAX_QUESTION:,} at most, please shorten it")
    if not library.count_chunks():
        raise QuestionError("there are no documents yet: run `quarry ingest FOLDER` first")
    return question
