"""A composed answer in, what stands of it out: each sentence is held against the very spans it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.checking.alignment import Token, differences, tokens
from assistant.checking.arithmetic import Computation, computed
from assistant.checking.polarity import flipped
from assistant.checking.support import SUPPORTED_FROM, UNSUPPORTED_BELOW, support
from assistant.facts.dates import dates, undated, years
from assistant.facts.names import Name, held, names, says, small_words
from assistant.facts.quantities import Quantity, quantities, unsupported
from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan, Label, Verdict
from assistant.untrusted.sanitize import unlinked
from index.embedding.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Finding:
    """How a sentence stands, and why."""

    label: Label
    reason: str = ""


def verify(answer: Answer, evidence: Evidence, embedder: Embedder | None = None) -> Answer:
    """The answer without the sentences that fail; `removed` counts them, `verdicts` say how the others stand.

    Without an embedder, what a sentence says as a whole is judged by its words alone.
    """
    by_number = {span.citation.number: span for span in evidence.spans}
    found = []
    for span in answer.spans:
        cited = [by_number[number] for number in span.numbers if number in by_number]
        found.append((judge(answer.text[span.start : span.end], cited, evidence, embedder), span.numbers))
    return standing(answer, found, answer.citations)


def standing(answer: Answer, found: Sequence[tuple[Finding, tuple[int, ...]]], citations: Iterable[Citation]) -> Answer:
    """The answer without the sentences that are not supported.

    `found` has for each of its spans what was found, and the numbers of those among `citations` that it rests on.
    """
    text, spans, verdicts, removed = "", [], [], 0
    for span, (finding, numbers) in zip(answer.spans, found, strict=True):
        if finding.label == "not supported":
            removed += 1
            continue
        text += " " if text else ""
        start = len(text)
        text += answer.text[span.start : span.end]
        spans.append(AnswerSpan(start, len(text), numbers))
        verdicts.append(Verdict(start, len(text), finding.label, finding.reason))
    used = {number for kept in spans for number in kept.numbers}
    return replace(
        answer,
        text=text,
        spans=tuple(spans),
        verdicts=tuple(verdicts),
        citations=tuple(citation for citation in citations if citation.number in used),
        removed=removed,
    )


def loses_figures(text: str, evidence: Evidence) -> bool:
    """Whether a text has none of the figures of the short answers it was written from, where these have some."""
    figures = [one for span in evidence.spans for one in quantities(span.short) if not one.is_pronoun]
    return bool(figures) and not any(one.matches(other) for one in figures for other in quantities(text))


def judge(sentence: str, cited: Sequence[EvidenceSpan], evidence: Evidence, embedder: Embedder | None = None) -> Finding:
    """How a sentence stands on the spans it cites: the gravest of what the checks find; supported where they find nothing.

    A verbatim part of a cited span needs no check.
    """
    if not cited:
        return Finding("not supported", "it rests on no source")
    quotes = [unlinked(span.citation.quote) for span in cited]
    if any(_copied(sentence, quote) for quote in quotes):
        return Finding("supported")
    partly: list[str] = []
    sums: list[str] = []
    for finding in _checks(sentence, cited, small_words([span.context for span in evidence.spans])):
        if finding.label == "not supported":
            return finding
        (sums if finding.label == "computed" else partly).append(finding.reason)
    score = 1.0 if sums else support(sentence, cited, embedder)  # a computed number's words are those of the operation
    if score < UNSUPPORTED_BELOW:
        return Finding("not supported", "the source says something else")
    if score < SUPPORTED_FROM:
        partly.append("the source says only a part of it")
    if partly:
        return Finding("partly", "; ".join(partly))
    return Finding("computed", "; ".join(sums)) if sums else Finding("supported")


def _copied(sentence: str, quote: str) -> bool:
    """Whether a sentence stands in a quote word for word, white space aside, from one of its clauses' starts to an end."""
    said = " ".join(sentence.split()).rstrip(".")
    flat = " ".join(quote.split())
    return bool(re.search(rf"(?:^|[.;:!?]\s){re.escape(said)}(?:$|[.;!?])", flat))


def _checks(sentence: str, cited: Sequence[EvidenceSpan], small: frozenset[str]) -> Iterator[Finding]:
    """What each check finds against a sentence, or computes for it."""
    quotes = [unlinked(span.citation.quote) for span in cited]
    named = names(sentence, small)
    for _, name in named:
        if not any(says(name, span, sentence) for span in cited):
            yield Finding("not supported", f"the source does not name {name}")
    yield from _dated(sentence, cited)
    yield from _counted(sentence, cited, named)
    yield from _compared(tokens(sentence, small), [tokens(quote, small) for quote in quotes])


def _dated(sentence: str, cited: Sequence[EvidenceSpan]) -> Iterator[Finding]:
    """Each date has to be stated; only its year may be the document's."""
    for date in undated(sentence, [span.citation.quote for span in cited]):
        text = sentence[date.start : date.end]
        without_year = [span for span in cited if any(date.is_part_of(other) for other in dates(span.citation.quote))]
        if any(_published(date.year, span) for span in without_year):
            yield Finding("partly", f"the year of {text} is the document's")
        else:
            yield Finding("not supported", f"the source does not state {text}")


def _published(year: int, span: EvidenceSpan) -> bool:
    """Whether a year is that of the document, by its date or title, and its quote states no other."""
    of_document = years(f"{span.citation.date or ''} {span.citation.title}")
    return year in of_document and not years(span.citation.quote)


def _counted(sentence: str, cited: Sequence[EvidenceSpan], named: Sequence[Name]) -> Iterator[Finding]:
    """Each number has to be stated with its unit and bound, of whom the sentence says it, or follow from two that are."""
    quotes = [unlinked(span.citation.quote) for span in cited]
    in_dates = [(date.start, date.end) for date in dates(sentence)]
    missing = unsupported(sentence, quotes)
    for quantity in quantities(sentence):
        if quantity.is_pronoun or any(start <= quantity.start < end for start, end in in_dates):
            continue
        if quantity in missing:
            sum_ = computed(sentence, quantity, quotes)
            if quantity.is_year and any(_published(int(quantity.value), span) for span in cited):
                yield Finding("partly", f"the year {quantity.text} is the document's")
            elif sum_ is None or not _directed(sentence, sum_, named, cited):
                yield Finding("not supported", f"the source does not state {quantity.text}")
            else:
                yield Finding("computed", f"{quantity.text} = {sum_}")
        elif not _belongs(quantity, named, cited):
            yield Finding("not supported", f"{quantity.text} is said of another")
        else:
            bounds = {other.bound for quote in quotes for other in quantities(quote) if quantity.matches(other)}
            if quantity.bound not in bounds:
                stated = " or ".join(filter(None, bounds)) or "exactly"
                reason = f"{quantity.bound or 'exactly'} {quantity.text} where the source says {stated} that"
                yield Finding("not supported" if quantity.bound else "partly", reason)


def _belongs(quantity: Quantity, named: Sequence[Name], cited: Sequence[EvidenceSpan]) -> bool:
    """Whether a number stands in a cited span about whom the sentence says it: the name nearest before it, or after."""
    before = [name for start, name in named if start < quantity.start]
    subject = before[-1] if before else named[0][1] if named else ""
    stating = [span for span in cited if not unsupported(quantity.text, [unlinked(span.citation.quote)])]
    return not stating or not subject or any(held(subject, span.context) for span in stating)


_UPWARD = re.compile(r"\b(more|higher|larger|bigger|greater|exceeds?|above)\b", re.IGNORECASE)
_DOWNWARD = re.compile(r"\b(less|fewer|lower|smaller|below)\b", re.IGNORECASE)


def _directed(sentence: str, sum_: Computation, named: Sequence[Name], cited: Sequence[EvidenceSpan]) -> bool:
    """Whether "X is 38 t larger than Y" names as X whoever has the larger number."""
    if sum_.sign != "-" or not named:
        return True
    larger, smaller = cited[sum_.first_source].context, cited[sum_.second_source].context
    subject = named[0][1]
    if _UPWARD.search(sentence):
        return held(subject, larger)
    return not _DOWNWARD.search(sentence) or held(subject, smaller)


def _compared(sentence: Sequence[Token], quotes: Sequence[Sequence[Token]]) -> Iterator[Finding]:
    """One name or number put for another of the quote, and whatever is negated or turned round."""
    changes = differences(sentence, quotes)
    for change in changes:
        for kind in ("name", "number", "date"):
            said = [token for token in change.said if token.kind == kind]
            source = [token for token in change.source if token.kind == kind]
            if said and source and not any(token.agrees(other) for token in said for other in source):
                yield Finding("not supported", f"“{said[0].text}” where the source says “{source[0].text}”")
    turned = flipped(sentence, quotes, changes)
    if turned:
        yield Finding("not supported", turned)
