"""Plain text, Markdown and reStructuredText, kept as they are but for data within and what is struck out.

A title and date come from front matter, a title from the first heading.
"""

from __future__ import annotations

import re

from index.parsing.content import Content, decode, iso_date, without_data
from index.parsing.marked import first_heading, heading, one_line

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)


_STRUCK = re.compile(r"(?<![~\\])~~(?=[^~\s])[^~\n]*(?<=[^~\s])~~(?!~)")
_UNDERLINED = re.compile(
    r"^(?P<title>[^\s].*)\r?\n(?P<line>(?P<mark>[=\-`:'\"~^_*+#<>.])(?P=mark){2,})[ \t]*\r?$", re.MULTILINE
)


def read_text(data: bytes) -> Content:
    """The decoded text."""
    return Content(without_data(decode(data)))


def read_rst(data: bytes) -> Content:
    """The decoded text, its underlined titles marked as headings: a mark's level is its place among those used before."""
    levels: list[str] = []

    def marked(found: re.Match[str]) -> str:
        if len(found["line"]) < len(found["title"].rstrip()):
            return found[0]
        if found["mark"] not in levels:
            levels.append(found["mark"])
        return heading(levels.index(found["mark"]) + 1, found["title"])

    text = _UNDERLINED.sub(marked, without_data(decode(data)))
    return Content(text, title=first_heading(text))


def read_markdown(data: bytes) -> Content:
    """The decoded text, front matter included, titled by that or else by its first heading."""
    text = _STRUCK.sub("", without_data(decode(data)))
    matter = _FRONT_MATTER.match(text)
    facts = _facts(matter[1]) if matter else {}
    first = first_heading(text[matter.end() :] if matter else text)
    return Content(text, title=one_line(str(facts.get("title") or "")) or first, date=iso_date(facts.get("date")))


def _facts(front_matter: str) -> dict[str, object]:
    """What the front matter states in single values; empty where it is no sound YAML, as it is only text then."""
    import yaml

    try:
        found = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError):  # ValueError: a day that no month has
        return {}
    return {str(name).lower(): value for name, value in found.items()} if isinstance(found, dict) else {}
