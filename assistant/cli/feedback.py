"""The command `quarry feedback`: what people thought of answers, and the evaluation questions made of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.service.interfaces import Feedbacks


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its own commands."""
    feedback = commands.add_parser("feedback", help="list what people thought of answers, export it as questions")
    own = feedback.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listed = own.add_parser("list", help="all feedback, the oldest first")
    listed.add_argument("--json", action="store_true", help="print JSON, with all that each answer rested on")
    listed.set_defaults(run=_run, do=_listed)
    export = own.add_parser("export", help="evaluation questions, for `python -m evals run --feedback FILE`")
    export.add_argument("file", type=Path, metavar="FILE", help="the JSON Lines file to write")
    export.set_defaults(run=_run, do=_export)


def _run(options: argparse.Namespace) -> int:
    from assistant.service.stored import open_feedbacks
    from assistant.settings import load_settings

    index, _ = load_settings({"home": options.home})
    with open_feedbacks(index, lambda line: print(f"quarry: {line}", file=sys.stderr, flush=True)) as feedbacks:
        options.do(options, feedbacks)
    return 0


def _listed(options: argparse.Namespace, feedbacks: Feedbacks) -> None:
    from assistant.history.feedback import FEEDBACK
    from assistant.history.history import titled
    from assistant.rendering.render import json_line
    from assistant.untrusted.sanitize import printable

    found = feedbacks.listed()
    for one in found:
        if options.json:
            print(json_line({"id": one.id, **FEEDBACK.dump_python(one, mode="json")}))
            continue
        why = f" ({'; '.join(one.reasons)})" if one.reasons else ""
        right = f"  right: {titled(one.right_answer)}" if one.right_answer else ""
        line = f"{one.id}  {one.created[:16].replace('T', ' ')}  {one.rating}{why}  {titled(one.question)}{right}"
        print(printable(line))
    if not found and not options.json:
        print("no feedback", file=sys.stderr)


def _export(options: argparse.Namespace, feedbacks: Feedbacks) -> None:
    made = feedbacks.questions()
    lines = [json.dumps(one["question"], ensure_ascii=False) + "\n" for one in made if "question" in one]
    try:
        options.file.write_bytes("".join(lines).encode())
    except OSError as error:
        raise AssistantError(f"{options.file} can't be written ({error.strerror}): name another file") from error
    for one in made:
        if "reason" in one:
            print(f"left out: {one['reason']}", file=sys.stderr)
    print(f"{len(lines)} of {len(made)} are questions now", file=sys.stderr)
