"""What a translation should know: the names that the library's documents hold most, and the terms of `glossary.toml`.

A small model writes a name it can't know by its sound and takes one metal for another; with the names before it, it picks
the one meant.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from assistant.facts.names import is_word, names, small_words
from assistant.untrusted.injection import gives_orders
from assistant.untrusted.sanitize import promptable
from index.library.library import Library
from index.passages.sentences import sentences
from index.passages.words import STOP_WORDS
from index.search.filters import narrowed
from index.types import Filters

MOST_NAMES = 40
"""Names told: some 150 tokens, read once as long as the library stays the same."""

MOST_DOCUMENTS = 200
"""Documents whose names are counted."""

TERMS = Path(__file__).with_name("glossary.toml")
_LANGUAGES = ("Chinese", "Korean", "Russian")


@cache
def _terms() -> dict[str, dict[str, str]]:
    return tomllib.loads(TERMS.read_text(encoding="utf-8"))


def names_in(library: Library, filters: Filters | None) -> tuple[str, ...]:
    """The titles of the documents that may be searched and the names they hold most, at most `MOST_NAMES` of each."""
    return _names(library, library.changes, filters or Filters())


@lru_cache(maxsize=8)
def _names(library: Library, changes: int, filters: Filters) -> tuple[str, ...]:
    """The same; `changes` tells one state of the library from the next."""
    ids = set(narrowed(filters, library.engine).document_ids)
    found = [
        one
        for one in library.documents()
        if (not ids or one.id in ids) and (not filters.collections or one.collection in filters.collections)
    ][:MOST_DOCUMENTS]
    passages = [chunk.text for document in found for chunk in library.chunks_of(document.id)]
    small = small_words(passages)
    counted: Counter[str] = Counter()
    for text in passages:
        own = {name for start, end in sentences(text) for _, name in names(" ".join(text[start:end].split()), small)}
        counted.update(name for name in own if not is_word(name, small))
    known = (*(one.title[:60] for one in found[:3]), *(name for name, _ in counted.most_common(MOST_NAMES)))
    return tuple(promptable(name) for name in known if not gives_orders(name))


def with_terms(text: str, language: str) -> str:
    """An English text with the terms it has in another language, which a translation into it then keeps.

    Names such as "Korea Zinc" stay; for a language without a glossary the whole text does.
    """
    if language not in _LANGUAGES:
        return text
    called = {english: own.get(f"{language}_name", own[language]).partition("|")[0] for english, own in _terms().items()}
    pattern = rf"(?<![\w’'-])(?:{'|'.join(called)}|(?:{'|'.join(map(str.capitalize, called))})(?! [A-Z]))\b(?![’'-])"

    def named(found: re.Match[str]) -> str:
        before = re.search(r"\b([A-Z][\w&’'-]*) $", text[: found.start()])
        in_name = found[0][0].isupper() and before and before[1].lower() not in STOP_WORDS
        return found[0] if in_name else called[found[0].lower()]

    return re.sub(pattern, named, text)


def terms_kept(text: str, translation: str) -> bool:
    """Whether a translation has the terms of `text`, where these stand in its language already."""
    return _terms_in(text) <= _terms_in(translation)


def _terms_in(text: str) -> frozenset[str]:
    """The terms of a text in Chinese, Korean or Russian, there also with a capital in the nominative."""
    return frozenset(
        english
        for english, own in _terms().items()
        if re.search(rf"{_stems(own)}|\b{own['Russian_name'].capitalize()}\b", text)
    )


def _stems(own: Mapping[str, str]) -> str:
    """A pattern of a term in all languages of the glossary."""
    return rf"(?<![а-яё])(?:{'|'.join(own[language] for language in _LANGUAGES)})[а-яё]*"


def with_english_terms(question: str) -> str:
    """A question in Chinese, Korean or Russian with its terms in English, which a translation keeps."""
    for english, own in _terms().items():
        question = re.sub(_stems(own), f" {english} ", question)
    return " ".join(question.split())
