"""The title that a file states, where it says something of what is in the file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

LONGEST = 300
"""Characters of a title that are looked at, and kept."""


def telling(stated: str) -> str:
    """A title without what a printer's driver puts around it; empty where it is only what programs put there."""
    stated, words = stated.strip()[:LONGEST], _words()
    if _says_nothing(stated):
        return ""
    for before in words["before"]:
        stated = stated[len(before) :] if stated.lower().startswith(before) else stated
    after = next((end for end in sorted(words["after"], key=len, reverse=True) if stated.lower().endswith(end)), "")
    stated = stated[: len(stated) - len(after)]
    return "" if _says_nothing(stated) else stated


def _says_nothing(title: str) -> bool:
    plain = title.lower().strip("()[]<>\"' ")
    return plain in _words()["alone"] or re.sub(r"\W*\d*$", "", plain) in _words()["numbered"]


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
