"""How long work takes yet, in words to be put behind how far it is."""

from __future__ import annotations


def seconds_left(share: float, seconds: float) -> float | None:
    """How long the rest takes where `share` of the work, in (0, 1], took `seconds`; None where nothing is done."""
    return seconds * (1 - share) / share if share > 0 else None


def left(share: float, seconds: float, passages: int = 0) -> str:
    """How fast an ingest is that took `seconds` for `passages` and `share` of its work, and how long it takes yet.

    To be put behind how it goes; empty at first.
    """
    return pace(passages / seconds) + duration(seconds_left(share, seconds)) if seconds > 2 else ""


def pace(passages_a_second: float | None) -> str:
    """ ", 12 passages/s", to be put behind how far something is; empty where it is not known."""
    return f", {passages_a_second:.2g} passages/s" if passages_a_second else ""


def duration(seconds: float | None) -> str:
    """ ", 3 min left", to be put behind how far something is; empty where it is not known."""
    if seconds is None:
        return ""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f", {seconds / size:.0f} {unit} left"
    return f", {seconds:.0f} s left"
