"""A question in another script than the documents': put into English where the embedder can't read it, and looked up in
English too where a language model can translate it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from assistant.answering.glossary import names_in
from assistant.answering.lookup import Lookup, looked_up
from assistant.answering.quote import numbered
from assistant.answering.translation import translated
from assistant.errors import LanguageModelError
from assistant.language_models.client import LanguageModel
from assistant.questions.foreign_language import readable_part
from assistant.reading.evidence import select
from assistant.types import Answer
from assistant.untrusted.injection import without_orders
from index.library.library import Library
from index.search.search import search
from index.search.spelling import corrected
from index.types import Filters

_UNREADABLE = {
    "Chinese": "目前只能用英文检索：所用的嵌入模型读不懂中文。"
    "请设置 QUARRY_LLM（语言模型）或 QUARRY_EMBEDDER（多语言嵌入模型），或用英文提问。",
    "Korean": "지금은 영어로만 검색할 수 있습니다. 사용 중인 임베딩 모델이 한국어를 읽지 못합니다. "
    "QUARRY_LLM(언어 모델)이나 QUARRY_EMBEDDER(다국어 임베딩 모델)를 설정하거나 영어로 질문해 주세요.",
    "Russian": "Сейчас поиск возможен только на английском: модель эмбеддингов не понимает русский. Задайте QUARRY_LLM "
    "(языковая модель) или QUARRY_EMBEDDER (многоязычная модель эмбеддингов) либо спросите по-английски.",
}


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


def unread(question: str, language: str, library: Library, filters: Filters | None, error: str = "") -> Answer:
    """The refusal of a question that is not read, in its own language and English, saying what to set.

    Beside it stands what its figures and names in Latin script find. `error` says why the language model did not translate.
    """
    english = (
        f"The embedder in use does not read {language}, so the documents were not searched for this question: set "
        "QUARRY_LLM (a language model translates it) or QUARRY_EMBEDDER (a multilingual model), or ask in English."
    )
    text = "\n".join(filter(None, (_UNREADABLE.get(language), english)))
    answer = Answer(text=text, status="refused", notes=(error,) if error else ())
    if not (part := readable_part(question)):
        return answer
    hits = search(part, library, filters=filters)
    evidence = numbered(select(part, hits, library))
    return replace(answer, query=part, hits=tuple(hits), nearest=tuple(span.citation for span in evidence.spans[:3]))
