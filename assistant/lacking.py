"""Whether the best sentences lack what a question asks for, however much else of it they say: then none is an answer."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asked import Asked
from assistant.dates import years
from assistant.signals import Statement
from index.embed import Embedder
from index.likeness import Likeness

SENTENCES = 3
"""How many of the best are looked at: as many as are quoted."""

NOTHING_LIKE = 0.3
"""A likeness below which nothing of a word's meaning is there."""

HALF = 0.5
"""The share of the words that say what about, at least, that has to be lacking beside the thing asked for."""


def lacks_asked(wanted: Asked, found: Sequence[Statement], quotes: Sequence[str], embedder: Embedder) -> bool:
    """Whether the year asked for is in no passage found, or the form asked for, or the thing itself, in no quote.

    `found` is best first and not empty, `quotes` are the sentences of the first. "What purity grade will it have?" has no
    answer in sentences that say nothing like purity or grade, and little else of what it asks; "When was it founded?" none
    in sentences that say nothing of what it asks.
    """
    if not years(wanted.query) <= frozenset().union(*(years(one.context) for one in found)):
        return True
    if min(one.signals.form_missed for one in found[:SENTENCES]) > 1 - NOTHING_LIKE:
        return True
    likeness = Likeness(wanted.words, embedder)(" ".join(quotes))
    lacking = [place for place in wanted.content if likeness[place] < NOTHING_LIKE]
    thing = [likeness[place] for place in wanted.head]
    if not thing and wanted.kind in ("amount", "date") and wanted.content:
        return len(lacking) == len(wanted.content)
    return bool(thing) and max(thing) < NOTHING_LIKE and len(lacking) >= HALF * len(wanted.content)
