"""A question in another script than the documents': which language it is in, and what is told where it can't be read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace

from assistant.quote import numbered
from assistant.reading.evidence import select
from assistant.types import Answer
from index.keyword import document_frequency
from index.library import Library
from index.search import search
from index.types import Filters
from index.words import words

LANGUAGES = {
    "CJK": "Chinese",
    "HANGUL": "Korean",
    "CYRILLIC": "Russian",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "Hindi",
    "THAI": "Thai",
}
"""The likeliest language of a script, by the first word of its letters' Unicode names."""

_WEIGHT = {"Chinese": 3, "Japanese": 2, "Korean": 2}
"""What a letter counts beside a Latin one: it says about as much as so many."""

THERE = 0.3
"""Where at least this share of a question's words stands in the documents, they are in its script. Below it are questions
whose few common words happen to stand in a foreign line."""

_UNREADABLE = {
    "Chinese": "目前只能用英文检索：所用的嵌入模型读不懂中文。"
    "请设置 QUARRY_LLM（语言模型）或 QUARRY_EMBEDDER（多语言嵌入模型），或用英文提问。",
    "Korean": "지금은 영어로만 검색할 수 있습니다. 사용 중인 임베딩 모델이 한국어를 읽지 못합니다. "
    "QUARRY_LLM(언어 모델)이나 QUARRY_EMBEDDER(다국어 임베딩 모델)를 설정하거나 영어로 질문해 주세요.",
    "Russian": "Сейчас поиск возможен только на английском: модель эмбеддингов не понимает русский. Задайте QUARRY_LLM "
    "(языковая модель) или QUARRY_EMBEDDER (многоязычная модель эмбеддингов) либо спросите по-английски.",
}


def language_of(text: str) -> str:
    """The language that most of a text's letters tell, or `Latin`."""
    letters: Counter[str] = Counter()
    for character in filter(str.isalpha, text):
        script = unicodedata.name(character, "").split(" ")[0].split("-")[0]
        letters[LANGUAGES.get(script, "Latin")] += 1
    if letters["Japanese"]:  # it is written with Chinese characters too
        letters["Japanese"] += letters.pop("Chinese", 0)
    return max(letters, key=lambda name: letters[name] * _WEIGHT.get(name, 1), default="Latin")


def foreign_language(question: str, library: Library) -> str:
    """The language of a question whose script the documents don't have; empty where they have it."""
    language = language_of(question)
    if language == "Latin":
        return ""
    own = [word for word in words(question) if not word.isascii()]
    with library.engine.connect() as connection:
        found = document_frequency(connection, own)
    return language if sum(n > 0 for n in found.values()) < THERE * len(own) else ""


def readable_part(question: str) -> str:
    """What of a question stands there in Latin letters or digits, and can be searched in any case."""
    return " ".join(re.findall(r"[^\W\d_]*[A-Za-z][A-Za-z0-9.&-]*|\d[\d.,]*", question, re.ASCII))


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
