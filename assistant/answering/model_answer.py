"""What was found in, the language model's answer out: judged, written, cited and checked; the quotes where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.answering.draft import compose, stated
from assistant.answering.lookup import Lookup
from assistant.answering.model_yes import answering, believed
from assistant.answering.other_script import also_in_english
from assistant.answering.quote import picked
from assistant.answering.translation import in_language
from assistant.checking.cite import attribute, cite
from assistant.checking.verify import loses_figures, verify
from assistant.errors import LanguageModelError
from assistant.language_models.client import LanguageModel
from assistant.types import Answer
from index.library.library import Library


def composed(found: Lookup, language: str, library: Library, llm: LanguageModel, *, translate: bool) -> Iterator[Answer]:
    """What stands without the model while it reads, then its draft as it grows; the last is the final answer.

    With `translate`, a question in another script is looked up in English too. The answer is translated into `language`.
    """
    draft, query = "", found.query
    try:
        if translate:
            searching = Answer(stage="searching", query=query)
            meanwhile = searching if found.doubtful else replace(found.standing(library), stage="reading")
            found, query = yield from also_in_english(found, meanwhile, library, llm)
        quotes = found.standing(library)
        yield replace(quotes, stage="reading")
        if found.settled:
            yield replace(quotes, stage="done")
            return
        chosen, yes = picked(found.evidence), None
        for yes in answering(query, chosen.spans, llm):  # noqa: B007  # its last value is used below
            yield replace(quotes, stage="reading")
        if not believed(yes, doubtful=found.doubtful):
            yield replace(quotes if found.doubtful else found.refusal(library), stage="done")
            return
        for draft in compose(query, chosen, llm):
            if draft and not found.doubtful:
                yield replace(found.on(cite(draft, chosen)), stage="writing", answerer=llm.name)
            else:
                yield replace(quotes, stage="reading")
        if not draft.strip():
            raise LanguageModelError(f"{llm.name} wrote nothing")
    except LanguageModelError as error:
        quotes = found.standing(library)
        instead = "the evidence alone is too weak to answer" if found.doubtful else "the quotes are the answer"
        yield replace(quotes, notes=(*quotes.notes, f"{error}; {instead}"), stage="done")
        return
    if not (claims := stated(draft)):  # it said yes to the quotes: unless the evidence is doubtful, they stand
        yield replace(found.refusal(library) if yes is None and not found.doubtful else quotes, stage="done")
        return
    if not found.doubtful:
        yield replace(found.on(cite(draft, chosen)), stage="checking", answerer=llm.name)
    checked = verify(attribute(cite(claims, chosen), chosen, library.embedder), chosen, library.embedder)
    answer = replace(found.on(checked), answerer=llm.name)
    if not answer.text or loses_figures(answer.text, chosen):
        yield replace(quotes, removed=answer.removed, stage="done")
        return
    if language:
        for answer in in_language(answer, language, chosen, llm):  # noqa: B020  # each replaces the last
            yield replace(answer, stage="checking")
    yield replace(answer, stage="done")
