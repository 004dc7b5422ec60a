"""A question in another script than the documents': put into English where the embedder can't read it, and looked up in
English too where a language model can translate it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from assistant.errors import LanguageModelError
from assistant.glossary import names_in
from assistant.injection import without_orders
from assistant.language import unread
from assistant.lookup import Lookup, looked_up
from assistant.models import LanguageModel
from assistant.translation import translated
from assistant.types import Answer
from index.library import Library
from index.spelling import corrected
from index.types import Filters


def read_in_english(
    asked: str, language: str, library: Library, filters: Filters | None, llm: LanguageModel | None
) -> Generator[Answer, None, str]:
    """The question in English, of an embedder that doesn't read its `language`; empty once it is refused for that."""
    if llm is None:
        yield replace(unread(asked, language, library, filters), stage="done")
        return ""
    yield Answer(stage="searching", query=asked)
    english = asked
    try:
        for english in translated(asked, llm, names_in(library, filters)):
            yield Answer(stage="searching", query=english)
    except LanguageModelError as error:
        yield replace(unread(asked, language, library, filters, str(error)), stage="done")
        return ""
    return without_orders(english, library.embedder)[0] or asked


def also_in_english(
    found: Lookup, meanwhile: Answer, library: Library, llm: LanguageModel
) -> Generator[Answer, None, tuple[Lookup, str]]:
    """What the documents answer better, the question or its translation; and the translation, for the model to read.

    `meanwhile` is shown while it is written.

    Raises:
        LanguageModelError: the model can't translate it.
    """
    yield meanwhile
    english = found.query
    for english in translated(found.query, llm, names_in(library, found.filters)):  # noqa: B007  # the last is whole
        yield meanwhile
    english = corrected(without_orders(english, library.embedder)[0] or english, library)
    other = looked_up(english, library, found.filters, found.context, found.notes)
    return max(found, other, key=lambda one: one.evidence.answerable), english
