"""The one path from a question to an answer. Evaluation, command line, page and every API call `ask`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from assistant.ask_back import candidates
from assistant.cite import attribute, cite
from assistant.compose import compose, stated
from assistant.conflicts import conflicts, first, said
from assistant.errors import LanguageModelError, QuestionError
from assistant.glossary import names_in
from assistant.injection import NO_QUESTION, NOT_FOLLOWED, without_orders
from assistant.judge import answering, believed
from assistant.language import foreign_language, unread
from assistant.meta import meta
from assistant.models import LanguageModel
from assistant.offered import asking
from assistant.partly import missing_parts, not_given
from assistant.parts import in_turn, joined, parts
from assistant.quote import numbered, picked, quote
from assistant.reading.evidence import answerable_from, select
from assistant.reading.missing import missing, refused_for
from assistant.readings import context, is_edited, understood
from assistant.tasks import task
from assistant.translation import in_language, translated
from assistant.types import Answer, Conversation, Evidence, Seconds
from assistant.verify import loses_figures, verify
from index.filters import narrowed
from index.library import Library
from index.search import search
from index.spelling import corrected
from index.types import Filters

NEW = Conversation()

MAX_QUESTION = 2000
"""Characters. A longer text is no question; it would also not fit the model's window beside the evidence."""

HOPELESS = 0.2
"""Evidence less likely than this is refused unasked: a language model's yes to it would be believed too easily."""


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
    clock = _Clock()
    asked, orders = without_orders(_checked(question, library), library.embedder)
    filters = narrowed(filters, library.engine) if filters else None  # once: every search would do it again
    if not asked:
        yield clock.done(Answer(text=NO_QUESTION, status="refused"))
        return
    text = meta(asked, library, filters)
    language = "" if text else foreign_language(asked, library)
    if language and not library.embedder.reads(asked):
        if llm is None:
            yield clock.done(unread(asked, language, library, filters))
            return
        yield Answer(stage="searching", query=asked)
        try:
            for english in translated(asked, llm, names_in(library, filters)):
                yield Answer(stage="searching", query=english)
        except LanguageModelError as error:
            yield clock.done(unread(asked, language, library, filters, str(error)))
            return
        asked = without_orders(english, library.embedder)[0] or asked
        text = meta(asked, library, filters)
    if text:
        yield clock.done(Answer(text=text, status="meta"))
        return
    earlier = context(asked, conversation)
    query = understood(asked, conversation, library, filters)
    query = query if is_edited(asked) else corrected(query, library)
    notes = (NOT_FOLLOWED,) if orders else ()
    if answer := task(asked, query, conversation, library, filters, questions=llm is None):
        yield clock.done(clock.quoted(replace(answer, notes=notes)))
        return
    yield Answer(stage="searching", query=query)
    queries = parts(query, library.embedder)
    found_for = {part: search(part, library, filters=filters, context=earlier) for part in queries}
    evidence_for = {part: select(part, own, library, len(found_for)) for part, own in found_for.items()}
    hits = in_turn(list(found_for.values()))
    answerable = answerable_from(library.embedder.name)
    lacking = missing_parts(query, evidence_for, answerable)
    evidence = joined([own for part, own in evidence_for.items() if part not in lacking])
    disagreeing = conflicts(query, evidence, library.embedder)
    evidence = numbered(first(disagreeing, evidence))
    found = Answer(query=query, hits=tuple(hits), confidence=evidence.answerable, missing=evidence.missing, notes=notes)
    if not language and (offered := candidates(asked, query, conversation, evidence, hits, library.embedder)):
        yield clock.done(replace(found, text=asking(offered), status="asks_back", candidates=offered))
        return
    doubtful, searched = evidence.answerable < answerable, found
    if doubtful and (llm is None or evidence.answerable < HOPELESS or disagreeing):
        yield clock.done(_refusal(searched, evidence, library))
        return
    found = replace(found, notes=found.notes + said(disagreeing))
    if lacking and not doubtful:
        found = replace(found, status="partly", notes=(*found.notes, not_given(tuple(lacking.values()))))
    # what stands without the model
    quotes = _refusal(searched, evidence, library) if doubtful else _on(found, quote(evidence))
    if llm is None or disagreeing:  # a disagreement is shown word for word, not blended into one answer
        yield clock.done(clock.quoted(quotes))
        return
    yield clock.quoted(replace(quotes, stage="reading"))
    chosen, said_to_model, yes, draft = picked(evidence), query, None, ""
    instead = "the evidence alone is too weak to answer" if doubtful else "the quotes are the answer"
    try:
        if language and library.embedder.reads(query):
            for said_to_model in translated(query, llm, names_in(library, filters)):  # noqa: B007
                yield clock.quoted(replace(quotes, stage="reading"))
        for yes in answering(said_to_model, chosen.spans, llm):  # noqa: B007  # its last value is used below
            yield clock.quoted(replace(quotes, stage="reading"))
        if not believed(yes, doubtful=doubtful):
            yield clock.done(_refusal(searched, evidence, library))
            return
        for draft in compose(said_to_model, chosen, llm):
            if draft and not doubtful:
                yield clock.wrote(replace(_on(found, cite(draft, chosen)), stage="writing", answerer=llm.name))
            else:
                yield clock.quoted(replace(quotes, stage="reading"))
    except LanguageModelError as error:
        yield clock.done(replace(quotes, notes=(*found.notes, f"{error}; {instead}")))
        return
    if not draft.strip():
        yield clock.done(replace(quotes, notes=(*found.notes, f"{llm.name} wrote nothing; {instead}")))
        return
    if not (claims := stated(draft)):  # it said yes to the quotes: unless the evidence is doubtful, they stand
        declined = doubtful or yes is None
        yield clock.done(_refusal(searched, evidence, library) if declined else quotes)
        return
    if not doubtful:
        yield clock.wrote(replace(_on(found, cite(draft, chosen)), stage="checking", answerer=llm.name))
    answer = _on(found, verify(attribute(cite(claims, chosen), chosen, library.embedder), chosen, library.embedder))
    answer = replace(answer, answerer=llm.name)
    if not answer.text or loses_figures(answer.text, chosen):
        yield clock.done(replace(quotes, removed=answer.removed))
        return
    if language:
        for answer in in_language(answer, language, chosen, llm):  # noqa: B020  # each replaces the last
            yield clock.wrote(replace(answer, stage="checking"))
    yield clock.done(answer)


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


def _on(found: Answer, answer: Answer) -> Answer:
    """`answer` with what the search found."""
    told = {name: getattr(found, name) for name in ("query", "status", "hits", "confidence", "missing", "notes")}
    return replace(answer, **told)


def _refusal(found: Answer, evidence: Evidence, library: Library) -> Answer:
    text = refused_for(found.query, evidence, missing(found.query, evidence, library), library)
    nearest = tuple(replace(span.citation, number=n) for n, span in enumerate(evidence.spans[:3], 1))
    return replace(found, text=text, status="refused", nearest=nearest)


class _Clock:
    """Seconds since the question came, written into the answers that pass."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._seconds = Seconds()

    def quoted(self, answer: Answer) -> Answer:
        if self._seconds.quote is None:
            self._seconds = replace(self._seconds, quote=self._now())
        return replace(answer, seconds=self._seconds)

    def wrote(self, answer: Answer) -> Answer:
        if self._seconds.first_token is None:
            self._seconds = replace(self._seconds, first_token=self._now())
        return replace(answer, seconds=self._seconds)

    def done(self, answer: Answer) -> Answer:
        self._seconds = replace(self._seconds, total=self._now())
        return replace(answer, stage="done", seconds=self._seconds)

    def _now(self) -> float:
        return round(time.perf_counter() - self._start, 3)
