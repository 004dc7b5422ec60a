"""The words of a refusal: that the documents do not say it, what of the question none says, and which comes nearest."""

from __future__ import annotations

from assistant.reading.missing import nowhere_in
from assistant.types import Evidence
from index.library.library import Library
from index.passages.words import words

NOT_SAID = "The documents do not say."


def refused_for(query: str, evidence: Evidence, lacking: str, library: Library) -> str:
    """What a refusal says: what was searched for, what of it no passage says, and which document comes nearest.

    `lacking` are the words of the query that the nearest passage lacks.
    """
    own = frozenset(words(lacking))
    nowhere = bool(own) and own <= nowhere_in(query, library)
    lines = [NOT_SAID, f"Searched for: {query}"]
    if nowhere:
        lines.append(f"No document mentions “{lacking}”.")
    if evidence.spans:
        title = " ".join(evidence.spans[0].citation.title.split())
        lacks = f"; it does not say what is asked of “{lacking}”" if lacking and not nowhere else ""
        lines.append(f"The nearest passage is from “{title}”{lacks}.")
    return "\n".join(lines)
