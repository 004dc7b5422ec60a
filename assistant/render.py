"""Answers in, what people and programs read out: terminal text, JSON, the page's HTML. Document text is escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from assistant.sanitize import plain, printable
from assistant.table import blocks, columns
from assistant.types import Answer, Candidate, Citation, Outdated
from index.types import Document

MONTHS = (
    "January February March April May June July August September October November December".split()
)  # `strftime` would say them in the machine's language

STAGES = {
    "searching": "Searching the documents …",
    "reading": "Reading {n} passages …",
    "writing": "Writing … not checked yet",
    "checking": "Checking every statement against its source …",
}


def marked(answer: Answer, mark: Callable[[int], str], escaped: Callable[[str], str] = str) -> str:
    """The answer's text, each span followed by `mark` of its citations' numbers; the text itself through `escaped`."""
    parts, end = [], 0
    for span in answer.spans:
        parts.append(escaped(answer.text[end : span.end]))
        parts += [mark(number) for number in span.numbers]
        end = span.end
    return "".join(parts) + escaped(answer.text[end:])


def json_object(question: str, answer: Answer) -> dict[str, Any]:
    """What `--json` prints: the answer's text with its markers, and the citations they name."""
    return {
        "question": question,
        "query": answer.query,
        "status": answer.status,
        "answer": marked(answer, lambda number: f" [{number}]", plain),
        "citations": [_citation_object(citation) for citation in answer.citations],
        "nearest": [_citation_object(citation) for citation in answer.nearest],
        "removed": answer.removed,
        "candidates": [{"name": one.name, "passages": one.passages} for one in answer.candidates],
        "notes": list(answer.notes),
        "answerer": answer.answerer,
        "seconds": {name: getattr(answer.seconds, name) for name in ("quote", "first_token", "total")},
    }


def _citation_object(citation: Citation) -> dict[str, Any]:
    names = ("number", "file", "title", "date", "version", "start", "end", "quote", "page")
    return {name: getattr(citation, name) for name in names}


def json_line(value: Any) -> str:
    """A value as one line of JSON; what a terminal would obey is escaped also where JSON would let it stand."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text)


def searched_for(question: str, answer: Answer) -> str:
    """The query, where it is another than the question; small talk has none."""
    return "" if answer.query == question.strip() else answer.query


def terminal(answer: Answer, outdated: Sequence[Outdated] = (), question: str = "") -> str:
    """Plain text: the answer with its markers, then the quotes they name, with document and place.

    With `question`, what was searched for instead of it comes first.
    """
    query = searched_for(question, answer) if question else ""
    lines = [f"Searched for: {plain(query)}", ""] if query else []
    text = marked(answer, lambda number: f" [{number}]", plain)
    lines += [columns(rows) if rows else prose for prose, rows in blocks(text)]
    lines += [f"({plain(note)})" for note in remarks(answer)]
    if answer.nearest:
        lines += ["", "Nearest passages:"]
    for citation in answer.citations or answer.nearest:
        lines += ["", f"[{citation.number}] “{' '.join(plain(citation.quote).split())}”", f"    {plain(place(citation))}"]
        lines += [f"    {mark}" for mark in marks(citation, outdated)]
    return "\n".join(lines)


def place(citation: Citation) -> str:
    """Where a citation stands, as people say it: title, date, page or heading, file."""
    date = citation.date or "undated"
    page = f"page {citation.page}" if citation.page else citation.place
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


def anchor(citation: Citation) -> str:
    """The link target that opens a citation in the source panel; it holds all that finds the passage again."""
    return f"c-{citation.document_id}-{citation.version}-{citation.start}-{citation.end}"


def page_html(answer: Answer, outdated: Sequence[Outdated] = (), question: str = "") -> str:
    """An answer as one block of HTML for the chat. It has no blank line, so that no Markdown in it is interpreted.

    With `question`, what was searched for instead of it comes first, as a link that puts it into the question box.
    """
    numbered = {citation.number: citation for citation in answer.citations}
    body = marked(answer, lambda number: _chip(numbered[number]), _escaped)
    stage = STAGES.get(answer.stage, "").format(n=len(answer.hits))
    parts = [f'<div class="q-answer q-{answer.status} q-{answer.stage}">']
    if question and answer.stage == "done" and (query := searched_for(question, answer)):
        link = f'<a class="q-query" href="#search-for" title="Change it and ask anew">{_escaped(query)}</a>'
        parts.append(f'<p class="q-searched">Searched for: {link}</p>')
    if answer.refused:
        parts.append('<p class="q-label">Not in the documents</p>')
    if answer.candidates:
        parts.append(f'<p class="q-text">{_escaped(answer.text.partition(chr(10))[0])}</p>{_candidates(answer.candidates)}')
    elif body:
        parts += [_table(rows) if rows else f'<p class="q-text">{prose}</p>' for prose, rows in blocks(body, "<br>")]
    if answer.nearest:
        parts.append('<p class="q-label">Nearest passages</p><ul class="q-nearest">')
        parts += [f"<li>{_escaped(' '.join(c.quote.split()))}{_chip(c)}</li>" for c in answer.nearest]
        parts.append("</ul>")
    parts += [f'<p class="q-remark">{_escaped(remark)}</p>' for remark in remarks(answer)]
    for citation in answer.citations or answer.nearest:
        parts += [f'<p class="q-remark q-since">{_chip(citation)} {mark}</p>' for mark in marks(citation, outdated)]
    if answer.stage == "done" and answer.citations:
        parts.append(_sources_line(answer.citations))
    if stage:
        parts.append(f'<p class="q-stage">{stage}</p>')
    return " ".join("".join([*parts, "</div>"]).splitlines())  # also a title may hold line breaks


def _table(rows: list[list[str]]) -> str:
    """A table of the answer, its cells already HTML."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
    body = [
        f'<tr><th scope="row">{label}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' for label, *cells in rows[1:]
    ]
    return f'<div class="q-text q-table"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _candidates(candidates: Sequence[Candidate]) -> str:
    """A button for each subject; its title is the reply."""
    buttons = [
        f'<a class="q-source" href="#reply" title="{_shown(one.name)}">{_shown(one.name)} ({one.passages})</a>'
        for one in candidates
    ]
    return f'<p class="q-candidates">{" ".join(buttons)}</p>'


def question_html(question: str) -> str:
    """A question as HTML for the chat: nothing in it is interpreted."""
    return f'<div class="q-question">{_escaped(question)}</div>'


def _chip(citation: Citation) -> str:
    hover = _shown(" ".join(f"{place(citation)}: {citation.quote}".split()))
    label = f'<span class="q-hidden">Source </span>{citation.number}'
    return f'<a class="q-chip" href="#{anchor(citation)}" title="{hover}">{label}</a>'


def _sources_line(citations: Sequence[Citation]) -> str:
    """A chip per document, with the number of its citations."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.document_id, citation)
    count = {id_: sum(c.document_id == id_ for c in citations) for id_ in first}
    chips = [
        f'<a class="q-source" href="#{anchor(c)}">{_escaped(c.title)}, {c.date or "undated"}'
        f"{f' ({count[id_]})' if count[id_] > 1 else ''}</a>"
        for id_, c in first.items()
    ]
    return f'<p class="q-sources">Sources: {" ".join(chips)}</p>'


def source_html(document: Document, start: int, end: int, outdated: Outdated | None = None) -> str:
    """A document's whole text for the source panel, the characters `[start, end)` marked."""
    facts = ", ".join(part for part in (document.publisher, document.date or "undated", document.file) if part)
    page = document.page_at(start)
    text = document.text
    note = f'<p class="q-facts q-since">{since(outdated).capitalize()}.</p>' if outdated else ""
    return (
        f'<h2>{_shown(document.title)}</h2><p class="q-facts">{_shown(facts)}{f", page {page}" if page else ""}</p>{note}'
        f'<div class="q-document">{_shown(text[:start])}'
        f'<mark id="q-passage" tabindex="-1">{_shown(text[start:end])}</mark>{_shown(text[end:])}</div>'
    )


def _escaped(text: str) -> str:
    return _shown(text).replace("\n", "<br>")


def _shown(text: str) -> str:
    return escape(printable(text))
