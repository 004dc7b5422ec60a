"""The page, in Gradio Blocks: chat in the middle, the source panel beside it. No domain logic: answers come from `ask`.

Gradio takes seconds to import: this module is imported only to serve.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant.errors import AssistantError
from assistant.export import cited
from assistant.render import page_html, question_html
from assistant.sanitize import printable
from assistant.service import LocalService
from assistant.types import Answer, Conversation, Outdated, Turn
from index.errors import IndexingError

HERE = Path(__file__).parent

UPDATE_SECONDS = 0.08
"""The page is redrawn some 12 times a second at most: each redraw renders the whole text again."""

Update = tuple[list[dict[str, Any]], Conversation, str]
"""The chat's messages, the conversation so far, and what stands in the question box."""


def mount_page(app: FastAPI, service: LocalService) -> FastAPI:
    """`app` with the page at `/`."""
    page = build_page(service)
    page.queue(default_concurrency_limit=4, api_open=False)
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
    questions = [question for folder in service.library.folders() for question in folder.questions][:3]

    def respond(question: str, conversation: Conversation) -> Iterator[Update]:
        yield from answer_turn(service, question, conversation)

    page: gr.Blocks
    with gr.Blocks(title="Quarry", fill_height=True, fill_width=True, analytics_enabled=False) as page:
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="q-columns", equal_height=True):
            with gr.Column(scale=3, min_width=320, elem_id="q-left"):
                with gr.Row(elem_id="q-head", equal_height=True):
                    gr.HTML('<h1 class="q-title">Quarry</h1>', min_width=80)
                    stored = gr.Dropdown(
                        [], elem_id="q-stored", label="Stored conversations", show_label=False, container=False, scale=4
                    )
                    begin = gr.Button("New", elem_id="q-new", size="sm", min_width=60)
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
                    placeholder="Ask your documents. Every answer shows where it stands.",
                    examples=[{"text": question} for question in questions],
                )
                box = gr.Textbox(
                    elem_id="q-question",
                    show_label=False,
                    label="Question",
                    container=False,
                    placeholder="Ask a question about the documents",
                    submit_btn="Ask",
                    autofocus=True,
                    max_lines=6,
                )
            with gr.Column(scale=2, min_width=320, elem_id="q-right"):
                gr.HTML(
                    '<div id="q-source" tabindex="-1" aria-live="polite"><p class="q-facts">Click a number to read '
                    "the passage it rests on, in its document.</p></div>",
                    elem_id="q-panel",
                    js_on_load=None,
                )
        outputs = [chat, conversation, box]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shared = quiet | {"outputs": outputs}

        def listed(conversation: Conversation) -> dict[str, Any]:
            choices = [(printable(one.title), one.id) for one in service.conversations.listed()]
            return gr.update(choices=choices, value=conversation.id or None)

        def reopen(id_: str | None) -> Update:
            return open_conversation(service, id_)

        box.submit(respond, [box, conversation], **shared).then(listed, [conversation], [stored], **quiet)
        page.load(listed, [conversation], [stored], **quiet)
        stored.input(reopen, [stored], **shared)
        begin.click(lambda: ([], Conversation(), "", None), None, [*outputs, stored], **quiet)

        def start(conversation: Conversation, event: gr.SelectData) -> Iterator[Update]:
            yield from answer_turn(service, event.value["text"], conversation)

        chat.clear(lambda: (Conversation(), None), None, [conversation, stored], **quiet)
        chat.example_select(start, [conversation], **shared).then(listed, [conversation], [stored], **quiet)
    return page


def answer_turn(service: LocalService, question: str, conversation: Conversation) -> Iterator[Update]:
    """The page's state as an answer grows; the turn joins the conversation and is stored when it is done."""
    answer, drawn = Answer(), 0.0
    outdated = service.conversations.outdated(cited(conversation))
    if not question.strip():
        yield messages(conversation, outdated=outdated), conversation, ""
        return
    try:
        for answer in service.ask(question, conversation):
            now = time.monotonic()
            if answer.stage == "done" or now - drawn >= UPDATE_SECONDS:
                drawn = now
                yield messages(conversation, question, answer, outdated), conversation, ""
    except (AssistantError, IndexingError) as error:
        failed = Answer(text=str(error), status="meta", stage="done")
        yield messages(conversation, question[:200], failed, outdated), conversation, question
        return
    turn = Turn(question, answer, datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        listed = service.conversations.add(conversation.id, turn)
        conversation = replace(conversation, id=listed.id, title=listed.title)
    except AssistantError as error:  # the answer is still worth reading
        turn = replace(turn, answer=replace(answer, notes=(*answer.notes, f"this answer is not stored: {error}")))
    grown = replace(conversation, turns=(*conversation.turns, turn))
    yield messages(grown, outdated=outdated), grown, ""


def open_conversation(service: LocalService, id_: str | None) -> Update:
    """The page's state with a stored conversation, to be read and gone on with."""
    try:
        conversation = service.conversations.read(id_) if id_ else Conversation()
    except AssistantError as error:
        return messages(Conversation(), "", Answer(text=str(error), status="meta", stage="done")), Conversation(), ""
    return messages(conversation, outdated=service.conversations.outdated(cited(conversation))), conversation, ""


def messages(
    conversation: Conversation, question: str = "", answer: Answer | None = None, outdated: Sequence[Outdated] = ()
) -> list[dict[str, Any]]:
    """The chat's messages: the turns of the conversation, then the one under way."""
    pairs = [(turn.question, turn.answer) for turn in conversation.turns]
    if answer is not None:
        pairs.append((question, answer))
    return [
        message
        for asked, answered in pairs
        for message in (
            {"role": "user", "content": question_html(asked)},
            {"role": "assistant", "content": page_html(answered, outdated, asked)},
        )
    ]
