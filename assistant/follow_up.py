"""What a follow-up takes over from the query before it, and what a correction or a fragment replaces there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from assistant.asked import head_of
from assistant.called import elements
from assistant.leaning import OPENER, PRONOUN, telling
from assistant.names import all_names, held
from index.words import STOP_WORDS, stem

Alike = Callable[[str, str], float]
"""The likeness of two words in [-1, 1]."""

LIKE = 0.3
"""Two words of at least this likeness count as of one kind, such as the two metals germanium and gallium."""

MAX_CARRIED = 6
"""Words beside names that are taken over at most, so that a long chain of follow-ups can't grow."""


class Correction(NamedTuple):
    """The words that a question puts right, and those that were wrong, if it says them."""

    right: str
    wrong: str


def unlike(_one: str, _other: str) -> float:
    """No likeness of any two words."""
    return 0.0


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
        rest = _TAIL.sub("", rest)
    return bool(telling(rest)) and len(rest.split()) <= 6 and not _VERB.search(rest) and not _PRONOUN_ALONE.search(rest)


_TAIL = re.compile(r",? (?:there|too|then|as well|over there)(?=\s*[?.!]*$)", re.IGNORECASE)
"""What a fragment may end with: "gallium there?", "Japan as well?"."""

_STATES = 2
"""Telling words with which "people work there" says something of its own."""

_PRONOUN_ALONE = re.compile(
    r"\b(?:it|its|they|them|their|he|she|him|his|her|this|that|these|those|there|afterwards?|thereafter)\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEAR_BEFORE = re.compile(r"\b(?:the )?(?:year before|previous year|last year|prior year)\b", re.IGNORECASE)
_YEAR_AFTER = re.compile(r"\b(?:the )?(?:year after|next year|following year)\b", re.IGNORECASE)


def replaced(before: str, part: str, wrong: str, alike: Alike) -> str:
    """The query `before` with `part` in the place of `wrong`, or of its like; at its end where it has none."""
    part = _TAIL.sub("", OPENER.sub("", part.strip())).strip(" ?!.")
    part = _with_year(part, before)
    if asked_too := _ASKED_TOO.search(part):
        part = part[: asked_too.start()]
    own = re.sub(r"^(?:in|on|at|for|of|from|to|by|with|about|the|a|an) (?:the )?", "", part, flags=re.IGNORECASE)
    own = re.sub(r"(?<=\w) ones?$", "", own)
    if _WHEN.match(part) and (opening := _WHEN.match(before)):
        return f"{part[:1].upper()}{part[1:]}{before[opening.end() :]}"
    place = _stretch(before, wrong) or _of_element(before, own) or _like(before, own, alike, own == part)
    if place is None:
        return f"{before.rstrip(' ?.!')}, {part}?"
    start, end = place
    if _OWNED.match(before, end):
        own = _OWNED.sub("", own)
    return before[:start] + own + before[end:]


def _with_year(part: str, before: str) -> str:
    """A part that says "the year before" or "after" with the year that is meant, counted from the one in `before`."""
    year = _YEAR.search(before)
    if year and not _YEAR.search(part):
        for pattern, step in ((_YEAR_BEFORE, -1), (_YEAR_AFTER, 1)):
            part = pattern.sub(f"{'' if part.lower().startswith('in ') else 'in '}{int(year[0]) + step}", part)
    return part


_ASKED_TOO = re.compile(r"(?<=\w), (?:what|which|how|when|where|who|by how)\b.*$", re.IGNORECASE)
"""What a fragment asks behind its comma: "and germanium, what percentage?" asks the question before, of germanium."""

_WHEN = re.compile(
    r"^(?:where|when|why|how(?: (?:much|long|far|big|large|often))?|(?:in|on|at|since|for|from) (?:what|which) \w+)\b"
    r"(?= (?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b|$)",
    re.IGNORECASE,
)
"""What a question opens with that asks how, when or where something is."""

_OWNED = re.compile(r"['’]s?$|['’]s?(?= )")


def other_element(question: str, before: str, said: Sequence[str]) -> str:
    """The question with "the other metal" as the one that it means: the latest of what was `said` names just one other."""
    asked = elements(before)
    for text in reversed(said):
        if asked and len(others := elements(text) - asked) == 1:
            return _OTHER.sub("".join(others), question)
    return question


_OTHER = re.compile(r"\bthe other (?:metal|element|one)\b", re.IGNORECASE)


def compared(question: str, before: str) -> str:
    """The query `before` beside that of another, for "How does that compare with China's?"; else empty."""
    found = _COMPARED.match(question.strip())
    return f"{before.rstrip(' ?.!')} compared with {found['other']}" if found else ""


_COMPARED = re.compile(
    r"(?:and |but |so )?how (?:does|do|did) (?:that|it|this|they|those|these) compare (?:with|to|against) (?P<other>.+)",
    re.IGNORECASE,
)


def _stretch(before: str, wrong: str) -> tuple[int, int] | None:
    """Where the words of `wrong` stand in `before`, in any form of each."""
    wanted = [stem(word) for word in telling(wrong)]
    found = [word for word in re.finditer(r"\w+", before) if stem(word[0].lower()) in wanted]
    return (found[0].start(), found[-1].end()) if wanted and len(found) == len(wanted) else None


def _of_element(before: str, part: str) -> tuple[int, int] | None:
    """Where the one element stands that `before` asks about, with its thing if `part` has one: "germanium plant"."""
    asked, named = elements(before), elements(part)
    if len(asked) != 1 or len(named) != 1 or asked == named:
        return None
    thing = r"(?: [a-z]{3,}(?=[?.,]|$))?" if part.split()[-1].lower() not in named else ""
    found = re.search(rf"\b{re.escape(*asked)}\b{thing}", before)
    return found.span() if found else None


def _like(before: str, part: str, alike: Alike, bare: bool) -> tuple[int, int] | None:
    """Where something of the same kind as `part` stands in `before`: year for year, name for name, noun for like noun.

    For a `bare` part, one without a preposition, that may be what `before` counts or chooses from.
    """
    if years := list(_YEAR.finditer(before)) if _YEAR.fullmatch(part) else []:
        return years[-1].span()
    stretches = [(start, start + len(name)) for start, name in all_names(before) if name.lower() not in STOP_WORDS]
    if not part[:1].isupper():
        covered = {i for start, end in stretches for i in range(start, end)}
        stretches += [
            w.span()
            for w in re.finditer(r"(?<![\w-])[^\W\d]{3,}(?![\w-])", before)
            if w[0].lower() not in STOP_WORDS and w.start() not in covered
        ]
    last = (telling(part) or [part.lower()])[-1]
    scored = [(alike(last, before[start:end].split()[-1].lower()), (start, end)) for start, end in stretches]
    best = max(scored, default=(0.0, (0, 0)))
    if best[0] >= LIKE and stem(last) != stem(before[best[1][0] : best[1][1]].split()[-1].lower()):
        return best[1]
    if part[:1].isupper() and stretches:
        return stretches[0]
    head = head_of(before)
    if bare and not part[:1].isupper() and head and re.search(r"\b(?:how many|which)\b", before, re.IGNORECASE):
        return _stretch(before, " ".join(head))
    return None


def carried(question: str, before: str, answer: str = "") -> str:
    """The question, its pronoun replaced by the name it stands for, and in brackets what else `before` speaks of.

    Where `before` asked for a person, "he" is whom its `answer` names.
    """
    question = _with_year(OPENER.sub("", question.strip()), before)
    question = question[:1].upper() + question[1:]
    subject = _subject(before, question, answer)
    pronoun = PRONOUN.search(question)
    own = pronoun and re.search(r"(?<=\s)[A-Z]\w+", question[: pronoun.start()])
    if (
        subject
        and pronoun
        and not own
        and not pronoun[0].lower().startswith(("the ", "this", "that", "those", "these", "over"))
    ):
        if pronoun[0].lower() == "there":
            subject = f"{'in' if subject.rpartition(' ')[2] in _PLACES else 'at'} {subject}"
        owned = f"{subject}’s" if pronoun["possessive"] and not subject.endswith("s") else subject
        question = question[: pronoun.start()] + owned + question[pronoun.end() :]
    known = {stem(word) for word in (*telling(question), *re.findall(r"[\w-]+", question.lower()))}
    rest = _rest(before, known, bool(_YEAR.search(question)))
    if not rest:
        return question
    end = "?" if question.endswith("?") else ""
    return f"{question.rstrip(' ?.!')} ({rest}){end}"


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
            or (dated and _YEAR.fullmatch(bare))
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
    if head and not person and plural == head[-1].endswith("s"):
        return f"the {' '.join(head)}"
    own = [_with_noun(name, before) for _, name in all_names(before) if name.lower() not in STOP_WORDS]
    if person and re.match(r"whom?\b(?! (?:is|was) (?-i:[A-Z]))", before, re.IGNORECASE):
        return _person(before, answer)
    if person:
        return next((name for name in own if " " in name), own[0] if own else "")
    return own[0] if own else ""


def _with_noun(name: str, before: str) -> str:
    """ "the Russian company" for an adjective that stands before its noun; any other name as it is."""
    found = re.search(rf"\b{re.escape(name)} (?:[a-z]+)", before) if re.search(r"(?:an|ese|ish|ench)$", name) else None
    return f"the {found[0]}" if found else name


_PERSON = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w.’'-]*){1,2}")
"""A name of two or three words."""


def _person(before: str, answer: str) -> str:
    """Whom an answer names to a question for a person: the one with a title, or the only one; else empty."""
    found = [(start, name) for start, name in all_names(answer) if not held(name, before)]
    titled = [name for start, name in found if re.search(r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? $", answer[:start])]
    new = dict.fromkeys(name for _, name in found if _PERSON.fullmatch(name))
    return titled[0] if titled else next(iter(new), "") if len(new) == 1 else ""
