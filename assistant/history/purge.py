"""A stored answer in, the same answer without what it says of erased documents out. The conversation stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from assistant.types import Answer, AnswerSpan, Verdict

GONE = "(What stood here rested on a document that was removed.)"
"""In the place of a sentence, or of several in a row."""


def purged(answer: Answer, document_ids: Collection[str]) -> Answer:
    """The answer without the quotes of these documents and without the sentences that rest on them.

    Its notes go too, as they may say what the sources hold. An answer that cites none of them is returned as it is.
    """
    going = {one.number for one in answer.citations if one.document_id in document_ids}
    nearest = tuple(one for one in answer.nearest if one.document_id not in document_ids)
    if not going and nearest == answer.nearest:
        return answer
    text, end, moved = "", 0, dict[int, int]()
    spans: list[AnswerSpan] = []
    for span in answer.spans:
        before, end = answer.text[end : span.start], span.end
        cut = bool(going & set(span.numbers))
        if cut and text.endswith(GONE) and not before.strip():
            continue
        text += before
        start = len(text)
        text += GONE if cut else answer.text[span.start : span.end]
        if not cut:
            moved[span.start] = start - span.start
            spans.append(AnswerSpan(start, len(text), span.numbers))
    text += answer.text[end:]
    cited = {number for span in spans for number in span.numbers}
    return replace(
        answer,
        text=text or GONE,
        spans=tuple(spans),
        citations=tuple(one for one in answer.citations if one.number in cited),
        verdicts=tuple(_moved(one, moved[one.start]) for one in answer.verdicts if one.start in moved),
        nearest=nearest,
        notes=(),
    )


def _moved(verdict: Verdict, by: int) -> Verdict:
    return replace(verdict, start=verdict.start + by, end=verdict.end + by)
