"""Answers and questions as HTML for the chat. All text of documents and people is escaped.

Gradio's chat keeps `class`, `href` and `title` of a link and drops other attributes; `page.js` acts on the links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.answering.refusal import NOT_SAID
from assistant.rendering import page_words
from assistant.rendering.page_words import counted
from assistant.rendering.render import marked, marks, place, remarks, searched_for
from assistant.rendering.table import blocks
from assistant.types import Answer, Candidate, Citation, Outdated
from assistant.untrusted.sanitize import printable

LONGEST_LEAD = 80
"""Characters of a short answer that is shown large, at most."""


def page_html(
    answer: Answer,
    outdated: Sequence[Outdated] = (),
    question: str = "",
    number: int | None = None,
    rated: str = "",
    last: bool = False,
    asked: int = 0,
) -> str:
    """An answer as one block of HTML for the chat. It has no blank line, so that no Markdown in it is interpreted.

    With `question`, what was searched for instead of it comes first, as a link that puts it into the question box. With
    `number`, its place in the conversation from 1, what can be done with it comes last: the `last` one can be asked again;
    `rated` is up, down or empty. One under way says as which question of the server's it was `asked`, so that it can be
    stopped.
    """
    numbered = {citation.number: citation for citation in answer.citations}
    said = _without_what_the_label_says(answer, question) if answer.refused and not answer.spans else answer
    body = marked(said, lambda number: _chip(numbered[number]), escaped_lines, _strong)
    parts = [f'<div class="q-answer q-{answer.status} q-{answer.stage}{f" q-asked-{asked}" if asked else ""}">']
    query = searched_for(question, answer) if question and answer.stage == "done" and not answer.refused else ""
    if query:
        parts.append(f'<p class="q-searched">{page_words.SEARCHED}{_search_link(query, query, page_words.CHANGE)}</p>')
    if answer.refused:
        parts.append(f'<p class="q-label">{page_words.NOT_THERE}</p>')
    if answer.candidates:
        asking = escaped_lines(answer.text.partition("\n")[0])
        parts.append(f'<p class="q-text">{asking}</p>{_candidates(answer.candidates)}')
    elif body:
        parts += _layers(answer, body)
    if answer.nearest:
        parts.append(f'<p class="q-label">{page_words.NEAREST}</p><ul class="q-nearest">')
        parts += [f"<li>{escaped_lines(' '.join(c.quote.split()))}{_chip(c)}</li>" for c in answer.nearest]
        parts.append("</ul>")
    if answer.refused and answer.query:
        parts.append(f'<p class="q-again">{_search_link(answer.query, page_words.SEARCH_AGAIN, answer.query)}</p>')
    parts += [f'<p class="q-remark">{escaped_lines(remark)}</p>' for remark in remarks(replace(answer, removed=0))]
    for citation in answer.citations or answer.nearest:
        parts += [f'<p class="q-remark q-since">{_chip(citation)} {mark}</p>' for mark in marks(citation, outdated)]
    if answer.stage == "done" and answer.citations:
        parts.append(_sources_line(answer.citations))
    if answer.stage == "done" and (verdict := _verdict(answer)):
        parts.append(f'<p class="q-verdict">{verdict}</p>')
    if stage := _stage(answer):
        parts.append(f'<p class="q-stage">{stage}</p>')
    if number is not None:
        parts.append(_actions(number, rated, last))
    return " ".join("".join([*parts, "</div>"]).splitlines())  # also a title may hold line breaks


def _without_what_the_label_says(answer: Answer, question: str) -> Answer:
    """A refusal without the line that its label says, and without what was searched for where that is the question."""
    known = (NOT_SAID, f"Searched for: {question.strip()}")
    return replace(answer, text="\n".join(line for line in answer.text.split("\n") if line not in known))


def _layers(answer: Answer, body: str) -> list[str]:
    """The short answer, what says it, and more of what is quoted, folded away; tables as tables."""
    short = answer.short_range
    if answer.short is None or short is None or len(answer.short.text) > LONGEST_LEAD:
        return _paragraphs(body)
    of = {citation.number: citation for citation in answer.citations}[answer.short.number]
    lead = f'<p class="q-lead"><a href="#{anchor(of)}" title="{_hint(of)}">{escaped_lines(answer.short.text)}</a></p>'
    first, _, more = body.partition("<br>")
    if "\t" in body or answer.answerer != "quotes" or answer.several or not more or "\n" in answer.text[: short[0]]:
        return [*([] if "\t" in body else [lead]), *_paragraphs(body)]
    folded = f'<details class="q-more"><summary>{page_words.MORE}</summary>{"".join(_paragraphs(more))}</details>'
    return [lead, *_paragraphs(first), folded]


def _paragraphs(body: str) -> list[str]:
    return [_table(rows) if rows else f'<p class="q-text">{prose}</p>' for prose, rows in blocks(body, "<br>")]


def _strong(html: str) -> str:
    return f'<strong class="q-short">{html}</strong>'


def question_html(question: str) -> str:
    """A question as HTML for the chat: nothing in it is interpreted."""
    return f'<div class="q-question">{escaped_lines(question)}</div>'


def failed_html(question: str, reason: str, number: int) -> str:
    """Why a question could not be asked, and a link that puts it back into the question box."""
    link = f'<a class="q-query q-back" href="#back-{number}" title="{shown(question)}">{page_words.PUT_BACK}</a>'
    return f'{page_html(Answer(text=reason, status="meta", stage="done"))}<p class="q-again">{link}</p>'


def earlier_html(turns: int) -> str:
    """The link that shows turns of a long conversation that are not shown yet."""
    label = page_words.EARLIER.format(turns=counted(turns, "turn"))
    return f'<p class="q-earlier"><a class="q-act" href="#act-earlier">{label}</a></p>'


def anchor(citation: Citation) -> str:
    """The link target that opens a citation in the source panel; it holds all that finds the passage again."""
    return f"c-{citation.document_id}-{citation.version}-{citation.start}-{citation.end}"


def _stage(answer: Answer) -> str:
    """What is being done, in words."""
    if answer.ahead:
        return page_words.AHEAD.format(people=counted(answer.ahead, "person is", "people are"))
    statements = len(answer.spans) or 1
    return page_words.STAGES.get(answer.stage, "").format(
        passages=counted(len(answer.hits), "passage"), statements=counted(statements, "statement"), their=_their(statements)
    )


def _verdict(answer: Answer) -> str:
    """What the check found, in words and a sign."""
    if answer.status not in ("answered", "partly") or not answer.citations:
        return ""
    if answer.answerer == "quotes" and not answer.verdicts:
        return page_words.WORD_FOR_WORD
    partly = sum(verdict.label == "partly" for verdict in answer.verdicts)
    if partly:
        return page_words.SOME_PARTLY.format(statements=counted(partly, "statement"))
    statements = len(answer.verdicts) or len(answer.spans)
    told = page_words.ALL_CHECKED.format(statements=counted(statements, "statement"), their=_their(statements))
    left_out = page_words.LEFT_OUT.format(statements=counted(answer.removed, "statement")) if answer.removed else ""
    return told + left_out


def _their(n: int) -> str:
    return "its" if n == 1 else "their"


def _actions(number: int, rated: str, last: bool) -> str:
    """What can be done with an answer; a pressed thumb has a sign as well as another colour."""
    found = [("copy", "copy", page_words.COPY, page_words.COPY_HINT)]
    if last:
        found += [
            (f"retry-{number}", "refresh-cw", page_words.RETRY, page_words.RETRY_HINT),
            (f"edit-{number}", "pencil", page_words.EDIT, page_words.EDIT_HINT),
        ]
    found += [
        (f"up-{number}", "thumbs-up", page_words.UP, page_words.UP_HINT),
        (f"down-{number}", "thumbs-down", page_words.DOWN, page_words.DOWN_HINT),
    ]
    links = []
    for act, icon, label, hint in found:
        pressed = bool(rated) and act.startswith(rated)
        chosen = " q-pressed" if pressed else ""
        name = f"<span>✓ {label}</span>" if pressed else f'<span class="q-hidden">{label}</span>'
        links.append(f'<a class="q-act q-i-{icon}{chosen}" href="#act-{act}" title="{hint}">{name}</a>')
    return f'<p class="q-actions">{" ".join(links)}</p>'


def _table(rows: list[list[str]]) -> str:
    """A table of the answer, its cells already HTML."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
    body = [
        f'<tr><th scope="row">{label}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' for label, *cells in rows[1:]
    ]
    return f'<div class="q-text q-table"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _search_link(query: str, label: str, hint: str) -> str:
    """A link that puts a query into the question box, to be changed; its title is the query."""
    hidden = f'<span class="q-hidden"> {shown(hint)}</span>' if hint != query else ""
    return f'<a class="q-query" href="#search-for" title="{shown(query)}">{escaped_lines(label)}{hidden}</a>'


def _candidates(candidates: Sequence[Candidate]) -> str:
    """A button for each subject; its title is the reply."""
    buttons = [
        f'<a class="q-source" href="#reply" title="{shown(one.name)}">{shown(one.name)} ({one.passages})</a>'
        for one in candidates
    ]
    return f'<p class="q-candidates">{" ".join(buttons)}</p>'


def _chip(citation: Citation) -> str:
    """The number that opens a citation; its title is the place, then the quote in “”."""
    label = f'<span class="q-hidden">Source </span>{citation.number}'
    return f'<a class="q-chip" href="#{anchor(citation)}" title="{_hint(citation)}">{label}</a>'


def _hint(citation: Citation) -> str:
    return shown(" ".join(f"{place(citation)}: “{citation.quote}”".split()))


def _sources_line(citations: Sequence[Citation]) -> str:
    """A chip per document, with the number of its citations."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.document_id, citation)
    count = {id_: sum(c.document_id == id_ for c in citations) for id_ in first}
    chips = [
        f'<a class="q-source q-i-file-text" href="#{anchor(c)}">{escaped_lines(c.title)}{f", {c.date}" if c.date else ""}'
        f"{f' ({count[id_]})' if count[id_] > 1 else ''}</a>"
        for id_, c in first.items()
    ]
    return f'<p class="q-sources">{page_words.SOURCES}{" ".join(chips)}</p>'


def escaped_lines(text: str) -> str:
    """Text as HTML that shows it, its line breaks kept."""
    return shown(text).replace("\n", "<br>")


def shown(text: str) -> str:
    """Text as HTML that shows it, without what is invisible in it."""
    return escape(printable(text))
