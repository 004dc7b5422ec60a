"""The page, in Gradio Blocks: conversations on the left, the chat, the source panel. No domain logic is in it.

What is clicked within the HTML of answers and lists reaches Python by the bridge, see `page.js`. Gradio takes seconds to
import: this module is imported only to serve.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.components.chatbot import ExampleMessage

from assistant import texts
from assistant.errors import AssistantError
from assistant.export import cited
from assistant.page_turns import SHOWN, Chat, Update, answer_turn, messages
from assistant.render import MONTHS
from assistant.sanitize import printable
from assistant.service import LocalService
from assistant.settings import EVALUATION
from assistant.types import Answer, Conversation
from assistant.ui_documents import build_documents
from assistant.ui_feedback import FeedbackForm
from index.read import MAX_BYTES
from index.types import Filters

HERE = Path(__file__).parent

AT_ONCE = 40
"""Answers under way at the same time; for the language model they wait in its own line."""

STARTER_SECONDS = 2.0
"""Between two looks whether starter questions are found."""

_PANEL = f"""<aside id="q-aside"><p class="q-bar"><button type="button" id="q-previous">{texts.PREVIOUS}</button>
<button type="button" id="q-next">{texts.NEXT}</button><button type="button" id="q-close">{texts.CLOSE}</button></p>
<div id="q-source" tabindex="-1" aria-live="polite"><p class="q-facts">{texts.PANEL_EMPTY}</p></div></aside>"""


def mount_page(app: FastAPI, service: LocalService) -> FastAPI:
    """`app` with the page at `/`."""
    page = build_page(service)
    page.queue(default_concurrency_limit=AT_ONCE, api_open=False)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        css=(HERE / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>",
        blocked_paths=["/"],
        max_file_size=MAX_BYTES,
    )
    return mounted


def build_page(service: LocalService) -> gr.Blocks:
    """The Blocks of the page."""
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    page: gr.Blocks
    with gr.Blocks(title=texts.NAME, fill_height=True, fill_width=True, analytics_enabled=False) as page:
        state = gr.State(Chat())
        bridge = gr.HTML("", elem_id="q-bridge", js_on_load="window.quarryAct = (data) => trigger('click', data);")
        with gr.Sidebar(elem_id="q-side", width=270):
            gr.HTML(f'<h1 class="q-title">{texts.NAME}</h1>')
            begin = gr.Button(texts.NEW, elem_id="q-new", size="sm")
            find = gr.Textbox(
                "", elem_id="q-find", label=texts.FIND, show_label=False, container=False, placeholder=texts.FIND
            )
            stored = gr.HTML(elem_id="q-stored")
            report = gr.HTML(elem_id="q-report")
            within = gr.CheckboxGroup([], label=texts.COLLECTIONS, elem_id="q-collections", visible=False)
        with gr.Tabs(elem_id="q-tabs"):
            with gr.Tab(texts.CHAT) as chatting, gr.Row(elem_id="q-columns", equal_height=True):
                with gr.Column(scale=3, min_width=300, elem_id="q-left"):
                    chat = gr.Chatbot(
                        elem_id="q-chat",
                        show_label=False,
                        container=False,
                        height=None,
                        scale=1,
                        buttons=[],
                        feedback_options=None,
                        allow_tags=False,
                        allow_file_downloads=False,
                        latex_delimiters=[],
                        group_consecutive_messages=False,
                        placeholder=texts.EMPTY_CHAT,
                        examples=starters(service),
                    )
                    form = FeedbackForm()
                    box = gr.Textbox(
                        elem_id="q-question",
                        show_label=False,
                        label="Question",
                        container=False,
                        placeholder=texts.ASK_HERE,
                        submit_btn=texts.ASK,
                        stop_btn=texts.STOP,
                        autofocus=True,
                        max_lines=6,
                    )
                with gr.Column(scale=2, min_width=300, elem_id="q-right"):
                    gr.HTML(_PANEL, elem_id="q-panel", js_on_load=None)
            with gr.Tab(texts.DOCUMENTS):
                build_documents(service, quiet)
        outputs = [chat, state, box, stored, form.group, form.told]
        looking = gr.Timer(STARTER_SECONDS, active=False)
        running: dict[str, threading.Event] = {}

        def respond(
            question: str, shown: Chat, chosen: list[str], words: str, request: gr.Request, replaces: int | None = None
        ) -> Iterator[tuple[Any, ...]]:
            stopping = running[request.session_hash or ""] = threading.Event()
            filters = Filters(collections=tuple(chosen or ()))
            update: Update = ([], shown, "")
            for update in answer_turn(service, question, shown, filters, stopping, replaces):
                yield *update, gr.skip(), gr.update(visible=False), ""
            yield *update, listing(service, update[1].conversation, words), gr.skip(), gr.skip()

        def start(
            shown: Chat, chosen: list[str], words: str, request: gr.Request, event: gr.SelectData
        ) -> Iterator[tuple[Any, ...]]:
            yield from respond(event.value["text"], shown, chosen, words, request)

        def act(
            shown: Chat, chosen: list[str], words: str, request: gr.Request, event: gr.EventData
        ) -> Iterator[tuple[Any, ...]]:
            what, given = str(event._data.get("what")), str(event._data.get("value", ""))
            if what == "retry" and shown.conversation.turns:
                number = len(shown.conversation.turns)
                yield from respond(shown.conversation.turns[-1].question, shown, chosen, words, request, number)
            elif what == "replace" and shown.conversation.turns:
                yield from respond(given, shown, chosen, words, request, len(shown.conversation.turns))
            elif what in ("up", "down") and given.isdigit():
                yield rated(service, shown, what, int(given))
            else:
                yield *changed(service, shown, what, given, words), gr.update(visible=False), ""

        def stop(request: gr.Request) -> None:
            if stopping := running.get(request.session_hash or ""):
                stopping.set()

        def leave(request: gr.Request) -> None:
            stop(request)
            running.pop(request.session_hash or "", None)

        def opened(shown: Chat, chosen: list[str], words: str, request: gr.Request) -> tuple[Any, ...]:
            names = [one.collection for one in service.documents.collections()]
            kept = [name for name in chosen or () if name in names]
            boxes = gr.update(choices=names, value=kept, visible=len(names) > 1)
            asked = (request.session_hash or "") in running  # then the list of its answer is newer than this one
            listed = gr.skip() if asked else listing(service, shown.conversation, words or "")
            return listed, boxes, report_link(service), *offered()

        def offered() -> tuple[Any, ...]:
            found = starters(service)  # the look at the documents takes some seconds after a start or a change
            return gr.update(examples=found) if found else gr.skip(), gr.Timer(active=not found)

        def send(shown: Chat, reasons: list[str], right: str, asks: bool) -> tuple[Any, ...]:
            return form.kept(service, shown, reasons, right, asks)

        box.submit(respond, [box, state, within, find], outputs, **quiet)
        box.stop(stop, None, None, queue=False, **quiet)
        chat.example_select(start, [state, within, find], outputs, **quiet)
        bridge.click(act, [state, within, find], outputs, **quiet)
        form.send.click(send, [state, *form.inputs], [form.group, form.told, *form.inputs], **quiet)
        form.later.click(lambda: gr.update(visible=False), None, [form.group], **quiet)
        empty = (gr.update(visible=False), "")
        begin.click(
            lambda words: ([], Chat(), "", listing(service, Conversation(), words), *empty), [find], outputs, **quiet
        )
        find.change(lambda shown, words: listing(service, shown.conversation, words), [state, find], [stored], **quiet)
        for event in (page.load, chatting.select):  # the documents may have changed while their tab was open
            event(opened, [state, within, find], [stored, within, report, chat, looking], **quiet)
        looking.tick(offered, None, [chat, looking], **quiet)
        page.unload(leave)
    return page


def starters(service: LocalService) -> list[ExampleMessage]:
    """Questions to start with, each checked to be answerable; none while they are looked for."""
    return [{"text": question} for question in service.starters.questions()[:4]]


def report_link(service: LocalService) -> str:
    """A link to the evaluation report in the data folder, if there is one."""
    file = service.library.settings.home / EVALUATION
    if not file.is_file():
        return ""
    written = datetime.fromtimestamp(file.stat().st_mtime)
    told = texts.REPORT.format(date=f"{written.day} {MONTHS[written.month - 1]} {written.year}")
    return f'<p class="q-facts"><a href="/report" target="_blank" rel="noopener">{told}</a></p>'


def rated(service: LocalService, shown: Chat, way: str, number: int) -> tuple[Any, ...]:
    """The page after a thumb: the rating is kept at once, and of a bad one the reasons are asked for."""
    told = ""
    try:
        if dict(shown.rated).get(number) == way:  # pressed again: taken back
            service.feedback.remove(shown.conversation.id, number)
            way = ""
        else:
            service.feedback.add(shown.conversation.id, number, "up" if way == "up" else "down")
        others = tuple(one for one in shown.rated if one[0] != number)
        shown = replace(shown, rated=(*others, (number, way)) if way else others)
    except AssistantError as error:
        told, way = escape(str(error)), ""
    outdated = service.conversations.outdated(cited(shown.conversation))
    return messages(shown, outdated), shown, gr.skip(), gr.skip(), gr.update(visible=way == "down"), told


def changed(service: LocalService, shown: Chat, what: str, given: str, words: str) -> tuple[Any, ...]:
    """The page after a link was clicked: a conversation opened, renamed or deleted, or more of it shown."""
    try:
        if what == "open":
            found = service.conversations.read(given)
            shown = Chat(found, rated=tuple((one.number, one.rating) for one in service.feedback.of(given)))
        elif what == "earlier":
            shown = replace(shown, shown=shown.shown + SHOWN)
        elif what == "rename" and shown.conversation.id:
            title = service.conversations.rename(shown.conversation.id, given).title
            shown = replace(shown, conversation=replace(shown.conversation, title=title))
        elif what == "delete" and shown.conversation.id:
            service.conversations.delete(shown.conversation.id)
            shown = Chat()
    except AssistantError as error:
        failed = Answer(text=str(error), status="meta", stage="done")
        return messages(Chat(), answer=failed), Chat(), "", listing(service, Conversation(), words)
    outdated = service.conversations.outdated(cited(shown.conversation))
    return messages(shown, outdated), shown, gr.skip(), listing(service, shown.conversation, words)


def listing(service: LocalService, conversation: Conversation, words: str) -> str:
    """The stored conversations that hold all words, as links; below the open one, what can be done with it."""
    found = service.conversations.listed(words)
    rows = []
    for one in found:
        title, is_open = escape(printable(one.title)), one.id == conversation.id
        current = ' aria-current="true"' if is_open else ""
        rows.append(f'<li><a class="q-act q-row" href="#act-open-{one.id}"{current} title="{title}">{title}</a>')
        if is_open:
            rows.append(
                f'<p class="q-row-actions"><a class="q-act" href="#act-rename" title="{title}">{texts.RENAME}</a> '
                f'<a class="q-act" href="#act-delete" title="{title}">{texts.DELETE}</a> '
                f'<a href="/conversations/{one.id}.md" download>{texts.EXPORT_MARKDOWN}</a> '
                f'<a href="/conversations/{one.id}.json" download>JSON</a></p>'
            )
        rows.append("</li>")
    none = texts.NOT_FOUND if words.strip() else texts.NO_CONVERSATIONS
    body = f"<ul>{''.join(rows)}</ul>" if rows else f'<p class="q-facts">{none}</p>'
    return f'<nav aria-label="{texts.CONVERSATIONS}"><h2>{texts.CONVERSATIONS}</h2>{body}</nav>'
