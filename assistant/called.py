"""Whom and what a query calls by name, and whether a text mentions that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.dates import MONTHS
from assistant.names import WORD, initials_of, same_name
from index.keyword import documents_with
from index.known_as import ELEMENTS
from index.library import Library
from index.words import STOP_WORDS, stem, stems

_OPENS = re.compile(r"(?:^|(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.?!:]\s+)(?:[\"“‘'(]\s*)?(?=\w)")
"""Where a sentence of a query starts."""

_NO_NAMES = frozenset(
    "and but or mr mrs ms dr sir president professor monday tuesday wednesday thursday friday saturday sunday".split()
) | frozenset(MONTHS)
"""Capitalised words that name nobody, or don't tell whom: a title may be left out."""


def called(query: str) -> tuple[str, ...]:
    """The names in a query, each a run of capitalised words, in order; a query all in capitals tells nothing.

    What opens a sentence is a name only if more than its first letter is a capital: "KZ capex?", not "List Korea Zinc's …".
    """
    if query.isupper():
        return ()
    opens = {found.end() for found in _OPENS.finditer(query)}
    runs: list[str] = []
    end = -2
    for word in re.finditer(r"[^\W_][\w&-]*", query):
        capital = word[0][0].isupper() and word[0].lower() not in STOP_WORDS | _NO_NAMES and len(word[0]) > 1
        if capital and (word.start() not in opens or not word[0][1:].islower()):
            if end == word.start() - 1 and query[end] == " ":
                runs[-1] += f" {word[0]}"
            else:
                runs.append(word[0])
            end = word.end()
    return tuple(dict.fromkeys(runs))


_ELSE = frozenset("lead iron gold silver platinum mercury".split())
"""Elements whose names often mean something else: a verb, a standard, a plan."""

_ELEMENTS = re.compile(rf"\b(?:{'|'.join(sorted({*ELEMENTS.values()} - _ELSE))}|aluminum|cesium)s?\b")
"""Chemical elements are names written small."""

SPELT_IN_TWO_WAYS = frozenset({"aluminium", "caesium"})
"""In Britain so, elsewhere "aluminum" and "cesium"."""


def elements(text: str) -> frozenset[str]:
    """The chemical elements that a text names, "zinc", not those in other names, "Korea Zinc"."""
    found = {name.removesuffix("s") for name in _ELEMENTS.findall(text)}
    return frozenset({"aluminum": "aluminium", "cesium": "caesium"}.get(name, name) for name in found)


def of_another(element: frozenset[str], text: str) -> bool:
    """Whether a text names elements and none of those asked for: what it says of gallium is not so of germanium."""
    return bool(element and elements(text)) and not any(one in text.lower() for one in element)


def mentions(text: str, name: str) -> bool:
    """Whether a text has each word of a name, in whatever form: China for Chinese, Korea Zinc for KZ."""
    held = stems(text)
    return all(stem(part.lower()) in held or _as_name(part, text) for part in name.split())


def _as_name(part: str, text: str) -> bool:
    plain = part.lower()
    return any(same_name(plain, other) for other in _names(text)) or (part.isupper() and initials_of(part, text))


@lru_cache(maxsize=2_000)
def _names(text: str) -> frozenset[str]:
    return frozenset(word[0].lower() for word in WORD.finditer(text) if word[0][0].isupper())


def mentioned(names: Sequence[str], passages: Mapping[str, Sequence[str]], library: Library) -> dict[str, frozenset[str]]:
    """For each document which of the names it mentions: in its `passages`, as texts by document id, or anywhere else."""
    found = {id_: {name for name in names if any(mentions(text, name) for text in own)} for id_, own in passages.items()}
    with library.engine.connect() as connection:
        for name in names:
            others = [id_ for id_, held in found.items() if name not in held]
            if others:
                held_by = [documents_with(connection, word, others) for word in name.split()]
                for id_ in frozenset.intersection(*held_by):
                    found[id_].add(name)
    return {id_: frozenset(held) for id_, held in found.items()}
