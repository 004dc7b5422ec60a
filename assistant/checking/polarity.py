"""Whether a sentence says yes where its quotes say no, or rises where they fall."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.checking.alignment import Difference, Token
from index.passages.words import STOP_WORDS, stem

NEGATIONS = frozenset("not no never without none neither nor nobody nothing nowhere".split())

_DENIALS = (
    "fail refuse deny denied lack unable absent absence impossible reject avoid prevent except unlike instead rather"
    " unlikely cease stop cancel exclude oppose prohibit ban forbid forbidden unavailable disagree hardly barely few"
    " little less unknown until unless only nor but neither"
)
"""Words that may say without a negation what a sentence says with one."""

_ANTONYMS = (
    "began/ended began/finished began/stopped increase/decrease increase/reduce increase/decline increase/fall "
    "increase/drop rise/fall rose/fell risen/fallen grow/shrink grew/shrank grow/decline gain/lose gain/loss "
    "win/lose won/lost expand/contract expand/shrink strengthen/weaken raise/lower raise/cut improve/worsen "
    "higher/lower highest/lowest more/less more/fewer most/least better/worse best/worst above/below over/under "
    "before/after maximum/minimum open/close begin/end start/end start/finish begin/finish start/stop buy/sell "
    "bought/sold import/export accept/reject approve/reject allow/prohibit allow/forbid allow/forbidden "
    "allow/prevent permit/prohibit include/exclude succeed/fail success/failure add/remove enable/disable "
    "agree/disagree appear/disappear confirm/deny support/oppose north/south east/west northern/southern "
    "eastern/western male/female early/late earlier/later first/last old/new old/young older/younger large/small "
    "larger/smaller largest/smallest big/small long/short longer/shorter longest/shortest major/minor "
    "majority/minority public/private positive/negative profit/loss true/false present/absent always/never all/none "
    "all/some possible/impossible legal/illegal able/unable likely/unlikely valid/invalid required/optional "
    "internal/external inside/outside left/right ancient/modern born/died birth/death encourage/discourage "
    "continue/stop upgrade/downgrade domestic/foreign surplus/deficit advantage/disadvantage high/low fast/slow "
    "faster/slower strong/weak hot/cold near/far rich/poor same/different up/down common/rare many/few deep/shallow "
    "wide/narrow increase/lower rise/decline rise/drop rose/declined rose/dropped grew/fell grew/declined "
    "upper/lower active/passive inner/outer "
)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in _ANTONYMS.split():
        first, second = map(stem, pair.split("/"))
        found[first] = found.get(first, frozenset()) | {second}
        found[second] = found.get(second, frozenset()) | {first}
    return found


@lru_cache(maxsize=1)
def _denials() -> frozenset[str]:
    return frozenset(map(stem, _DENIALS.split()))


def flipped(sentence: Sequence[Token], quotes: Sequence[Sequence[Token]], changes: Sequence[Difference]) -> str:
    """What is turned round, in words; empty where nothing is. `changes` are those against the quote it follows most."""
    for change in changes:
        if len(_negations(change.said)) % 2 != len(_negations(change.source)) % 2 and not _denied(
            change.said, change.source
        ):
            return f"“{_text(change.said)}” where the source says “{_text(change.source)}”"
        for said in change.said:
            for token in change.source:
                if token.key in _opposites().get(said.key, ()) and said.key not in {t.key for t in change.source}:
                    return f"“{said.text}” where the source says “{token.text}”"
    source = [token for quote in quotes for token in quote]
    return _opposed(sentence, source) or ("" if changes else _flipped_in_scope(sentence, source))


MOSTLY = 0.8
"""A sentence with this share of telling words from its quotes says it with their words: an opposite is no other matter."""


def _opposed(sentence: Sequence[Token], source: Sequence[Token]) -> str:
    """An opposite of a word of the quotes, in a sentence made of their words in whatever order."""
    said, written = {token.key for token in sentence}, {token.key for token in source}
    if (said | written) & NEGATIONS:
        return ""
    for token in sentence:
        turned = _opposites().get(token.key, frozenset()) & written - said
        others = said - STOP_WORDS - {token.key}
        if turned and token.key not in written and len(others & written) >= MOSTLY * len(others):
            return f"“{token.text}” where the source says “{min(turned)}”"
    return ""


def _flipped_in_scope(sentence: Sequence[Token], quotes: Sequence[Token]) -> str:
    """For a sentence in its own words: a negation of what the quotes only affirm, or what they only negate affirmed."""
    said_negated, said_affirmed = _scoped(sentence)
    negated, affirmed = _scoped(quotes)
    if said_negated and not negated and not _denied(sentence, quotes) and said_negated & affirmed:
        return "negated, the source does not negate it"
    if negated and not said_negated and not _denied(sentence, quotes):
        turned = (negated - affirmed) & said_affirmed
        if len(turned) >= 2:
            return f"affirms what the source negates: {', '.join(sorted(turned))}"
    return ""


SCOPE = 3
"""Telling words after a negation that it is taken to turn round."""


def _scoped(found: Sequence[Token]) -> tuple[set[str], set[str]]:
    """The keys of telling words that a negation turns round, and of those that stand without one."""
    negated: set[str] = set()
    affirmed: set[str] = set()
    left = 0
    for token in found:
        if token.key in NEGATIONS:
            left = SCOPE
        elif token.key not in STOP_WORDS:
            (negated if left else affirmed).add(token.key)
            left = max(0, left - 1)
    return negated, affirmed


def _negations(found: Sequence[Token]) -> list[str]:
    return [token.key for token in found if token.key in NEGATIONS]


def _denied(sentence: Sequence[Token], source: Sequence[Token]) -> bool:
    """Whether either side has a word that may stand for a negation."""
    return any(token.key in _denials() for token in (*sentence, *source))


def _text(found: Sequence[Token]) -> str:
    return " ".join(dict.fromkeys(token.text for token in found)) or "…"
