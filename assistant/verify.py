"""A composed answer in, what stands of it out: each sentence is held against the very spans it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.quantities import computed, unsupported
from assistant.types import Answer, AnswerSpan, Evidence, EvidenceSpan, Verdict


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
    contexts = " ".join(span.context for span in cited).casefold()
    if any(name.casefold() not in contexts for name in names(sentence, evidence)):
        return None
    return "; ".join(sums)


def names(sentence: str, evidence: Evidence) -> list[str]:
    """The capitalised words of a sentence; its first one only if the evidence writes it so in mid-sentence."""
    found = re.findall(r"[^\W\d_][\w’'-]*", sentence)
    names_of_evidence = {word for span in evidence.spans for word in re.findall(r"(?<=[a-z,;] )[A-Z][\w-]+", span.context)}
    capitalised = [re.sub(r"[’']s?$", "", word) for word in found if word[0].isupper()]
    if capitalised and found[0][0].isupper() and capitalised[0] not in names_of_evidence:
        capitalised = capitalised[1:]
    return [word for word in capitalised if len(word) > 1]
