"""The page, in Gradio Blocks: conversations on the left, the chat, the source panel. No domain logic is in it.

What is clicked within the HTML of answers and lists reaches Python by the bridge, see `page.js`. Gradio takes seconds to
import: this module is imported only to serve.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant import texts
from assistant.errors import AssistantError
from assistant.export import cited
from assistant.page_turns import SHOWN, Chat, Update, answer_turn, messages
from assistant.sanitize import printable
from assistant.service import LocalService
from assistant.types import Answer, Conversation
from index.types import Filters

HERE = Path(__file__).parent

AT_ONCE = 40
"""Answers under way at the same time; for the language model they wait in its own line."""

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
        max_file_size="1kb",
    )
    return mounted


def build_page(service: LocalService) -> gr.Blocks:
    """The Blocks of the page."""
    page: gr.Blocks
    with gr.Blocks(title=texts.NAME, fill_height=True, fill_width=True, analytics_enabled=False) as page:
        state = gr.State(Chat())
        bridge = gr.HTML("", elem_id="q-bridge", js_on_load="window.quarryAct = (data) => trigger('click', data);")
        with gr.Sidebar(elem_id="q-side", width=270):
            gr.HTML(f'<h1 class="q-title">{texts.NAME}</h1>')
            begin = gr.Button(texts.NEW, elem_id="q-new", size="sm")
            find = gr.Textbox(elem_id="q-find", label=texts.FIND, show_label=False, container=False, placeholder=texts.FIND)
            stored = gr.HTML(elem_id="q-stored")
            names = collections(service)
            within = gr.CheckboxGroup(
                names, value=[], label=texts.COLLECTIONS, elem_id="q-collections", visible=len(names) > 1
            )
        with gr.Row(elem_id="q-columns", equal_height=True):
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
                    examples=[{"text": question} for question in starters(service)],
                )
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
        outputs = [chat, state, box, stored]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        running: dict[str, threading.Event] = {}

        def respond(
            question: str, shown: Chat, chosen: list[str], words: str, request: gr.Request, replaces: int | None = None
        ) -> Iterator[tuple[Any, ...]]:
            stopping = running[request.session_hash or ""] = threading.Event()
            filters = Filters(collections=tuple(chosen or ()))
            update: Update = ([], shown, "")
            for update in answer_turn(service, question, shown, filters, stopping, replaces):
                yield *update, gr.skip()
            yield *update, listing(service, update[1].conversation, words)

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
            else:
                yield changed(service, shown, what, given, words)

        def stop(request: gr.Request) -> None:
            if stopping := running.get(request.session_hash or ""):
                stopping.set()

        box.submit(respond, [box, state, within, find], outputs, **quiet)
        box.stop(stop, None, None, queue=False, **quiet)
        chat.example_select(start, [state, within, find], outputs, **quiet)
        bridge.click(act, [state, within, find], outputs, **quiet)
        begin.click(lambda words: ([], Chat(), "", listing(service, Conversation(), words)), [find], outputs, **quiet)
        find.change(lambda shown, words: listing(service, shown.conversation, words), [state, find], [stored], **quiet)
        page.load(lambda shown: listing(service, shown.conversation, ""), [state], [stored], **quiet)

        def leave(request: gr.Request) -> None:
            stop(request)
            running.pop(request.session_hash or "", None)

        page.unload(leave)
    return page


def collections(service: LocalService) -> list[str]:
    """The collections of the library, in order of name."""
    return sorted({folder.collection for folder in service.library.folders()})


def starters(service: LocalService) -> list[str]:
    """Questions to start with."""
    return [question for folder in service.library.folders() for question in folder.questions][:3]


def changed(service: LocalService, shown: Chat, what: str, given: str, words: str) -> tuple[Any, ...]:
    """The page after a link was clicked: a conversation opened, renamed or deleted, or more of it shown."""
    try:
        if what == "open":
            shown = Chat(service.conversations.read(given))
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
