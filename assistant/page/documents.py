"""The page's second tab: files dropped, how their ingest goes, and what the library holds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.page.documents_html import documents_html, jobs_html, samples_html
from assistant.rendering import page_words
from assistant.service.service import LocalService
from index.errors import IndexingError
from index.parsing.file import READERS

POLLED = 2.0
"""Seconds between two looks at the ingests under way."""

UPLOADS = "uploads"
"""The folder of the data folder where dropped files are kept, by collection."""


def build_documents(service: LocalService, quiet: dict[str, Any]) -> gr.HTML:
    """The tab's Blocks; what it returns gets the clicks within its table, see `page.js`."""
    samples = gr.HTML(elem_id="q-samples")
    kept = gr.Checkbox(label=page_words.KEEP_SAMPLES, elem_id="q-keep-samples", container=False)
    with gr.Row():
        dropped = gr.File(
            label=page_words.DROP, file_count="multiple", file_types=list(READERS), elem_id="q-drop", height=140, scale=3
        )
        names = [one.collection for one in service.documents.collections()] or ["default"]
        into = gr.Dropdown(
            names, value=names[0], label=page_words.INTO, allow_custom_value=True, elem_id="q-into", visible=True, scale=1
        )
    again = gr.Button(page_words.READ_AGAIN, elem_id="q-again", size="sm")
    told = gr.HTML(elem_id="q-told")
    jobs = gr.HTML(elem_id="q-jobs")
    table = gr.HTML(elem_id="q-documents")
    clicks = gr.HTML("", elem_id="q-clicks", js_on_load="window.quarryDocuments = (data) => trigger('click', data);")
    timer = gr.Timer(POLLED)

    def look() -> tuple[Any, ...]:
        newest = [service.jobs.read(job.id) for job in service.jobs.listed()[:3]]
        files = service.documents.listed()
        return samples_html(files), jobs_html(newest), documents_html(files)

    def add(files: list[str] | None, collection: str, keeps: bool) -> tuple[Any, ...]:
        if not files:
            return page_words.NOTHING_ADDED, None, *look()
        try:
            folder = keep(service.library.settings.home, [Path(file) for file in files], collection)
            service.add_files([folder], collection, keep_samples=keeps)
        except (AssistantError, IndexingError, OSError) as error:
            return _told(str(error)), None, *look()
        return "", None, *look()

    def act(event: gr.EventData) -> tuple[Any, ...]:
        what, value = str(event._data.get("what")), str(event._data.get("value", ""))
        try:
            if what == "cancel":
                service.jobs.cancel(int(value))
            elif what == "remove":
                service.remove([(Path(value).name, Path(value))])
            elif what == "again":
                service.add_files([Path(value)])
        except (AssistantError, IndexingError, ValueError) as error:
            return _told(str(error)), *look()
        return "", *look()

    def update() -> tuple[Any, ...]:
        service.add_files([])
        return "", *look()

    shown = [samples, jobs, table]
    dropped.upload(add, [dropped, into, kept], [told, dropped, *shown], **quiet)
    again.click(update, None, [told, *shown], **quiet)
    clicks.click(act, None, [told, *shown], **quiet)
    timer.tick(look, None, shown, **quiet)
    return clicks


def keep(home: Path, files: list[Path], collection: str) -> Path:
    """Copy dropped files into the data folder, one of the same name replaced; the folder they are in.

    Raises:
        AssistantError: the collection's name is none.
    """
    if not re.fullmatch(r"[\w][\w .-]{0,99}", collection):
        raise AssistantError(f"a collection can't be called {collection!r}: use letters, digits, blanks, dots and dashes")
    folder = home / UPLOADS / collection
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        partial = folder / f".{file.name}.part"
        shutil.copyfile(file, partial)
        partial.replace(folder / file.name)
    return folder


def _told(error: str) -> str:
    from assistant.page.answer_html import shown

    return f'<p class="q-remark" role="alert">{shown(error)}</p>'
