"""A question that takes for granted what the documents contradict: the sentence that says otherwise. Only where sure.

"Why did gallium fall?" where they say it rose; "its capacity of 100 t" where they say 50 t; "founded in 2010" where they
say 2016; "how does Russia intend …" where they say it is not intended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.alignment import tokens
from assistant.dates import years
from assistant.names import all_names, held, names, small_words
from assistant.polarity import NEGATIONS, flipped
from assistant.quantities import Quantity, quantities
from assistant.quote import shown
from assistant.types import Answer, AnswerSpan, Evidence, EvidenceSpan
from index.words import STOP_WORDS, stem, stems, words

SAYS_OTHERWISE = "The documents say otherwise:"

MOSTLY = 0.8
"""The share of the question's words that have to stand in a sentence or its passage to be about the same."""

MUCH = 0.7
"""The same of a sentence that negates, in itself: it has two of the words in the reach of its negation besides."""

SHARED = 2
"""Words that question and sentence have to share beside names and the two opposed: with one, it may be another plant."""

ROUNDED = 0.1
"""Amounts nearer than this may be one, rounded."""

_TAKES_FOR_GRANTED = re.compile(
    r"\b(?:why|when|how (?:does|did|do|is|was|were|long|many of)|for (?:which|what) reasons?)\b"
    r"|\bwhat (?:made|caused|led|reasons?)\b|^since\b|\bhas been\b[^?]*:",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:after|before|if|when|while|where|during|only)\b", re.IGNORECASE)
"""What may make a negation hold in one case alone."""

_FRAME = frozenset(
    map(stem, "long last reason reasons give made make get getting happen cause explain down off out".split())
)

_OPPOSED = tuple(
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        (
            "rise rose risen rising increase grow grew grown gain gained climb jump jumped surge expand",
            "fall fell fallen drop dropped decline decrease lose lost shrink shrank shrunk reduce cut cheaper",
        ),
        (
            "cancel cancelled shut close closed stop stopped cease suspend halt abandon scrap",
            "operating operates build push continue",
        ),
    )
)
"""What goes up and what goes down, what ends and what goes on."""

_UNIQUE = re.compile(r"\b(?:found(?:ed|ing)|establish\w*|incorporat\w*|born|died|built)\b", re.IGNORECASE)
"""What happens once, so that another year contradicts."""


_FIRST = re.compile(r"\b(?:the (?:world['’]s )?(?:largest|biggest|leading)|number one|no\. 1)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:second|third|fourth|fifth)[ -](?:largest|biggest)\b", re.IGNORECASE)


def contradiction(query: str, evidence: Evidence) -> EvidenceSpan | None:
    """The sentence that says otherwise than the question takes for granted; the best, if there is one."""
    if not _TAKES_FOR_GRANTED.search(query) or _negates(query):
        return None
    near = [span for span in evidence.spans if _about(query, span)]
    for check in (_other_value, _other_year, _other_rank, _other_way):
        for span in near:
            if check(query, span, evidence.spans):
                return span
    return next((span for span in near if _negated(query, span)), None)


def corrected_by(span: EvidenceSpan) -> Answer:
    """The answer that says so and quotes the sentence."""
    text = f"{SAYS_OTHERWISE}\n{shown(span)}"
    start = len(SAYS_OTHERWISE) + 1
    return Answer(text=text, citations=(span.citation,), spans=(AnswerSpan(start, len(text), (span.citation.number,)),))


def _about(query: str, span: EvidenceSpan) -> bool:
    """Whether a sentence names all that the question names, or its passage does and the sentence names nobody else."""
    small = small_words([span.context])
    quote = span.citation.quote
    asked_about = [name for _, name in names(query, small)]
    if all(held(name, quote) for name in asked_about):
        return True
    others = [name for _, name in names(quote, small) if not held(name, query)]
    return not others and all(held(name, span.context) for name in asked_about)


def _negates(text: str) -> bool:
    return any(token.key in NEGATIONS for token in tokens(text, frozenset()))


def _coverage(terms: frozenset[str], text: str) -> float:
    return len(terms & stems(text)) / len(terms) if terms else 0.0


def _terms(query: str) -> frozenset[str]:
    """The stems of the question's words that say what it is about."""
    return frozenset(stem(word) for word in words(query) if word not in STOP_WORDS) - _FRAME


def _other_value(query: str, span: EvidenceSpan, all_: Sequence[EvidenceSpan]) -> bool:
    """Whether "germanium capacity of 100 t" meets "germanium capacity of 50t", and 100 t stands nowhere."""
    claimed = [q for q in quantities(query) if q.unit and not q.bound and not q.is_pronoun]
    if not years(query) <= years(span.citation.quote):
        return False
    for claim in claimed:
        if any(claim.matches(q) and q.unit for one in all_ for q in quantities(one.context)):
            continue
        attribute = _before(query, claim)
        for stated in quantities(span.citation.quote):
            same = stated.unit == claim.unit and len(attribute & _before(span.citation.quote, stated)) >= 2
            if same and not stated.bound and abs(stated.value - claim.value) > ROUNDED * max(stated.value, claim.value):
                return True
    return False


def _before(text: str, quantity: Quantity) -> frozenset[str]:
    """The telling words among the four before a quantity."""
    return frozenset(stem(w) for w in re.findall(r"[a-z]{3,}", text[: quantity.start].lower())[-4:] if w not in STOP_WORDS)


def _other_year(query: str, span: EvidenceSpan, all_: Sequence[EvidenceSpan]) -> bool:
    """Whether what happens once is said of another year, and the question's stands nowhere."""
    claimed, stated = years(query), years(span.citation.quote)
    event, told = _UNIQUE.search(query), _UNIQUE.search(span.citation.quote)
    if not (claimed and stated and event and told) or any(claimed & years(one.context) for one in all_):
        return False
    terms = frozenset(term for term in _terms(query) if not term[0].isdigit())
    return stem(event[0].lower()) == stem(told[0].lower()) and _coverage(terms, span.context) == 1.0


def _other_rank(query: str, span: EvidenceSpan, all_: Sequence[EvidenceSpan]) -> bool:
    """Whether the one that the question calls the first opens the sentence as second or third."""
    first, later = _FIRST.search(query), _LATER.search(span.citation.quote)
    named = [name for _, name in names(query, small_words([span.context]))]
    opens = any(span.citation.quote.startswith(f"{name} is ") for name in named)
    rest = _terms(_FIRST.sub(" ", query))
    return bool(first and later and opens) and len(rest) > SHARED and _coverage(rest, span.citation.quote) == 1.0


def _other_way(query: str, span: EvidenceSpan, all_: Sequence[EvidenceSpan]) -> bool:
    """Whether it went up in the documents where the question says down, or goes on where it says ended."""
    terms = _terms(query)
    named = frozenset(stem(word.lower()) for _, name in all_names(query) for word in name.split())
    quote = stems(span.citation.quote)
    if _negates(span.citation.quote):
        return False
    for one, other in _OPPOSED:
        for said, against in ((one, other), (other, one)):
            if not terms & said or terms & against or not quote & against:
                continue
            rest = terms - said
            same = [s for s in all_ if stems(s.citation.quote) & said and _coverage(rest, s.citation.quote) >= 0.5]
            if not same and len((rest & quote) - named) >= SHARED and _coverage(rest, span.context) >= MOSTLY:
                return _coverage(rest, span.citation.quote) >= 0.5
    return False


def _negated(query: str, span: EvidenceSpan) -> bool:
    """Whether the sentence negates, in the question's own words, what that affirms."""
    if _CONDITION.search(span.citation.quote) or _coverage(_terms(query), span.citation.quote) < MUCH:
        return False
    small = small_words([span.context])
    return bool(flipped(tokens(query, small), [tokens(span.citation.quote, small)], []))
