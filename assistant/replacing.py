"""What a fragment or correction puts in the place of its like in the query before it: year for year, metal for metal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.asked import head_of
from assistant.called import elements
from assistant.leaning import OPENER, telling
from assistant.names import all_names
from index.words import STOP_WORDS, stem

Alike = Callable[[str, str], float]
"""The likeness of two words in [-1, 1]."""

LIKE = 0.3
"""Two words of at least this likeness count as of one kind, such as the two metals germanium and gallium."""


def unlike(_one: str, _other: str) -> float:
    """No likeness of any two words."""
    return 0.0


TAIL = re.compile(r",? (?:there|too|then|as well|over there)(?=\s*[?.!]*$)", re.IGNORECASE)
"""What a fragment may end with: "gallium there?", "Japan as well?"."""

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BY = r"(?P<by>\b(?:in|from|than|for|of|to|with) (?:in )?|\b)(?:the )?"
_YEAR_BEFORE = re.compile(rf"{_BY}(?:year before|previous year|last year|prior year)\b(?! of\b|['’])", re.IGNORECASE)
_YEAR_AFTER = re.compile(rf"{_BY}(?:year after|next year|following year)\b(?! of\b|['’])", re.IGNORECASE)


def replaced(before: str, part: str, wrong: str, alike: Alike) -> str:
    """The query `before` with `part` in the place of `wrong`, or of its like; at its end where it has none."""
    part = TAIL.sub("", OPENER.sub("", part.strip())).strip(" ?!.")
    part = with_year(part, before)
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


def with_year(part: str, before: str) -> str:
    """A part that says "the year before" or "after" with the year that is meant, counted from the one in `before`."""
    year = YEAR.search(before)
    if year and not YEAR.search(part):
        for pattern, step in ((_YEAR_BEFORE, -1), (_YEAR_AFTER, 1)):
            if found := pattern.search(part):
                part = f"{part[: found.start()]}{found['by'] or 'in '}{int(year[0]) + step}{part[found.end() :]}"
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
    """The question with "the other metal" as what it means: the one other that the last text of `said` to name one names."""
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
    if len(part.split()) > 2 or len(asked) != 1 or len(named) != 1 or asked == named:
        return None
    thing = r"(?: [a-z]{3,}(?=[?.,]|$))?" if part.split()[-1].lower() not in named else ""
    found = re.search(rf"\b{re.escape(*asked)}\b{thing}", before)
    return found.span() if found else None


def _like(before: str, part: str, alike: Alike, bare: bool) -> tuple[int, int] | None:
    """Where something of the same kind as `part` stands in `before`: year for year, name for name, noun for like noun.

    For a `bare` part, one without a preposition, that may be what `before` counts or chooses from.
    """
    if years := list(YEAR.finditer(before)) if YEAR.fullmatch(part) else []:
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
