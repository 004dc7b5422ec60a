"""The page's left side and the line above its question box as HTML. All text is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from assistant.history.history import titled
from assistant.page.answer_html import escaped_lines, shown
from assistant.rendering import page_words
from assistant.rendering.render import MONTHS
from assistant.service.answers import Question, Talk
from assistant.settings import EVALUATION
from assistant.types import Listed
from assistant.untrusted.sanitize import printable


def conversations_html(stored: Sequence[Listed], running: Sequence[Talk], words: str, open_id: str) -> str:
    """The stored conversations as links, those answered just now with a word about it, also where they are new.

    Below the one that is open, what can be done with it.
    """
    at_work = {talk.conversation.id for talk in running}
    known = {one.id for one in stored}
    begun = [
        (talk.conversation.id, titled(talk.question.text))
        for talk in running
        if talk.question and talk.conversation.id not in known and not talk.is_stored
    ]
    wanted = words.casefold().split()
    days: dict[str, list[str]] = {}
    for id_, title in begun:
        if _holds(title, wanted):
            days.setdefault(page_words.TODAY, []).append(_row(id_, title, wanted, id_ == open_id, True, False))
    for one in stored:
        row = _row(one.id, one.title, wanted, one.id == open_id, one.id in at_work, True)
        days.setdefault(_day(datetime.fromisoformat(one.changed)), []).append(row)
    none = page_words.NOT_FOUND if wanted else page_words.NO_CONVERSATIONS
    body = "".join(f"<h3>{day}</h3><ul>{''.join(rows)}</ul>" for day, rows in days.items())
    body = body or f'<p class="q-facts">{none}</p>'
    return f'<nav aria-label="{page_words.CONVERSATIONS}"><h2>{page_words.CONVERSATIONS}</h2>{body}</nav>'


def waiting_html(waiting: Sequence[Question], got: int) -> str:
    """The questions that wait for the answer under way, each with a link to take it back.

    `got` is the number of the page's last act that the server has seen, see `page.js`.
    """
    lines = "".join(
        f"<p>{page_words.QUEUED}<span>{escaped_lines(one.text)}</span> "
        f'<a class="q-act" href="#act-back-{one.number}" title="{shown(one.text)}">{page_words.TAKE_BACK}'
        f'<span class="q-hidden"> {page_words.TAKE_BACK_HINT}</span></a></p>'
        for one in waiting
    )
    return f'<div role="status" data-got="{got}">{lines}</div>'


def report_html(home: Path) -> str:
    """A link to the evaluation report in the data folder, if there is one."""
    file = home / EVALUATION
    if not file.is_file():
        return ""
    written = datetime.fromtimestamp(file.stat().st_mtime)
    told = page_words.REPORT.format(date=f"{written.day} {MONTHS[written.month - 1]} {written.year}")
    return f'<p class="q-facts"><a href="/report" target="_blank" rel="noopener">{told}</a></p>'


def _day(changed: datetime) -> str:
    """When a conversation was changed last, as a list says it: by day, then by month."""
    today, day = datetime.now().date(), changed.astimezone().date()
    for word, days in (
        (page_words.TODAY, 0),
        (page_words.YESTERDAY, 1),
        (page_words.THIS_WEEK, 7),
        (page_words.THIS_MONTH, 30),
    ):
        if day >= today - timedelta(days=days):
            return word
    return f"{MONTHS[day.month - 1]} {day.year}"


def _row(id_: str, title: str, wanted: Sequence[str], is_open: bool, at_work: bool, stored: bool) -> str:
    shown_title = _with_marks(printable(title), wanted)
    title = escape(printable(title))
    current = ' aria-current="true"' if is_open else ""
    working = f'<p class="q-facts q-working">{page_words.ANSWERING}</p>' if at_work else ""
    actions = (
        '<p class="q-row-actions">'
        f'<a class="q-act q-i-pencil" href="#act-rename" title="{title}">{_named(page_words.RENAME)}</a> '
        f'<a class="q-act q-i-trash-2" href="#act-delete" title="{title}">{_named(page_words.DELETE)}</a> '
        f'<a class="q-i-download" href="/conversations/{id_}.md" title="{page_words.EXPORT_MARKDOWN}" download>'
        f"{_named(page_words.EXPORT_MARKDOWN)}</a> "
        f'<a class="q-i-code" href="/conversations/{id_}.json" title="{page_words.EXPORT_JSON}" download>'
        f"{_named(page_words.EXPORT_JSON)}</a></p>"
    )
    row = f'<a class="q-act q-row" href="#act-open-{id_}"{current} title="{title}">{shown_title}</a>'
    return f"<li>{row}{working}{actions if is_open and stored else ''}</li>"


def _named(label: str) -> str:
    """What an icon is called."""
    return f'<span class="q-hidden">{label}</span>'


def _with_marks(title: str, wanted: Sequence[str]) -> str:
    """A title as HTML, the words searched for marked."""
    if not wanted:
        return escape(title)
    parts = re.split(f"({'|'.join(map(re.escape, wanted))})", title, flags=re.IGNORECASE)
    return "".join(f"<mark>{escape(part)}</mark>" if place % 2 else escape(part) for place, part in enumerate(parts))


def _holds(title: str, words: Sequence[str]) -> bool:
    return all(word in title.casefold() for word in words)
