"""A draft in, an answer whose sentences rest on citations out. The program, not the model, decides what is a citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.facts.quantities import quantities, unsupported
from assistant.types import Answer, AnswerSpan, Evidence, EvidenceSpan
from index.embedding.embedder import Embedder
from index.passages.sentences import sentences
from index.passages.words import STOP_WORDS, stems

_MARKER = re.compile(
    r"[ \t]*[\[【]\s*(?:\^|#|sources?\s*)?(\d+(?:\s*(?:[,;–-]|and|&)\s*\d+)*)\s*(?:†[^\]】]*)?[\]】]", re.IGNORECASE
)
_HALF_MARKER = re.compile(r"[ \t]*[\[【][^\]】\n]{0,24}$")

MAX_SOURCES = 3
"""A sentence rests on at most this many citations."""

MIN_SUPPORT = 0.35
"""Below this mean of cosine and shared words the best evidence sentence is not taken as a sentence's source."""

MIN_GAIN = 0.2
"""A further source has to hold this share of a sentence's words and numbers that the earlier ones lack."""


def cite(draft: str, evidence: Evidence) -> Answer:
    """The draft without its markers, each sentence resting on the known ones of its markers; the others disappear.

    Works on any beginning of a draft: half a marker at its end is held back, and numbers never change as it grows.
    """
    known = {span.citation.number: span.citation for span in evidence.spans}
    text, marks = _without_markers(draft)
    spans = []
    for start, end in sentences(text):
        numbers = {n for position, found in marks if start < position <= end for n in found if n in known}
        spans.append(AnswerSpan(start, end, tuple(sorted(numbers))))
    return _with_spans(text, spans, evidence)


def attribute(answer: Answer, evidence: Evidence, embedder: Embedder) -> Answer:
    """The answer with a source for each sentence that has none, or whose sources lack one of its numbers.

    Sources are chosen by words, numbers and vectors; a sentence that nothing resembles stays without.
    """
    quotes = [span.citation.quote for span in evidence.spans]
    texts = [answer.text[span.start : span.end] for span in answer.spans]
    if not quotes or not texts:
        return answer
    cosines = embedder.spread(embedder.encode_documents(texts) @ embedder.encode_documents(quotes).T)
    spans = []
    for span, text, row in zip(answer.spans, texts, cosines, strict=True):
        cited = [s.citation.quote for s in evidence.spans if s.citation.number in span.numbers]
        numbers = span.numbers
        if not cited or unsupported(text, cited):
            numbers = _sources(text, evidence.spans, [float(cosine) for cosine in row]) or numbers
        spans.append(AnswerSpan(span.start, span.end, numbers))
    return _with_spans(answer.text, spans, evidence)


def _sources(sentence: str, spans: Sequence[EvidenceSpan], cosines: Sequence[float]) -> tuple[int, ...]:
    """The best span, then those that hold what it lacks of the sentence's words and numbers."""
    wanted = terms_of(sentence)
    held = [wanted & terms_of(span.citation.quote) for span in spans]
    total = sum(weight(term) for term in wanted) or 1
    support = [(sum(map(weight, terms)) / total + cosine) / 2 for terms, cosine in zip(held, cosines, strict=True)]
    best = max(range(len(spans)), key=support.__getitem__)
    if support[best] < MIN_SUPPORT:
        return ()
    chosen, covered = [best], held[best]
    while len(chosen) < MAX_SOURCES:
        gains = [sum(map(weight, terms - covered)) / total for terms in held]
        following = max(range(len(spans)), key=lambda i: (gains[i], support[i]))
        if gains[following] < MIN_GAIN:
            break
        chosen.append(following)
        covered |= held[following]
    return tuple(sorted(spans[i].citation.number for i in chosen))


def terms_of(text: str) -> frozenset[str]:
    """What says where a sentence comes from: the stems of its telling words, and its numbers."""
    words = frozenset(word for word in stems(text) if word not in STOP_WORDS and not word[0].isdigit())
    return words | {f"{quantity.value:g}" for quantity in quantities(text)}


def weight(term: str) -> int:
    """A number says more of where a sentence comes from than a word."""
    return 3 if term[0].isdigit() else 1


def _without_markers(draft: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """The text without markers, and for each the offset where it stood with the numbers it names."""
    draft = _HALF_MARKER.sub("", draft)
    text, marks, end = "", [], 0
    for marker in _MARKER.finditer(draft):
        text += draft[end : marker.start()]
        marks.append((len(text), _numbers(marker[1])))
        end = marker.end()
    text += draft[end:]
    while left := _MARKER.search(text):  # "[1[1]]" leaves one behind; it names nothing
        length = left.end() - left.start()
        marks = [(min(at, max(left.start(), at - length)), numbers) for at, numbers in marks]
        text = text[: left.start()] + text[left.end() :]
    return text, marks


def _numbers(inside: str) -> list[int]:
    """ "1, 3-5" names 1, 3, 4 and 5; a range too long to be meant names nothing."""
    numbers: list[int] = []
    for part in re.split(r"\s*(?:[,;]|and|&)\s*", inside):
        first, _, last = (piece.strip() for piece in re.sub("–", "-", part).partition("-"))
        if not first or len(first) > 4 or len(last) > 4:
            continue
        low, high = int(first), int(last or first)
        numbers += range(low, high + 1) if high - low < 20 else []
    return numbers


def _with_spans(text: str, spans: Sequence[AnswerSpan], evidence: Evidence) -> Answer:
    used = {number for span in spans for number in span.numbers}
    citations = sorted((s.citation for s in evidence.spans if s.citation.number in used), key=lambda c: c.number)
    return Answer(text=text, citations=tuple(citations), spans=tuple(spans))
