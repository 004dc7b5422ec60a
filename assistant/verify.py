"""A composed answer in, what stands of it out: each sentence is held against the very spans it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.quantities import computed, quantities, unsupported
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
    sums = []
    for quantity in unsupported(sentence, quotes):
        sum_ = computed(sentence, quantity, quotes)
        if not sum_:
            return None
        sums.append(f"{quantity.text} = {sum_}")
    named = names(sentence, evidence)
    if not all(any(_held(name, span.context) for span in cited) for _, name in named):
        return None
    if not sums and not _belongs(sentence, named, cited):
        return None
    return "; ".join(sums)


def _belongs(sentence: str, named: Sequence[tuple[int, str]], cited: Sequence[EvidenceSpan]) -> bool:
    """Whether each number stands in a cited span about whom the sentence says it: the name nearest before it, or after."""
    for quantity in quantities(sentence, words=False):
        offset = sentence.find(quantity.text)
        before = [name for start, name in named if start < offset]
        subject = before[-1] if before else named[0][1] if named else ""
        held = [span for span in cited if not unsupported(quantity.text, [span.citation.quote])]
        if held and not any(_held(subject, span.context) for span in held):
            return False
    return True


def _held(name: str, context: str) -> bool:
    """Whether a context has the name as it is, or each of its words written as a name."""
    return name.casefold() in context.casefold() or all(word in context for word in name.split())


def names(sentence: str, evidence: Evidence) -> list[tuple[int, str]]:
    """The names of a sentence with their offsets, in order: runs of capitalised words.

    The sentence's first word counts only if the evidence writes it so in mid-sentence, or another name's word follows.
    """
    written = {word for span in evidence.spans for word in re.findall(r"(?<=[a-z,;] )[A-Z][\w-]+", span.context)}
    found = [(run.start(), run[0]) for run in _NAME.finditer(sentence)]
    if found and found[0][0] == 0:
        first, _, rest = found[0][1].partition(" ")
        if not rest and first not in written:
            found = found[1:]
        elif rest and first.lower() in STOP_WORDS:
            found[0] = (len(first) + 1, rest)
    return found


_NAME = re.compile(r"\b[A-Z][\w-]+(?: [A-Z][\w-]+)*")
