"""A conversation in, a file for people (Markdown) or programs (JSON) out. Quotes stay what they are in the document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.history.history import CONVERSATION
from assistant.rendering.render import marked, marks, place, remarks, searched_for, since
from assistant.rendering.table import blocks, markdown_table
from assistant.types import Citation, Conversation, Outdated, Turn
from assistant.untrusted.sanitize import plain

_INLINE = re.compile(r"[\\`*_\[\]<>|~$&]")
_LINE_START = re.compile(r"^(\d{0,9})([#+=.)-])", re.MULTILINE)


def cited(conversation: Conversation) -> list[tuple[str, int]]:
    """The versions of documents that the answers cite or show, as document id and version."""
    answers = [turn.answer for turn in conversation.turns]
    return [(one.document_id, one.version) for answer in answers for one in (*answer.citations, *answer.nearest)]


def conversation_object(conversation: Conversation, outdated: Sequence[Outdated]) -> dict[str, Any]:
    """The conversation for JSON, its answers as stored, and what became of the versions that they cite."""
    found: dict[str, Any] = CONVERSATION.dump_python(conversation, mode="json")
    for turn in found["turns"]:
        del turn["answer"]["hits"]  # not stored
    marks_of = [{"document_id": one.document_id, "version": one.version, "mark": since(one)} for one in outdated]
    return found | {"outdated": marks_of}


def markdown(conversation: Conversation, outdated: Sequence[Outdated]) -> str:
    """The conversation for people: each answer with its markers, then its numbered references.

    Quotes stand between fences, where nothing is interpreted, so they are what they are in the document, to the byte.
    """
    return "\n".join([f"# {_escaped(conversation.title)}", *(_turn(turn, outdated) for turn in conversation.turns)])


def _turn(turn: Turn, outdated: Sequence[Outdated]) -> str:
    answer = turn.answer
    asked = " ".join(turn.question.split())
    parts = [f"\n## {_escaped(asked)}\n", f"Asked {turn.created}, answered by {_escaped(answer.answerer)}."]
    if query := searched_for(turn.question, answer):
        parts.append(f"Searched for: {_escaped(query)}")
    text = marked(answer, lambda number: f" [{number}]", _escaped_cells)
    parts += ["", *(markdown_table(rows) if rows else prose for prose, rows in blocks(text, "  \n")), ""]
    parts += [f"- {_escaped(remark)}" for remark in remarks(answer)]
    if answer.citations or answer.nearest:
        parts += ["", "### References" if answer.citations else "### Nearest passages"]
    parts += [_reference(citation, outdated) for citation in answer.citations or answer.nearest]
    return "\n".join(parts)


def _reference(citation: Citation, outdated: Sequence[Outdated]) -> str:
    where = f"version {citation.version}, characters {citation.start} to {citation.end}"
    lines = [f"\n\\[{citation.number}\\] {_escaped(place(citation))}, {where}"]
    lines += [f"({mark})" for mark in marks(citation, outdated)]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", citation.quote)), default=0))
    return "\n".join([*lines, "", f"{fence}text", citation.quote, fence])


def _escaped_cells(text: str) -> str:
    """Text as Markdown, the tabs between the cells of a table kept."""
    return "\t".join(map(_escaped, text.split("\t")))


def _escaped(text: str) -> str:
    """Text as Markdown that shows it and obeys nothing in it."""
    text = "\n".join(line.strip() for line in plain(text).split("\n"))
    text = _INLINE.sub(lambda found: f"\\{found[0]}", text)
    return _LINE_START.sub(r"\1\\\2", text).replace("\n", "  \n")
