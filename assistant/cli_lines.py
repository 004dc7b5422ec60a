"""What every command says on standard error: notes, progress, and one line that the next one overwrites."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.types import FileReport


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


def ingested(reports: Iterator[FileReport], *, as_json: bool = False) -> int:
    """Show how an ingest goes: 1 if a file failed."""
    from dataclasses import asdict

    counts: dict[str, int] = {}
    for report in reports:
        if report.state == "embedding":
            status_line(f"[{report.number}/{report.total}] {report.file}: {report.chunks} {report.reason}")
            continue
        counts[report.state] = counts.get(report.state, 0) + 1
        if as_json:
            print(json.dumps(asdict(report), ensure_ascii=False), flush=True)
        else:
            place = f"[{report.number}/{report.total}] " if report.total else ""
            chunks = f", {report.chunks} chunks" if report.chunks else ""
            reason = f": {report.reason}" if report.reason else ""
            status_line("")
            print(f"{place}{report.file} {report.state}{chunks}{reason}", file=sys.stderr, flush=True)
    if not as_json:
        summary = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing to do"
        print(summary, file=sys.stderr)
    return 1 if counts.get("failed") else 0
