"""A composed answer in, what stands of it out: each sentence is held against the very spans it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.quantities import Computation, Quantity, computed, quantities, unsupported
from assistant.types import Answer, AnswerSpan, Evidence, EvidenceSpan, Verdict
from index.keyword import STOP_WORDS


def verify(answer: Answer, evidence: Evidence) -> Answer:
    """The answer without the sentences that fail; `removed` counts them, `verdicts` say why the others stand.

    A sentence stands if it cites something, every number and unit in it occurs in the spans it cites or is computed
    from two numbers there, and every name in it occurs in the passages around those spans.
    """
    by_number = {span.citation.number: span for span in evidence.spans}
    text, spans, verdicts, removed = "", [], [], 0
    for span in answer.spans:
        cited = [by_number[number] for number in span.numbers if number in by_number]
        sentence = answer.text[span.start : span.end]
        reason = _judge(sentence, cited, evidence)
        if reason is None:
            removed += 1
            continue
        text += " " if text else ""
        start = len(text)
        text += sentence
        spans.append(AnswerSpan(start, len(text), span.numbers))
        verdicts.append(Verdict(start, len(text), "computed" if reason else "supported", reason))
    used = {number for kept in spans for number in kept.numbers}
    return replace(
        answer,
        text=text,
        spans=tuple(spans),
        verdicts=tuple(verdicts),
        citations=tuple(citation for citation in answer.citations if citation.number in used),
        removed=removed,
    )


def _judge(sentence: str, cited: Sequence[EvidenceSpan], evidence: Evidence) -> str | None:
    """None if the sentence fails, else how its numbers were computed: empty where all are stated."""
    if not cited:
        return None
    quotes = [span.citation.quote for span in cited]
    named = names(sentence, evidence)
    if not all(any(_held(name, span.context) for span in cited) for _, name in named):
        return None
    missing = unsupported(sentence, quotes)
    sums = []
    for quantity in missing:
        sum_ = computed(sentence, quantity, quotes)
        if sum_ is None or not _directed(sentence, sum_, named, cited):
            return None
        sums.append(f"{quantity.text} = {sum_}")
    stated = [quantity for quantity in quantities(sentence) if quantity not in missing and not quantity.is_pronoun]
    if not all(_belongs(quantity, named, cited) for quantity in stated):
        return None
    return "; ".join(sums)


def _belongs(quantity: Quantity, named: Sequence[tuple[int, str]], cited: Sequence[EvidenceSpan]) -> bool:
    """Whether a number stands in a cited span about whom the sentence says it: the name nearest before it, or after."""
    before = [name for start, name in named if start < quantity.start]
    subject = before[-1] if before else named[0][1] if named else ""
    held = [span for span in cited if not unsupported(quantity.text, [span.citation.quote])]
    return not held or any(_held(subject, span.context) for span in held)


_UPWARD = re.compile(r"\b(more|higher|larger|bigger|greater|exceeds?|above)\b", re.IGNORECASE)
_DOWNWARD = re.compile(r"\b(less|fewer|lower|smaller|below)\b", re.IGNORECASE)


def _directed(sentence: str, sum_: Computation, named: Sequence[tuple[int, str]], cited: Sequence[EvidenceSpan]) -> bool:
    """Whether "X is 38 t larger than Y" names as X whoever has the larger number."""
    if sum_.sign != "-" or not named:
        return True
    larger, smaller = cited[sum_.first_source].context, cited[sum_.second_source].context
    subject = named[0][1]
    if _UPWARD.search(sentence):
        return _held(subject, larger)
    return not _DOWNWARD.search(sentence) or _held(subject, smaller)


def _held(name: str, context: str) -> bool:
    """Whether a context has the name as whole words, or each of its words written as a name."""
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", context, re.IGNORECASE):
        return True
    return set(_WORD.findall(name)) <= set(_WORD.findall(context))


def names(sentence: str, evidence: Evidence) -> list[tuple[int, str]]:
    """The names of a sentence with their offsets, in order: runs of capitalised words.

    A sentence's first word is no name if it is a word to open sentences with, or the evidence also writes it small.
    """
    small = {word for span in evidence.spans for word in _WORD.findall(span.context) if word[0].islower()}
    runs: list[list[tuple[int, str]]] = []
    end = -2
    for word in _WORD.finditer(sentence):
        text = re.sub(r"[’']s?$", "", word[0])
        first = not sentence[: word.start()].strip("“\"'(")
        opens = first and (text.lower() in STOP_WORDS or text.lower() in _OPENERS or text.lower() in small)
        if len(text) > 1 and text[0].isupper() and not opens:
            if end == word.start() - 1 and sentence[end] == " ":
                runs[-1].append((word.start(), text))
            else:
                runs.append([(word.start(), text)])
            end = word.start() + len(word[0]) if text == word[0] else -2  # a possessive ends a name
    return [(run[0][0], " ".join(text for _, text in run)) for run in runs]


_WORD = re.compile(r"[^\W\d_][\w’'-]*")

_OPENERS = frozenset(
    "according additionally after all also although among another as at based because before besides between both "
    "currently despite during each every finally first furthermore hence here however likewise meanwhile moreover most "
    "namely nevertheless next no now once other otherwise overall several since similarly such then therefore thus "
    "today under unlike until upon while within without yes yet".split()
)
