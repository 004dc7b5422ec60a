"""The documents of the library and the ingests under way as HTML, for the page's second tab. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.page.answer_html import shown
from assistant.rendering import page_words
from assistant.rendering.durations import duration, pace
from assistant.rendering.page_words import counted
from assistant.service.job import Job
from index.ingest.ingest import SAMPLES_LEAVE
from index.library.listing import ListedFile


def documents_html(files: Sequence[ListedFile]) -> str:
    """A table of the files: title, date, pages, state with the reason of a failure, and what can be done."""
    if not files:
        return f'<p class="q-facts">{shown(page_words.NO_DOCUMENTS)}</p>'
    head = "".join(f'<th scope="col">{column}</th>' for column in page_words.COLUMNS)
    rows = "".join(map(_row, files))
    return f'<div class="q-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def samples_html(files: Sequence[ListedFile]) -> str:
    """What will become of the samples, where there are any and nothing else yet."""
    held = [file for file in files if file.document_id]
    if not held or not all(file.sample for file in held):
        return ""
    samples = counted(len(held), "sample document is", "sample documents are")
    return f'<p class="q-facts">{shown(page_words.SAMPLES_WILL_LEAVE.format(samples=samples))}</p>'


def _row(file: ListedFile) -> str:
    path = shown(str(Path(file.folder) / file.file) if Path(file.folder).name != file.file else file.folder)
    links = []
    if file.document_id and file.version is not None:
        links.append(_link("file-text", f"c-{file.document_id}-{file.version}", page_words.OPEN, page_words.OPEN))
    links.append(_link("refresh-cw", "act-again", page_words.AGAIN, path))
    if file.state != "removed":
        links.append(_link("trash-2", "act-remove", page_words.REMOVE, path))
    sign, _, word = page_words.STATES[file.state].partition(" ")
    word = f'<span class="q-hidden">{word}</span>' if file.state == "current" else word
    state = f"{sign} {word}{f': {shown(file.reason)}' if file.reason else ''}"
    cells = (
        file.date or "",
        str(file.pages or ""),
        state,
        f'<span title="{path}">{shown(file.file)}</span>',
        " ".join(links),
    )
    title = f'<th scope="row">{shown(file.title or file.file)}</th>'
    return f'<tr class="q-{file.state}">{title}{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _link(icon: str, target: str, label: str, title: str) -> str:
    return f'<a class="q-act q-i-{icon}" href="#{target}" title="{title}"><span class="q-hidden">{label}</span></a>'


def jobs_html(jobs: Sequence[Job]) -> str:
    """The ingests under way with their progress, and the last one that ended with what failed."""
    parts = [_running(job) for job in jobs if not job.ended]
    if not parts and jobs:
        parts = [_ended(jobs[0])]
    return f'<div role="status">{"".join(parts)}</div>'


def _running(job: Job) -> str:
    told = page_words.WORKING.format(
        done=job.done,
        total=job.total,
        chunks=counted(job.chunks, "passage"),
        left=pace(job.passages_a_second) + duration(job.seconds_left),
    )
    at = f" – {shown(job.file)}" if job.file else ""
    told = page_words.RENEWING.format(told=told) if job.renews else told
    cancel = f'<a class="q-act" href="#act-cancel-{job.id}">{page_words.CANCEL}</a>'
    bar = f'<progress max="{max(job.total, 1)}" value="{job.done}">{job.done} of {job.total}</progress>'
    return f'<p class="q-job">{bar} {told}{at} {cancel}</p>'


def _ended(job: Job) -> str:
    reason = f": {shown(job.reason)}" if job.reason else ""
    done = f"{counted(job.done, 'file')}, {counted(job.chunks, 'new passage')}"
    failed = "".join(f"<li>{shown(f.file)}: {shown(f.reason)}</li>" for f in job.files if f.state == "failed")
    told = f'<p class="q-facts">{shown(job.state.capitalize())}{reason} – {done}</p>'
    return f"{told}{_samples(job)}{f'<ul>{failed}</ul>' if failed else ''}"


def _samples(job: Job) -> str:
    """What became of the samples by an ingest, if anything did."""
    left = sum(file.state == "removed" and file.reason == SAMPLES_LEAVE for file in job.files)
    kept = sum(file.state == "kept" for file in job.files)
    told = []
    if left:
        told.append(page_words.SAMPLES_LEFT.format(samples=counted(left, "sample document has", "sample documents have")))
    if kept:
        told.append(page_words.SAMPLES_KEPT.format(samples=counted(kept, "sample document is", "sample documents are")))
    return "".join(f'<p class="q-facts">{shown(line)}</p>' for line in told)
