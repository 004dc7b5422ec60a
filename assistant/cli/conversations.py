"""The command `quarry conversations`, and how `ask` and `chat` go on with a stored conversation."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.service.interfaces import Conversations, Service
    from assistant.types import Answer, Conversation


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its own commands."""
    conversations = commands.add_parser("conversations", help="list, search, show, rename, delete, export conversations")
    own = conversations.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, help_, arguments in (
        ("list", _listed, "all conversations, the last changed first", ()),
        ("search", _listed, "those whose title, questions, answers and quotes hold all the words", ("words",)),
        ("show", _show, "a conversation with its answers and their sources", ("id",)),
        ("rename", _rename, "give a conversation another title", ("id", "title")),
        ("delete", _delete, "forget a conversation", ("id",)),
        ("export", _export, "a conversation as Markdown, or with --json as JSON", ("id",)),
    ):
        parser = own.add_parser(name, help=help_)
        for argument in arguments:
            parser.add_argument(argument, metavar=argument.upper(), nargs="+" if argument in ("words", "title") else None)
        if name == "export":
            parser.add_argument("--output", type=Path, metavar="FILE", help="write it there, not to standard output")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.set_defaults(run=_run, do=run)


def continued(service: Service, id_: str | None) -> Conversation:
    """The stored conversation of this id; an empty one for `new` or none."""
    from assistant.types import Conversation

    return Conversation() if id_ in (None, "new") else service.conversations.read(id_)


def stored(service: Service, conversation: Conversation, question: str, answer: Answer) -> Conversation:
    """The conversation with one more turn, which is now stored."""
    from assistant.types import Conversation, Turn

    turn = Turn(question, answer, datetime.now(UTC).isoformat(timespec="seconds"))
    listed = service.conversations.add(conversation.id, turn)
    return Conversation(listed.id, listed.title, (*conversation.turns, turn))


def _run(options: argparse.Namespace) -> int:
    from assistant.service.stored import open_conversations
    from assistant.settings import load_settings

    index, _ = load_settings({"home": options.home})
    with open_conversations(index, lambda line: print(f"quarry: {line}", file=sys.stderr, flush=True)) as conversations:
        options.do(options, conversations)
    return 0


def _listed(options: argparse.Namespace, conversations: Conversations) -> None:
    found = conversations.listed(" ".join(getattr(options, "words", ())))
    for one in found:
        _print_line(options, one)
    if not found and not options.json:
        print("no conversations", file=sys.stderr)


def _show(options: argparse.Namespace, conversations: Conversations) -> None:
    from assistant.rendering.export import cited, conversation_object
    from assistant.rendering.render import json_line, terminal
    from assistant.untrusted.sanitize import printable

    conversation = conversations.read(options.id)
    outdated = conversations.outdated(cited(conversation))
    if options.json:
        print(json_line(conversation_object(conversation, outdated)))
        return
    print(printable(conversation.title))
    for turn in conversation.turns:
        print(f"\n? {printable(turn.question)}  ({turn.created})\n")
        print(terminal(turn.answer, outdated, turn.question, styled=sys.stdout.isatty()))


def _rename(options: argparse.Namespace, conversations: Conversations) -> None:
    _print_line(options, conversations.rename(options.id, " ".join(options.title)))


def _delete(options: argparse.Namespace, conversations: Conversations) -> None:
    deleted = conversations.delete(options.id)
    _print_line(options, deleted)
    if not options.json:
        print("deleted", file=sys.stderr)


def _export(options: argparse.Namespace, conversations: Conversations) -> None:
    from assistant.rendering.export import cited, conversation_object, markdown
    from assistant.rendering.render import json_line
    from assistant.untrusted.sanitize import printable

    conversation = conversations.read(options.id)
    outdated = conversations.outdated(cited(conversation))
    as_json = options.json
    text = json_line(conversation_object(conversation, outdated)) if as_json else markdown(conversation, outdated)
    if options.output:
        try:
            options.output.write_bytes(f"{text}\n".encode())
        except OSError as error:
            raise AssistantError(f"{options.output} can't be written ({error.strerror}): name another file") from error
    elif sys.stdout.isatty():  # a terminal would obey what a quote may hold; a file gets it as it is
        print(printable(text))
    else:
        sys.stdout.buffer.write(f"{text}\n".encode())


def _print_line(options: argparse.Namespace, one: Any) -> None:
    from dataclasses import asdict

    from assistant.rendering.render import json_line
    from assistant.untrusted.sanitize import printable

    if options.json:
        print(json_line(asdict(one)))
    else:
        turns = "1 turn" if one.turns == 1 else f"{one.turns} turns"
        print(f"{one.id}  {one.changed[:16].replace('T', ' ')}  {turns}  {printable(one.title)}")
