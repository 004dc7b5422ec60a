"""Plain text and Markdown, kept as they are; a title and date from front matter, a title from the first heading."""

from __future__ import annotations

import re

from index.parsing.content import Content, decode, iso_date
from index.parsing.marked import first_heading, one_line

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)


def read_text(data: bytes) -> Content:
    """The decoded text."""
    return Content(decode(data))


def read_markdown(data: bytes) -> Content:
    """The decoded text, front matter included, titled by that or else by its first heading."""
    text = decode(data)
    matter = _FRONT_MATTER.match(text)
    facts = _facts(matter[1]) if matter else {}
    heading = first_heading(text[matter.end() :] if matter else text)
    return Content(text, title=one_line(str(facts.get("title") or "")) or heading, date=iso_date(facts.get("date")))


def _facts(front_matter: str) -> dict[str, object]:
    """What the front matter states in single values; empty where it is no sound YAML, as it is only text then."""
    import yaml

    try:
        found = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError):  # ValueError: a day that no month has
        return {}
    return {str(name).lower(): value for name, value in found.items()} if isinstance(found, dict) else {}
