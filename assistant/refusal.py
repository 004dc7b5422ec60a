"""What a refusal says: what was searched for, what the nearest passage speaks of, and what of the question it lacks.

All words are the query's or the passage's own, but for the kind of thing asked for.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from assistant.asked import ASKING, Asked, Kind
from assistant.types import Evidence
from index.words import STOP_WORDS, stem, stems

NOT_SAID = "The documents do not say."

THINGS: dict[Kind, str] = {
    "amount": "the amount",
    "date": "the date",
    "person": "the person",
    "place": "the place",
    "reason": "the reason",
}
"""How the kinds of things asked for are called."""

MAX_WORDS = 12
"""The longest stretch of a passage shown to say what it speaks of; the passage itself stands below."""

MIN_WORDS = 3
"""A shorter stretch says less of a passage than its document's title."""

MAX_MISSING = 3
"""Words of the question named as missing at most, the rarest."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+[^\W_]*|[^\W_]+(?:[-’'.&][^\W_]+)*")


def refusal(query: str, wanted: Sequence[Asked], evidence: Evidence, nowhere: Sequence[str]) -> str:
    """The text; `nowhere` are the query's words that no document has."""
    lines = [NOT_SAID, f"Searched for: {', '.join(phrases(query)) or query}."]
    if nowhere:
        lines.append(f"No document mentions {_quoted(phrases(query, nowhere) or nowhere)}.")
    if evidence.spans:
        lines.append(f"{_nearest(wanted, evidence)}; {_lacks(query, wanted, evidence, nowhere)}.")
    return "\n".join(lines)


def phrases(query: str, among: Container[str] | None = None) -> list[str]:
    """The query's telling words as written, those that stand side by side as one; with `among`, only those of them."""
    found: list[str] = []
    end = len(query)
    for word in _WORD.finditer(query):
        plain = re.sub(r"[’']s?$", "", word[0]).lower()
        telling = plain not in STOP_WORDS or (len(plain) > 1 and word[0].isupper() and not query.isupper())
        if telling and (among is None or plain in among):
            if found and query[end : word.start()] in (" ", "-"):
                found[-1] += query[end : word.end()]
            else:
                found.append(word[0])
            end = word.end()
    return list(dict.fromkeys(re.sub(r"[’']s?$", "", phrase) for phrase in found))


def _nearest(wanted: Sequence[Asked], evidence: Evidence) -> str:
    nearest = evidence.spans[0]
    spoken_of = stretch(nearest.citation.quote, wanted)
    if len(spoken_of.split()) >= MIN_WORDS:
        return f"The nearest passage speaks of “{spoken_of}”"
    return f"The nearest passage is from “{' '.join(nearest.citation.title.split())}”"


def _lacks(query: str, wanted: Sequence[Asked], evidence: Evidence, nowhere: Sequence[str]) -> str:
    """That the kind of thing asked for isn't given, and which of the query's other words the passage doesn't hold."""
    things = list(dict.fromkeys(f"{THINGS[one.kind]} asked for" for one in wanted if one.kind in THINGS))
    held = stems(evidence.spans[0].context)
    missing = {
        word: one.weights.get(stem(word), 0.0)
        for one in wanted
        for word in one.words
        if stem(word) not in held and word not in nowhere and word not in ASKING
    }
    rarest = sorted(missing, key=lambda word: -missing[word])[:MAX_MISSING]
    words = _quoted(phrases(query, rarest))
    if things:
        given = f"{' and '.join(things)} {'is' if len(things) == 1 else 'are'} not given there"
        return f"{given}, nor is {words} mentioned" if words else given
    return f"it does not mention {words}" if words else "it does not say what is asked"


def stretch(sentence: str, wanted: Sequence[Asked]) -> str:
    """The words of a sentence, `MAX_WORDS` and their neighbours at most, that hold most of what is asked, verbatim."""
    weights = {stem_: weight for one in wanted for stem_, weight in one.weights.items()}
    named = {stem(name) for one in wanted for name in one.names}
    weights = {stem_: weight for stem_, weight in weights.items() if stem_ not in named} or weights
    found = list(_WORD.finditer(sentence))
    held = [frozenset(weights) & stems(word[0]) for word in found]
    places = [place for place, own in enumerate(held) if own]
    if not places:
        return ""

    def worth(first: int, last: int) -> tuple[float, int]:
        return sum(weights[one] for one in frozenset[str]().union(*held[first : last + 1])), first - last

    first, last = max(
        ((a, b) for a in places for b in places if a <= b < a + MAX_WORDS), key=lambda stretch: worth(*stretch)
    )
    while first and _side_by_side(sentence, found[first - 1], found[first]):
        first -= 1
    while last + 1 < len(found) and _side_by_side(sentence, found[last], found[last + 1]):
        last += 1
    return " ".join(sentence[found[first].start() : found[last].end()].split())


def _side_by_side(sentence: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether only a blank parts two words, neither of them one that joins phrases."""
    joins = {one[0].lower(), other[0].lower()} & STOP_WORDS
    return sentence[one.end() : other.start()] == " " and not joins


def _quoted(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)
