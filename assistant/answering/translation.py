"""A question into English and its answer into the question's language, by the language model, and checked.

Across languages words can't be compared. What can is checked: every figure with its unit, every date, and every name in
Latin script has to stand in the cited sentences; a sentence that has none of them rests on nothing, and is cut. So is one
with an amount in Chinese or Korean words, which is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answering.glossary import terms_kept, with_english_terms, with_terms
from assistant.checking.cite import cite
from assistant.checking.verify import Finding, standing
from assistant.errors import LanguageModelError, OutOfTokensError
from assistant.facts.dates import Date, dates, years
from assistant.facts.foreign import amounts, foreign_dates, has_worded_amount
from assistant.facts.names import held
from assistant.facts.quantities import Quantity, quantities
from assistant.language_models.client import LanguageModel
from assistant.language_models.prompts import (
    ANSWER_TRANSLATION_TOKENS,
    IN_ENGLISH,
    TRANSLATION_TOKENS,
    answer_translation_messages,
    translation_messages,
)
from assistant.types import Answer, Evidence, EvidenceSpan
from assistant.untrusted.sanitize import unlinked

MAX_SOURCES = 3
"""A sentence rests on at most this many citations."""

_LATIN = re.compile(r"[A-Z][A-Za-z0-9&’'.-]*(?<![.’'-])(?: [A-Z][A-Za-z0-9&’'.-]*(?<![.’'-]))*")


def translated(question: str, llm: LanguageModel, names: Sequence[str] = ()) -> Iterator[str]:
    """The question in English as far as it is written, at least every 200 ms; the last value is whole, on one line.

    `names` are those of the library, for the model to know them by. What is no question in English, or has a figure that the
    question hasn't, is asked for once more in other words.

    Raises:
        LanguageModelError: the model can't be reached, breaks off, or leaves words untranslated.
    """
    english = ""
    for asking in IN_ENGLISH:
        for english in _written(translation_messages(with_english_terms(question), names, asking), TRANSLATION_TOKENS, llm):
            yield " ".join(english.split())
        if _is_its_question(english, question):
            return
    if not english.strip() or _FOREIGN.search(english):
        raise LanguageModelError(f"{llm.name} could not translate the question")


def _is_its_question(english: str, question: str) -> bool:
    figures = [set(re.findall(r"\d+", text)) for text in (english, question)]
    return english.rstrip().endswith("?") and not _FOREIGN.search(english) and figures[0] <= figures[1]


_FOREIGN = re.compile(r"[^\W\d_a-zA-Z\u00aa-\u024f\u0370-\u03ff\u1e00-\u1eff]|¿")
"""A letter that English texts don't have (they do have β and ễ), or the mark that opens a question in Spanish."""


def in_language(answer: Answer, language: str, evidence: Evidence, llm: LanguageModel) -> Iterator[Answer]:
    """A verified answer in another language: itself while that is written, then what of the translation passes its check.

    Where nothing does, or the model breaks off, it stays in English, with a note.
    """
    text, named = "", with_terms(answer.text, language)
    try:
        for text in _written(answer_translation_messages(named, language), ANSWER_TRANSLATION_TOKENS, llm):  # noqa: B007
            yield answer
    except LanguageModelError as error:
        yield replace(answer, notes=(*answer.notes, f"In English: {error}"))
        return
    translation = verify_translated(cite(text, evidence), evidence)
    if translation.text and terms_kept(named, translation.text):
        shown = ("text", "spans", "citations", "verdicts", "removed")
        answer = replace(answer, **{name: getattr(translation, name) for name in shown})
        yield replace(answer, notes=(*answer.notes, note(language, llm.name)))
        return
    kept = f"In English: the translation into {language} did not keep the figures, dates, names or terms of the sources."
    yield replace(answer, notes=(*answer.notes, kept))


def _written(said: Sequence[tuple[str, str]], most: int, llm: LanguageModel) -> Iterator[str]:
    text = ""
    try:
        for piece in llm.stream(said, most):
            text += piece
            yield unlinked(text)
    except OutOfTokensError:
        yield unlinked(text)


def note(language: str, name: str) -> str:
    """What the reader should know of an answer in another language than its sources."""
    checked = "figures, dates, terms and names in Latin script were checked, the wording was not"
    return f"Translated into {language} by {name}: {checked}."


def verify_translated(answer: Answer, evidence: Evidence) -> Answer:
    """The answer's sentences whose figures, dates and names stand in the sentences they rest on; the others are removed."""
    found = []
    for span in answer.spans:
        sources = _sources(answer.text[span.start : span.end], evidence.spans)
        finding = Finding("supported", "translated") if sources else Finding("not supported")
        found.append((finding, tuple(sorted(source.citation.number for source in sources))))
    return standing(answer, found, sorted((span.citation for span in evidence.spans), key=lambda one: one.number))


def _sources(sentence: str, spans: Sequence[EvidenceSpan]) -> list[EvidenceSpan]:
    """The fewest spans that state all that can be checked in a sentence; none where they don't, or nothing can be."""
    if has_worded_amount(sentence):
        return []
    stated_dates = foreign_dates(sentence)
    figures = [one for one in amounts(sentence) if not any(d.start <= one.start < d.end for d in stated_dates)]
    names = [found[0] for found in _LATIN.finditer(sentence)]
    wanted: list[Quantity | Date | str] = [*stated_dates, *figures, *names]
    chosen: list[EvidenceSpan] = []
    left = list(wanted)
    while left and len(chosen) < MAX_SOURCES:
        best = max(spans, key=lambda span: sum(_states(span, one) for one in left), default=None)
        still = [one for one in left if best is None or not _states(best, one)]
        if best is None or len(still) == len(left):
            return []
        chosen.append(best)
        left = still
    return chosen if not left else []


def _states(span: EvidenceSpan, wanted: Quantity | Date | str) -> bool:
    """Whether a span states a figure or date in its quote, or names somebody there or around it."""
    quote = span.citation.quote
    if isinstance(wanted, str):
        return held(wanted, quote) or held(wanted, span.context)
    if isinstance(wanted, Quantity):
        return any(wanted.matches(other) for other in quantities(quote))
    if not wanted.month:
        return wanted.year in years(quote)
    also = years(quote) | years(f"{span.citation.date or ''}")
    return any(wanted.is_part_of(other) and wanted.year in also for other in dates(quote))
