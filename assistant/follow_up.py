"""What a follow-up takes over from the query before it; which questions correct it, and which are but a fragment."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.asked import head_of
from assistant.leaning import OPENER, PRONOUN, telling
from assistant.names import all_names, held
from assistant.replacing import TAIL, YEAR, with_year
from index.words import STOP_WORDS, stem

MAX_CARRIED = 6
"""Words beside names that are taken over at most, so that a long chain of follow-ups can't grow."""


class Correction(NamedTuple):
    """The words that a question puts right, and those that were wrong, if it says them."""

    right: str
    wrong: str


_NO = (
    r"(?:(?:no|nope|sorry|not that|wait|actually|pardon|i mean|oh)(?:[,.!:–-]\s*|\s+(?=(?:no|sorry|wait|i|we|not|the)\b)))+"
)
"""What opens a correction: with a comma or the like behind it, as "no plan was approved" puts nothing right."""
_CORRECTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:{_NO})?(?:i|we) (?:mean|meant|was asking|asked|am asking|was talking|wanted|want(?= to know)) "
        r"(?:about |to know (?:about )?|of )?"
        r"(?P<right>[^,;.?!]+?)(?:,? (?:and )?not (?:about |of )?(?P<wrong>[^,;.?!]+?))?[.!?]*$",
        rf"^(?:{_NO})?(?P<right>[^,;.?!]+?),? (?:i|we) (?:mean|meant)[.!?]*$",
        rf"^(?:{_NO})?not (?:about |of )?(?P<wrong>[^,;.?!]+?),? (?:but )?(?:about |of )?(?P<right>[^,;.?!]+?)[.!?]*$",
        rf"^(?:{_NO})?(?P<right>[^,;.?!]+?),? (?:and )?not (?:about |of )?(?P<wrong>[^,;.?!]+?)[.!?]*$",
        rf"^{_NO}(?P<right>(?:the |about )?\w+(?:[ -]\w+){{0,3}})[.!]*$",
    )
)
_LONGEST_CORRECTION, _LONGEST_IN_CHARACTERS = 14, 200
"""Words and characters. A longer text is a question of its own."""


def correction(question: str) -> Correction | None:
    """What a question such as "no, I meant the plant" puts right; None where it is no correction."""
    if len(question) > _LONGEST_IN_CHARACTERS or len(question.split()) > _LONGEST_CORRECTION:
        return None
    if re.match(r"(?:who|what|when|where|why|how|which)\b", question, re.IGNORECASE):
        return None
    for pattern in _CORRECTIONS:
        if found := pattern.search(question.strip()):
            given = found.groupdict()
            right = _bare(given["right"])
            return Correction(right, _bare(given.get("wrong") or "")) if telling(right) else None
    return None


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:the|about|of|that of|for) ", "", phrase.strip(), flags=re.IGNORECASE)


_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|am|be|who|why|when|where|tell|give|explain"
    r"|show|list|describe|came|comes?|goes|went)\b|['’]s (?:the|a|it|that)\b",
    re.IGNORECASE,
)


def is_fragment(question: str) -> bool:
    """Whether a question has no verb and no pronoun: "And gallium?", "What about the other metal?", "and in 2025?"."""
    rest = OPENER.sub("", question.strip())
    if len(telling(rest)) < _STATES:
        rest = TAIL.sub("", rest)
    return bool(telling(rest)) and len(rest.split()) <= 6 and not _VERB.search(rest) and not _PRONOUN_ALONE.search(rest)


_STATES = 2
"""Telling words with which "people work there" says something of its own."""

_PRONOUN_ALONE = re.compile(
    r"\b(?:it|its|they|them|their|he|she|him|his|her|this|that|these|those|there|afterwards?|thereafter)\b", re.IGNORECASE
)


def carried(question: str, before: str, answer: str = "") -> str:
    """The question, its pronoun replaced by the name it stands for, and in brackets what else `before` speaks of.

    Where `before` asked for a person, "he" is whom its `answer` names.
    """
    question = OPENER.sub("", question.strip())
    question = question if _OUR_YEAR.search(question) else with_year(question, before)
    question = question[:1].upper() + question[1:]
    subject = _subject(before, question, answer)
    pronoun = PRONOUN.search(question)
    own = pronoun and re.search(r"(?<=\s)[A-Z]\w+", question[: pronoun.start()])  # whom it stands for
    if subject and pronoun and not own and not pronoun[0].lower().startswith(_POINTING):
        if pronoun[0].lower() == "there":
            subject = f"{'in' if subject.rpartition(' ')[2] in _PLACES else 'at'} {subject}"
        owned = f"{subject}’s" if pronoun["possessive"] and not subject.endswith("s") else subject
        question = question[: pronoun.start()] + owned + question[pronoun.end() :]
    known = {stem(word) for word in (*telling(question), *re.findall(r"[\w-]+", question.lower()))}
    rest = _rest(before, known, bool(YEAR.search(question)))
    if not rest:
        return question
    end = "?" if question.endswith("?") else ""
    return f"{question.rstrip(' ?.!')} ({rest}){end}"


_POINTING = ("the ", "this", "that", "those", "these", "over")
"""How a pronoun begins that no name takes the place of."""

_OUR_YEAR = re.compile(r"\b(?:last|next) year\b", re.IGNORECASE)
"""A year counted from today, in a question of its own."""


def _rest(before: str, held: set[str], dated: bool) -> str:
    """The telling words of `before` as written, without those in `held`, and without its year where `dated`.

    Of a title in quotation marks only the names are taken: its other words say what a text tells, not what was asked.
    """
    named = {part for _, name in all_names(before) for part in name.split()}
    titles = [title.span() for title in re.finditer("“[^”]*”", before)]
    kept: list[str] = []
    plain = 0
    for word in re.finditer(r"\w[\w-]*", before):
        bare = word[0].lower()
        if (
            bare in STOP_WORDS
            or bare in _ASKING
            or stem(bare) in held
            or (dated and YEAR.fullmatch(bare))
            or word[0] in kept
            or (word[0] not in named and any(start <= word.start() < end for start, end in titles))
        ):
            continue
        if word[0] not in named:
            plain += 1
            if plain > MAX_CARRIED:
                continue
        kept.append(word[0])
    return " ".join(kept)


_ASKING = frozenset(
    "kind kinds type types sort many much long old tell give explain describe list name show know please thanks sorry mean "
    "also still like get really back summary summarise summarize overview compare".split()
)


_AGENTS = frozenset("company firm group agency ministry organisation organization producer bank club team band who".split())


_PLACES = frozenset("country region city town province state county district place area island".split())


def _subject(before: str, question: str, answer: str) -> str:
    """What a pronoun of `question` stands for: the thing that `before` asked for, else its first name; empty if neither."""
    head = head_of(before) if re.match(r"(?:at |in |on )?which\b", before, re.IGNORECASE) else ()
    plural = bool(re.search(r"\b(?:they|them|their|theirs)\b", question, re.IGNORECASE))
    person = bool(re.search(r"\b(?:he|she|him|his|her|hers)\b", question, re.IGNORECASE))
    agent = next((place for place, word in enumerate(head) if word in _AGENTS), None)
    if agent is not None and not person:
        return f"the {' '.join(head[: agent + 1])}"
    if head and not person and not plural and not head[-1].endswith("s"):
        return f"the {' '.join(head)}"
    own = [_with_noun(name, before) for _, name in all_names(before) if name.lower() not in STOP_WORDS]
    if person and re.match(r"whom?\b(?! (?:is|was) (?-i:[A-Z]))", before, re.IGNORECASE):
        return _person(before, answer)
    if person:
        return next((name for name in own if " " in name), own[0] if own else "")
    return own[0] if own else ""


def _with_noun(name: str, before: str) -> str:
    """ "the Russian company" for a name that stands before such a noun; any other as it is."""
    found = re.search(rf"\b{re.escape(name)} (?:{'|'.join(_AGENTS | _PLACES)})\b", before)
    return f"the {found[0]}" if found else name


_PERSON = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w.’'-]*){1,2}")
"""A name of two or three words."""


def _person(before: str, answer: str) -> str:
    """Whom an answer names to a question for a person: the one with a title, or the only one; else empty."""
    found = [(start, name) for start, name in all_names(answer) if not held(name, before)]
    titled = [name for start, name in found if re.search(r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? $", answer[:start])]
    new = dict.fromkeys(name for _, name in found if _PERSON.fullmatch(name))
    return titled[0] if titled else next(iter(new), "") if len(new) == 1 else ""
