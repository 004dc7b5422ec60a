"""What every command says on standard error: notes, progress, and one line that the next one overwrites."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.service.interfaces import Service
    from index.types import FileReport

KEEP_SAMPLES: dict[str, Any] = {"action": "store_true", "help": "the samples stay when your own documents come"}
"""The option --keep-samples, wherever a command has it."""


def say(line: str) -> None:
    """A note of the program."""
    status_line("")
    print(f"quarry: {line}", file=sys.stderr, flush=True)


def progress(what: str, done: int, all_: int) -> None:
    """How far something of `all_` bytes is."""
    status_line(f"{what}: {done / all_:.0%} of {all_ / 1e9:.1f} GB" if done < all_ else "")


def status_line(text: str) -> None:
    """One line on the terminal that the next one overwrites; nothing where standard error is no terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


def tell_samples(service: Service, paths: Sequence[Path], keep: bool) -> None:
    """Say what an ingest of `paths` will do to the samples, where there are any that it neither names nor keeps."""
    given = [Path(os.path.realpath(path)) for path in paths]
    named = {place for path in given for place in (path, *path.parents)}
    files = [file for file in service.documents.listed() if file.document_id]
    samples = [file for file in files if file.sample and Path(file.folder) not in named]
    if samples and not keep and (paths or len(samples) < len(files)):
        many = len(samples) > 1
        leave = f"the {len(samples)} sample documents leave" if many else "the sample document leaves"
        say(f"{leave} once documents of yours are in; --keep-samples keeps {'them' if many else 'it'}")


def say_outdated(service: Service) -> None:
    """Where this process answers with an outdated index: how that is brought up to date."""
    from assistant.service.service import LocalService

    if isinstance(service, LocalService) and service.library.outdated:
        say(
            "the index was made by an earlier embedder or chunker: passages are found by their words alone until "
            "`quarry reindex` or `quarry serve` has made it anew"
        )


def renewed(reports: Iterator[FileReport]) -> None:
    """Show how an index made anew comes on beside the questions: a line at each tenth, and how it ended."""
    from assistant.errors import AssistantError
    from index.errors import IndexingError

    tenths = 0
    try:
        for report in reports:
            status_line(f"new index: {report.share:.0%}" if report.share < 1 else "")
            if int(10 * report.share) > tenths:
                tenths = int(10 * report.share)
                if tenths < 10:
                    say(f"the index is being made anew: {10 * tenths} % done")
    except (AssistantError, IndexingError) as error:
        say(f"{error}; until then questions are answered by keywords")
        return
    if tenths == 10:
        say("the new index is in place")


def ingested(reports: Iterator[FileReport], *, as_json: bool = False) -> int:
    """Show how an ingest goes: 1 if a file failed."""
    from dataclasses import asdict

    from assistant.rendering.durations import left
    from assistant.untrusted.sanitize import printable

    counts: dict[str, int] = {}
    passages, began = 0, time.monotonic()
    for report in reports:
        coming = left(report.share, time.monotonic() - began, passages + report.chunks)
        if report.state == "embedding":
            line = f"[{report.number}/{report.total}] {report.file}: {report.chunks} {report.reason}"
            status_line(printable(line) + coming)
            continue
        passages += report.chunks
        counts[report.state] = counts.get(report.state, 0) + 1
        if as_json:
            print(json.dumps(asdict(report), ensure_ascii=False), flush=True)
        else:
            place = f"[{report.number}/{report.total}] " if report.total else ""
            chunks = f", {report.chunks} chunks" if report.chunks else ""
            reason = f": {report.reason}" if report.reason else ""
            status_line("")
            line = printable(f"{place}{report.file} {report.state}{chunks}{reason}")
            print(" ".join(line.splitlines()), file=sys.stderr, flush=True)
            if report.number < report.total and coming:
                status_line(place + coming.removeprefix(", "))
    status_line("")
    if not as_json:
        summary = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing to do"
        print(summary, file=sys.stderr)
    return 1 if counts.get("failed") else 0
