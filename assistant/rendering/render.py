"""Answers in, what people in a terminal and programs read out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from assistant.rendering.table import blocks, columns
from assistant.types import Answer, Citation, Outdated
from assistant.untrusted.sanitize import plain

MONTHS = (
    "January February March April May June July August September October November December".split()
)  # `strftime` would say them in the machine's language


def marked(
    answer: Answer,
    mark: Callable[[int], str],
    escaped: Callable[[str], str] = str,
    bold: Callable[[str], str] | None = None,
) -> str:
    """The answer's text, each span followed by `mark` of its citations' numbers; the text itself through `escaped`, the
    short answer also through `bold`."""
    short = answer.short_range if bold else None

    def part(start: int, end: int) -> str:
        if bold is None or short is None or not (start <= short[0] and short[1] <= end):
            return escaped(answer.text[start:end])
        before, own, after = answer.text[start : short[0]], answer.text[short[0] : short[1]], answer.text[short[1] : end]
        return escaped(before) + bold(escaped(own)) + escaped(after)

    parts, end = [], 0
    for span in answer.spans:
        parts.append(part(end, span.end))
        parts += [mark(number) for number in span.numbers]
        end = span.end
    return "".join(parts) + part(end, len(answer.text))


def json_object(question: str, answer: Answer) -> dict[str, Any]:
    """What `--json` prints: the answer's text with its markers, and the citations they name."""
    return {
        "question": question,
        "query": answer.query,
        "status": answer.status,
        "answer": marked(answer, lambda number: f" [{number}]", plain),
        "short": _short_object(answer),
        "citations": [_citation_object(citation) for citation in answer.citations],
        "nearest": [_citation_object(citation) for citation in answer.nearest],
        "removed": answer.removed,
        "candidates": [{"name": one.name, "passages": one.passages} for one in answer.candidates],
        "notes": list(answer.notes),
        "answerer": answer.answerer,
        "seconds": {name: getattr(answer.seconds, name) for name in ("quote", "first_token", "total")},
    }


def _short_object(answer: Answer) -> dict[str, Any] | None:
    return {name: getattr(answer.short, name) for name in ("text", "number", "start", "end")} if answer.short else None


def _citation_object(citation: Citation) -> dict[str, Any]:
    names = ("number", "file", "title", "date", "version", "start", "end", "quote", "page", "last_page")
    return {name: getattr(citation, name) for name in names}


def json_line(value: Any) -> str:
    """A value as one line of JSON; what a terminal would obey is escaped also where JSON would let it stand."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text)


def searched_for(question: str, answer: Answer) -> str:
    """The query, where it is another than the question; small talk has none."""
    return "" if answer.query == question.strip() else answer.query


def terminal(answer: Answer, outdated: Sequence[Outdated] = (), question: str = "", *, styled: bool = False) -> str:
    """Plain text: the answer with its markers, then the quotes they name, with document and place.

    With `question`, what was searched for instead of it comes first. `styled` says whether bold can be shown.
    """
    query = searched_for(question, answer) if question else ""
    lines = [f"Searched for: {plain(query)}", ""] if query else []
    text = marked(answer, lambda number: f" [{number}]", plain, _bold if styled else None)
    lines += [columns(rows) if rows else prose for prose, rows in blocks(text)]
    lines += [f"({plain(note)})" for note in remarks(answer)]
    if answer.nearest:
        lines += ["", "Nearest passages:"]
    for citation in answer.citations or answer.nearest:
        lines += ["", f"[{citation.number}] “{' '.join(plain(citation.quote).split())}”", f"    {plain(place(citation))}"]
        lines += [f"    {mark}" for mark in marks(citation, outdated)]
    return "\n".join(lines)


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[22m"


def place(citation: Citation) -> str:
    """Where a citation stands, as people say it: title, date, page or heading, file."""
    date = citation.date or "undated"
    pages = f"pages {citation.page}-{citation.last_page}" if citation.last_page else f"page {citation.page}"
    page = pages if citation.page else citation.place
    return ", ".join(part for part in (citation.title, date, page, citation.file) if part)


def marks(citation: Citation, outdated: Sequence[Outdated]) -> list[str]:
    """What the reader should know of the version that a citation of a stored answer rests on."""
    of = [one for one in outdated if (one.document_id, one.version) == (citation.document_id, citation.version)]
    return [since(one) for one in of]


def since(outdated: Outdated) -> str:
    """What became of a cited version: "cited from the version of 3 March 2026; the document has changed since"."""
    version = f"version {outdated.version}"
    if outdated.written:
        date = datetime.fromisoformat(outdated.written)
        version = f"the version of {date.day} {MONTHS[date.month - 1]} {date.year}"
    return f"cited from {version}; the document {'was removed' if outdated.removed else 'has changed'} since"


def remarks(answer: Answer) -> list[str]:
    """What the reader should know beside the answer: computed figures, removed statements, notes."""
    found = [f"computed: {verdict.reason}" for verdict in answer.verdicts if verdict.label == "computed"]
    found += [f"only partly supported: {verdict.reason}" for verdict in answer.verdicts if verdict.label == "partly"]
    if answer.removed:
        removed = "1 statement" if answer.removed == 1 else f"{answer.removed} statements"
        found.append(f"{removed} removed: not supported by the sources")
    return found + list(answer.notes)
