"""A sentence cut to the clause that answers, where no word asked for and nothing that binds its claim is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.asked import Asked, holds_kind
from assistant.polarity import NEGATIONS
from assistant.types import Evidence, EvidenceSpan
from index.words import stems

_LEAD = re.compile(
    r"(?:According to [a-z ]{1,60}|Meanwhile|Moreover|Furthermore|Additionally|In addition|In particular|In short|In fact"
    r"|On the contrary), "
)
"""What only says how a sentence follows, or that somebody unnamed tells it. Who, when, where and "in my opinion" stay."""

_TAIL = re.compile(r"(?:, while |, whereas |; )(?!.*(?:, while |, whereas |; ))")
"""The start of the last clause that may stand alone."""

_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|does|do|did|says?|said|plans?|owns?|makes?|made|became|began)\b"
)
_SUBJECT = re.compile(r"(?:[Tt]he |[Aa]n? |[Ii]ts |[Tt]heir |[Oo]ur |\d)?[\w’'-]+")

_BINDS = NEGATIONS | frozenset(
    "may might could should if unless provided subject only except however but though although yet because so than up "
    "about approximately roughly almost nearly over under least most planned plan plans planning expected expect expects "
    "likely unlikely possible possibly perhaps probably reportedly allegedly believe think opinion estimate estimated "
    "estimates until pending depending assuming instead this that these those which it they respectively both each same "
    "former latter other another".split()
)
"""Words that say how far a claim holds, or that lean on the rest of the sentence: what has one of them stays."""

_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))

HALF = 0.5
"""The share of the query's words that have to stand in what is kept: with fewer, the answer may be in other words."""


def trimmed(wanted: Sequence[Asked], evidence: Evidence) -> Evidence:
    """The evidence with each sentence cut as far as is safe for every part asked for, its citation exactly the rest."""
    return replace(evidence, spans=tuple(_trimmed(wanted, span) for span in evidence.spans))


def _trimmed(wanted: Sequence[Asked], span: EvidenceSpan) -> EvidenceSpan:
    citation = span.citation
    start, end = clause(wanted, citation.quote)
    if (start, end) == (0, len(citation.quote)):
        return span
    cut = replace(citation, start=citation.start + start, end=citation.start + end, quote=citation.quote[start:end])
    return replace(span, citation=cut)


def clause(wanted: Sequence[Asked], sentence: str) -> tuple[int, int]:
    """The range `[start, end)` of a sentence that is left."""
    start, end = 0, len(sentence)
    if tail := _TAIL.search(sentence):
        kept, cut, beside = sentence[: tail.start()], sentence[tail.start() :], sentence[tail.end() :]
        if _is_whole(kept) and _is_whole(beside) and _can_go(wanted, cut, kept):
            end = tail.start()
    if lead := _LEAD.match(sentence):
        kept = sentence[lead.end() : end]
        if _is_whole(kept) and _can_go(wanted, lead[0], kept):
            start = lead.end()
    return start, end


def _is_whole(text: str) -> bool:
    """Whether a text has a subject and, some way after it, a finite verb."""
    subject = _SUBJECT.match(text.strip())
    return bool(subject and not _FINITE.match(text.strip()) and _FINITE.search(text.strip(), subject.end()))


def _can_go(wanted: Sequence[Asked], cut: str, kept: str) -> bool:
    """Whether a part holds nothing that is asked for or binds the rest, and the rest speaks of what is asked."""
    if frozenset(re.findall(r"[a-z]+", cut.lower())) & _BINDS or any(
        kept.count(opened) != kept.count(closed) for opened, closed in _PAIRS
    ):
        return False
    held, lost = stems(kept), stems(cut)
    asked = frozenset[str]().union(*(one.weights for one in wanted))
    if not asked or asked & lost or len(asked & held) < HALF * len(asked):
        return False
    return not any(one.kind != "statement" and holds_kind(one, cut) for one in wanted)
