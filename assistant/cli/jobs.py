"""The command `quarry jobs`: the ingests that run in the data folder's owner, and how long one takes yet."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.rendering.durations import duration, pace

if TYPE_CHECKING:
    from assistant.service.job import Job


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    jobs = commands.add_parser("jobs", help="the ingests of the running Quarry, and the files of one")
    jobs.add_argument("id", type=int, nargs="?", metavar="ID", help="show this one with its files and their reasons")
    jobs.add_argument("--cancel", type=int, metavar="ID", help="end this one after the file or batch it is at")
    jobs.add_argument("--json", action="store_true", help="one JSON object per job")
    jobs.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from assistant.rendering.render import json_line
    from assistant.service.interfaces import Jobs
    from assistant.service.owner import find_owner
    from assistant.service.remote import remote
    from assistant.settings import load_settings

    index, _ = load_settings({"home": options.home})
    owner = find_owner(index.home)
    if owner is None:  # jobs live in the process that serves
        print("quarry: no Quarry is running on this data folder, so there are no jobs", file=sys.stderr)
        return 0 if options.id is None and options.cancel is None else 1
    jobs = remote(owner, Jobs)
    if options.cancel is not None:
        found = [jobs.cancel(options.cancel)]
    else:
        found = jobs.listed() if options.id is None else [jobs.read(options.id)]
    for job in found:
        if options.json:
            print(json_line(asdict(job)))
        else:
            print("\n".join(_lines(job)))
    if not found:
        print("quarry: there are no jobs", file=sys.stderr)
    return 0


def _lines(job: Job) -> list[str]:
    from assistant.untrusted.sanitize import printable

    what = "the index made anew" if job.renews else ", ".join(job.paths) or "everything ingested before"
    reason = f": {job.reason}" if job.reason else ""
    counted = "documents" if job.renews else "files"
    done = (
        f"{job.done} of {job.total} {counted}, {job.chunks} chunks{pace(job.passages_a_second)}{duration(job.seconds_left)}"
    )
    lines = [f"{job.id}  {job.state}{reason}  {done}  {what}"]
    for file in job.files:
        reason = f": {file.reason}" if file.reason else ""
        lines.append(f"  {file.file} {file.state}{reason}")
    return [" ".join(printable(line).splitlines()) for line in lines]
