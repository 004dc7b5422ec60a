"""The title that a file states, where it says something of what is in the file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path


def telling(stated: str) -> str:
    """A title without what a printer's driver puts around it; empty where it is only what programs put there."""
    stated = stated.strip()
    words = _words()
    plain = stated.lower().strip("()[]<>\"' ")
    if plain in words["alone"] or re.sub(r"\W*\d*$", "", plain) in words["numbered"]:
        return ""
    for before in words["before"]:
        stated = stated[len(before) :] if stated.lower().startswith(before) else stated
    after = next((end for end in sorted(words["after"], key=len, reverse=True) if stated.lower().endswith(end)), "")
    return stated[: len(stated) - len(after)]


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
