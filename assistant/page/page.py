"""The page, in Gradio Blocks: conversations on the left, the chat, the source panel. No domain logic is in it.

All that a person does reaches Python by the bridge, see `page.js`, and what it changes is drawn by `View.draw`. What a
person fills in, the question box and the ticks, is never written here: over a network it would come too late. Gradio takes
seconds to import: this module is imported only to serve.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.components.chatbot import ExampleMessage

from assistant.page.acts import perform, told_act
from assistant.page.documents import build_documents
from assistant.page.feedback import FeedbackForm
from assistant.page.list_html import report_html
from assistant.page.theme.style import stylesheet
from assistant.page.view import View, Views
from assistant.rendering import page_words
from assistant.service.answers import AT_ONCE
from assistant.service.service import LocalService
from index.parsing.file import MAX_BYTES
from index.types import Filters

HERE = Path(__file__).parent

SCRIPTS = ("page.js", "page_box.js")

STARTER_SECONDS = 2.0
"""Between two looks whether starter questions are found."""


def _tool(id_: str, icon: str, label: str) -> str:
    return (
        f'<button type="button" id="{id_}" class="q-tool q-i-{icon}" title="{label}">'
        f'<span class="q-hidden">{label}</span></button>'
    )


_BRAND = f"""<div class="q-brand"><h1 class="q-title">{page_words.NAME}</h1>
{_tool("q-ask-help", "circle-help", page_words.HELP)}</div>
<dialog id="q-help" aria-labelledby="q-help-title"><h2 id="q-help-title">{page_words.HELP}</h2>
{page_words.HELP_TEXT}
<button type="button" id="q-help-close">{page_words.CLOSE}</button></dialog>"""

_PANEL = f"""<aside id="q-aside"><div class="q-bar">{_tool("q-previous", "chevron-left", page_words.PREVIOUS)}\
{_tool("q-next", "chevron-right", page_words.NEXT)}<span id="q-where"></span>{_tool("q-close", "x", page_words.CLOSE)}</div>
<div id="q-source" tabindex="-1" aria-live="polite"><p class="q-facts">{page_words.PANEL_EMPTY}</p></div></aside>"""


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
        css=stylesheet(),
        head="".join(f"<script>{(HERE / name).read_text(encoding='utf-8')}</script>" for name in SCRIPTS),
        blocked_paths=["/"],
        max_file_size=MAX_BYTES,
    )
    return mounted


def build_page(service: LocalService) -> gr.Blocks:
    """The Blocks of the page."""
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    page: gr.Blocks
    with gr.Blocks(title=page_words.NAME, fill_height=True, fill_width=True, analytics_enabled=False) as page:
        bridge = gr.HTML("", elem_id="q-bridge", js_on_load="window.quarryAct = (data) => trigger('click', data);")
        with gr.Sidebar(elem_id="q-side", width=270):
            gr.HTML(_BRAND)
            gr.Button(page_words.NEW, elem_id="q-new", size="sm")
            gr.Textbox(
                "", elem_id="q-find", label=page_words.FIND, show_label=False, container=False, placeholder=page_words.FIND
            )
            stored = gr.HTML(elem_id="q-stored")
            report = gr.HTML(elem_id="q-report")
            within = gr.CheckboxGroup([], label=page_words.COLLECTIONS, elem_id="q-collections", visible=False)
        with gr.Tabs(elem_id="q-tabs"):
            with gr.Tab(page_words.CHAT) as chatting, gr.Row(elem_id="q-columns", equal_height=True):
                with gr.Column(scale=3, min_width=300, elem_id="q-left"):
                    gr.HTML('<h2 id="q-heading"></h2>', elem_id="q-head", js_on_load=None)
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
                        placeholder=page_words.EMPTY_CHAT,
                        examples=starters(service),
                    )
                    form = FeedbackForm()
                    waiting = gr.HTML(elem_id="q-waiting")
                    gr.Textbox(
                        elem_id="q-question",
                        show_label=False,
                        label="Question",
                        container=False,
                        placeholder=page_words.ASK_HERE,
                        submit_btn=page_words.ASK,
                        stop_btn=page_words.STOP,
                        autofocus=True,
                        max_lines=6,
                    )
                with gr.Column(scale=2, min_width=300, elem_id="q-right"):
                    gr.HTML(_PANEL, elem_id="q-panel", js_on_load=None)
            with gr.Tab(page_words.DOCUMENTS):
                build_documents(service, quiet)
        outputs = [chat, stored, waiting, form.group, form.told]
        looking = gr.Timer(STARTER_SECONDS, active=False)
        views = Views(service)

        def drawn(view: View) -> Iterator[tuple[Any, ...]]:
            for now in view.draw():
                group = gr.skip() if now.asks_why is None else gr.update(visible=now.asks_why)
                parts = [gr.skip() if part is None else part for part in (now.chat, now.stored, now.waiting)]
                yield *parts, group, gr.skip() if now.told is None else now.told

        def act(ticked: list[str] | None, request: gr.Request, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            view, names = views.of(request.session_hash), collections()
            filters = Filters(collections=tuple(name for name in ticked or () if name in names))
            perform(service, view, told_act(event._data or {}, filters))
            yield from drawn(view)

        def arrive(request: gr.Request) -> Iterator[tuple[Any, ...]]:
            yield from drawn(views.of(request.session_hash))

        def opened() -> tuple[Any, ...]:
            names = collections()
            boxes = gr.update(choices=names, visible=len(names) > 1)  # without a value: the ticks are the person's
            return boxes, report_html(service.library.settings.home), *offered()

        def offered() -> tuple[Any, ...]:
            found = starters(service)  # the look at the documents takes some seconds after a start or a change
            return gr.update(examples=found) if found else gr.skip(), gr.Timer(active=not found)

        def collections() -> list[str]:
            return [one.collection for one in service.documents.collections()]

        def send(reasons: list[str], right: str, asks: bool, request: gr.Request) -> tuple[Any, ...]:
            return form.kept(service, views.of(request.session_hash), reasons, right, asks)

        def later(request: gr.Request) -> dict[str, Any]:
            views.of(request.session_hash).asks_why = False
            return gr.update(visible=False)

        def leave(request: gr.Request) -> None:
            views.leave(request.session_hash)

        # Not `once`, Gradio's own: that drops what is done while the last answer is still drawn. Not checked: a collection
        # that is ticked may have gone since.
        bridge.click(act, [within], outputs, trigger_mode="multiple", preprocess=False, **quiet)
        form.send.click(send, form.inputs, [form.group, form.told, *form.inputs], **quiet)
        form.later.click(later, None, [form.group], **quiet)
        for event in (page.load, chatting.select):  # the documents may have changed while their tab was open
            event(opened, None, [within, report, chat, looking], **quiet)
            event(arrive, None, outputs, **quiet)
        looking.tick(offered, None, [chat, looking], **quiet)
        page.unload(leave)
    return page


def starters(service: LocalService) -> list[ExampleMessage]:
    """Questions to start with, each checked to be answerable; none while they are looked for."""
    return [{"text": question} for question in service.starters.questions()[:4]]
