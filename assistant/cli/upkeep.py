"""The commands that keep the data folder sound: backup, restore, reindex, doctor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.library import settings_of
from assistant.cli.lines import say

if TYPE_CHECKING:
    from index.upkeep.backup import BackedUp


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    backup = commands.add_parser("backup", help="write documents, index and conversations to one file")
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to write, as in quarry.zip")
    backup.add_argument("--json", action="store_true", help="print one JSON object")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="fill an empty data folder from a backup")
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that `quarry backup` wrote")
    restore.add_argument("--json", action="store_true", help="print one JSON object")
    restore.set_defaults(run=_restore)

    reindex = commands.add_parser("reindex", help="make the index anew from the stored texts, after a change of embedder")
    reindex.add_argument("--json", action="store_true", help="one JSON object per document")
    reindex.set_defaults(run=_reindex)

    doctor = commands.add_parser("doctor", help="look for what may be wrong; each with its cause and cure")
    doctor.add_argument("--json", action="store_true", help="one JSON object per thing looked at")
    doctor.set_defaults(run=_doctor)


def _backup(options: argparse.Namespace) -> int:
    from assistant.service.stored import open_documents

    index, _ = settings_of(options)
    with open_documents(index, say) as documents:
        done = documents.back_up(options.file.expanduser().absolute())
    return _told(options, done, f"backed up to {done.file}")


def _restore(options: argparse.Namespace) -> int:
    from assistant.service.owner import owning
    from index.upkeep.backup import restore

    index, _ = settings_of(options)
    with owning(index.home, say=say):
        done = restore(index.home, options.file.expanduser())
    return _told(options, done, f"restored {index.home} to what it was at {done.created}")


def _reindex(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.rendering.render import json_line
    from assistant.service.owner import owning
    from assistant.untrusted.sanitize import printable
    from index.embedding.embedder import Embedder
    from index.upkeep.reindex import reindex

    index, _ = settings_of(options)
    documents = chunks = 0
    with owning(index.home, say=say):
        for one in reindex(index, Embedder(index.embedder)):
            documents, chunks = max(documents, one.number if one.chunks else 0), chunks + one.chunks
            if options.json:
                print(json_line(asdict(one)), flush=True)
            else:
                line = f"[{one.number}/{one.total}] {one.file}, {one.chunks} chunks, {one.seconds_left:.0f} s left"
                print(printable(line), file=sys.stderr, flush=True)
    if not options.json:
        done = f"made anew: {documents} documents, {chunks} chunks now"
        print(done if documents else "the index is made with these settings: nothing was left to do")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.cli.doctor import diagnosis
    from assistant.rendering.render import json_line
    from assistant.untrusted.sanitize import printable

    found = diagnosis(*settings_of(options))
    for one in found:
        line = f"{one.state:8} {one.name}: {one.found}{f'; {one.cure}' if one.cure else ''}"
        print(json_line(asdict(one)) if options.json else printable(line))
    return 1 if any(one.state == "broken" for one in found) else 0


def _told(options: argparse.Namespace, done: BackedUp, line: str) -> int:
    from dataclasses import asdict

    from assistant.rendering.render import json_line

    print(json_line(asdict(done)) if options.json else f"{line}: {done.files} files, {done.size / 1e6:.1f} MB")
    return 0
