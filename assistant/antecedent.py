"""Whom a sentence's opening "It", "They", "He" or "The company" stands for, by what precedes it; nobody where unsure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.names import names, small_words
from assistant.types import EvidenceSpan
from index.sentences import sentences
from index.words import STOP_WORDS, stem

_PRONOUN = re.compile(
    r"(?:(?P<it>It)|(?P<they>They)|(?P<he>He|She)|(?P<company>(?:The|This) (?:company|firm|group|corporation)))\b(?!['’])"
)

_IS_ABOUT_NOTHING = re.compile(
    r"It(?:'s|’s)?(?:\s+(?:is|was|has|had|will|would|may|might|can|be|been|seems?|appears?|takes?|took|remains?|turns?|follows?))+\b"
    r"(?:\s+[\w-]+){0,5}?\s+(?:that|to|whether|how|if|who|which|when|where|why|not)\b"
)
""" "It is clear that", "It takes years to": this "it" stands for nobody."""

_AGENT = re.compile(
    r"\w+(?: \w+)?? (?:(?:also|now|currently|already|recently|has|have|had|will|would|plans? to|is|was) )*"
    r"(?:invest|plan|sign|announce|own|employ|operate|aim|acquire|buy|bought|sell|sold|hire|build|built|launch|appoint|intend)"
    r"(?:s|ed|ned|ing|ning|d)?\b"
)
"""What only a company or person does: the "it" is no metal."""

_VERB = (
    r"(?:is|was|has|had|are|were|have|will|would|can|could|may|might|must|should|does|do|did|[a-z]{3,}ed|said|says|plans?"
    r"|aims?|owns?|makes?|made|produces?|operates?|employs?|signs?|began|begins?|won|holds?|held|sells?|sold|buys?|bought"
    r"|builds?|built|leads?|led|runs?|ran|became|becomes?|wants?|needs?|expects?|intends?|offers?|provides?|supplies|grew"
    r"|rose|fell|went|took|gave|wrote|plays?|exploits?)\b"
)
_WORD = r"[A-Z][\w&.’'-]*(?<![.’'])(?<!['’]s)"
_NAME = rf"{_WORD}(?: (?:of |& )?{_WORD})*(?:,? (?:Co|Inc|Ltd|Corp|LLC)\b\.?)*"
_SUBJECT = re.compile(
    rf"(?:The )?(?P<title>(?:Mr|Mrs|Ms|Dr|Sir)\.? )?(?P<name>{_NAME})(?P<more> and {_NAME})?(?P<beside>, [^.;:]{{1,90}}?,)? "
    rf"(?:(?:also|now|currently|already|recently|[a-z]+ly) )?(?P<verb>{_VERB})"
)
_OPENING = re.compile(
    r"(?:In|On|At|By|For|From|After|Before|During|Since|Under|With|As|Despite|Following|Until|Through|Today|Now|Then|Later"
    r"|However|Moreover|Meanwhile|Also|Overall|Currently|Recently|Finally|Furthermore|According to)\b[^,;:]{0,70}, "
)
_SPEAKER = re.compile(r"[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}: ")
_ROLE = re.compile(
    r"\b(?:director|head|president|chief|manager|officer|minister|chair\w*|founder|singer|actor|actress|author|writer"
    r"|professor|player|analyst|spokes\w+|secretary|governor|king|queen|artist|scientist|engineer)\b"
)
_PLURAL = ("are", "were", "have", "do")


@dataclass(frozen=True, slots=True)
class _Subject:
    """A sentence's subject as written, and what tells whom a pronoun may mean; `others` are further names beside it."""

    name: str
    plural: bool
    person: bool
    common: bool
    others: bool


def antecedent(span: EvidenceSpan) -> str:
    """The words of the passage that the sentence's opening pronoun stands for; empty where it has none, or unsure."""
    return meant(span.citation.quote, span.context, span.citation.title, span.citation.place)


def meant(quote: str, context: str, title: str, place: str) -> str:
    """The same of a sentence in its passage, `context`, which its document's title and its heading precede."""
    pronoun = _PRONOUN.match(quote)
    before, found, _ = context.partition(quote)
    if not pronoun or not found or _IS_ABOUT_NOTHING.match(quote):
        return ""
    acts = bool(_AGENT.match(quote))
    small = small_words([context])
    for sentence in _preceding(before.removeprefix(f"{title}\n{place}\n"), title):
        if other := _PRONOUN.match(sentence):
            if other.lastgroup != pronoun.lastgroup and {other.lastgroup, pronoun.lastgroup} != {"it", "company"}:
                return ""
            continue
        subject = _subject(sentence, small)
        if subject is None:
            return ""
        if subject.common and (pronoun["company"] or acts):
            continue  # metals don't invest
        topic = bool(re.search(rf"(?<!\w){re.escape(subject.name)}(?!\w)", title))
        sure = topic or acts or not subject.others
        return subject.name if sure and _agrees(subject, str(pronoun.lastgroup), quote, context) else ""
    return ""


def _preceding(text: str, title: str) -> Iterator[str]:
    """The sentences before, the nearest first, within what one speaker says; then the title."""
    for start, end in reversed(sentences(text)):
        sentence = " ".join(text[start:end].split())
        speaker = _SPEAKER.match(sentence)
        yield sentence[speaker.end() :] if speaker else sentence
        if speaker:
            return
    yield title


def _subject(sentence: str, small: frozenset[str]) -> _Subject | None:
    """The subject, if it is a name or a capitalised noun right before the verb; None for all else."""
    sentence = re.sub(r" ?\([^()]*\)", "", sentence)
    for _ in range(2):
        opening = _OPENING.match(sentence)
        sentence = sentence[opening.end() :] if opening else sentence
    found = _SUBJECT.match(sentence)
    if not found or found["name"].lower() in STOP_WORDS:
        return None
    own = found["name"] + (found["more"] or "")
    title = found["title"] or ""
    return _Subject(
        name=(title + own).strip(),
        plural=bool(found["more"]) or found["verb"] in _PLURAL,
        person=bool(title) or bool(_ROLE.search(found["beside"] or "")) or _is_person(sentence[found.start("verb") :]),
        common=all(stem(word.lower()) in small for word in own.split()),
        others=bool(names("It " + sentence[found.end() :], small)),
    )


def _is_person(predicate: str) -> bool:
    """Whether a sentence goes on "is an American actor"."""
    said = re.match(r"(?:is|was) (?:an?|the) [^.,;]{0,60}", predicate)
    return bool(said and _ROLE.search(said[0]))


def _agrees(subject: _Subject, pronoun: str, quote: str, context: str) -> bool:
    """Whether the pronoun may stand for the subject by number and by what it is."""
    if pronoun == "he":
        return subject.person and not subject.plural
    if pronoun == "they":
        return subject.plural
    if subject.plural or subject.person:
        return False
    if pronoun == "it":  # a noun has to go on as the subject: "Germanium is … It is also …"
        return not subject.common or bool(re.match(r"It (?:\w+ )?also\b", quote))
    place = re.search(rf"\b(?:in|from|across|within) (?:the )?{re.escape(subject.name)}\b", context)
    return not subject.common and not place
