"""A name by its initials: "KZ" in a query is read as the one name of the library that is written so.

Only where the initials themselves occur nowhere in the library; a name counts where it stands whole, not as a part of a
longer one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache

from index.keyword import document_frequency
from index.library import Library
from index.words import STOP_WORDS

LEAST_OFTEN = 2
"""A name of two words has to stand this often: two initials alone fit too much."""

_INITIALS = re.compile(r"(?<![\w&’'.-])[A-Z]{2,6}(?![\w&.-])")
_NAME = re.compile(r"(?<![\w&’'.-])[A-Z][\w-]*(?: (?:(?:of|for|the|&) )?[A-Z][\w-]*)+")


def in_full(query: str, library: Library) -> str:
    """The query with initials that the library doesn't have as the name they stand for, if it has just one that fits."""
    found = list(_INITIALS.finditer(query))
    if not found:
        return query
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, [match[0].lower() for match in found])
    for match in reversed(found):
        if frequency[match[0].lower()] or match[0].lower() in STOP_WORDS:
            continue
        if len(names := _names(library, library.changes).get(match[0], ())) == 1:
            query = query[: match.start()] + names[0] + query[match.end() :]
    return query


@lru_cache(maxsize=2)
def _names(library: Library, changes: int) -> dict[str, tuple[str, ...]]:
    """The names of several words in the current versions, by their initials; read again after so many changes."""
    counts: Counter[str] = Counter()
    for document in library.documents():
        counts.update(_without_opening(name) for name in _NAME.findall(document.text))
    by_initials: dict[str, list[str]] = defaultdict(list)
    for name, n in counts.items():
        initials = re.sub(r"[^A-Z]", "", re.sub(r"(?<=\w)\w|-\w*", "", name))
        if len(initials) > 2 or n >= LEAST_OFTEN:
            by_initials[initials].append(name)
    return {initials: tuple(names) for initials, names in by_initials.items()}


def _without_opening(name: str) -> str:
    """A name without the word that only opens its sentence: "In China" is none."""
    first, _, rest = name.partition(" ")
    return re.sub(r"^(?:of|for|the|&) ", "", rest) if first.lower() in STOP_WORDS else name
