"""The form below the chat that asks what is wrong with an answer."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.history.feedback import REASONS
from assistant.page.view import View
from assistant.rendering import page_words
from assistant.service.service import LocalService


class FeedbackForm:
    """Its Blocks, made where it is made; hidden until a thumb goes down."""

    def __init__(self) -> None:
        """Within the Blocks of the page."""
        with gr.Group(elem_id="q-feedback", visible=False) as self.group:
            reasons = gr.CheckboxGroup(list(REASONS), label=page_words.REASONS, elem_id="q-reasons")
            right = gr.Textbox(label=page_words.RIGHT_ANSWER, elem_id="q-right-answer", max_lines=4)
            asks = gr.Checkbox(label=page_words.MAKE_QUESTION, elem_id="q-make-question")
            with gr.Row():
                self.send = gr.Button(page_words.SEND, elem_id="q-send", size="sm", variant="primary")
                self.later = gr.Button(page_words.LATER, elem_id="q-later", size="sm")
        self.told = gr.HTML(elem_id="q-kept")
        self.inputs = [reasons, right, asks]

    def kept(self, service: LocalService, view: View, reasons: list[str], right: str, asks: bool) -> tuple[Any, ...]:
        """Keep the reasons for the thumb that went down last; what the form and its line show then."""
        shown = view.chat
        number = next((number for number, way in reversed(shown.rated) if way == "down"), 0)
        chosen = tuple(reason for reason in REASONS if reason in reasons)
        try:
            feedback = service.feedback.add(shown.conversation.id, number, "down", chosen, right)
            told = page_words.THANKS
            if asks:
                service.feedback.as_question(feedback.id)
                told = f"{told} {page_words.MADE_QUESTION}"
        except AssistantError as error:
            return gr.skip(), f'<p class="q-remark" role="alert">{escape(str(error))}</p>', *[gr.skip()] * 3
        view.asks_why, view.told = False, f'<p class="q-remark" role="status">{escape(told)}</p>'
        return gr.update(visible=False), view.told, [], "", False
