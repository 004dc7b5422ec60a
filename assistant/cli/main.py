"""The command `quarry`. Parses, prints, and leaves the work to the service; heavy imports only inside the commands."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli import conversations, feedback, jobs, library, upkeep
from assistant.cli.library import settings_of
from assistant.cli.lines import KEEP_SAMPLES, ingested, progress, renewed, say, say_outdated, status_line, tell_samples
from assistant.errors import AssistantError
from index.errors import IndexingError

if TYPE_CHECKING:
    from assistant.service.service import LocalService
    from assistant.types import Answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 1 if not, with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except (AssistantError, IndexingError) as error:
        print(f"quarry: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("quarry: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left: nothing more to say
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quarry", description="Ask your own documents; every answer shows the passage it rests on."
    )
    parser.add_argument("--home", metavar="FOLDER", help="the data folder (default: QUARRY_HOME or the platform's own)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    ask = commands.add_parser("ask", help="ask one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--llm", **library.LLM)
    ask.add_argument("--collection", action="append", default=[], metavar="NAME", help="search only this collection")
    ask.add_argument("--document", action="append", default=[], metavar="FILE", help="search only this document")
    ask.add_argument("--since", default="", metavar="DATE", help="search only documents of this date or later: 2025-03")
    ask.add_argument("--until", default="", metavar="DATE", help="search only documents of this date or earlier")
    ask.add_argument("--conversation", metavar="ID", help="go on with this stored conversation, or `new` to begin one")
    ask.add_argument("--samples", type=Path, metavar="FOLDER", help="ingest this first if the library is empty")
    ask.set_defaults(run=_ask)

    chat = commands.add_parser("chat", help="converse in the terminal")
    chat.add_argument("--llm", **library.LLM)
    chat.add_argument("--conversation", default="new", metavar="ID", help="go on with this stored conversation")
    chat.set_defaults(run=_chat)

    serve = commands.add_parser("serve", help="serve the page")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 7860; 0: any free one)")
    serve.add_argument("--llm", **library.LLM)
    serve.add_argument("--ingest", type=Path, action="append", default=[], metavar="PATH", help="ingest this first")
    serve.add_argument("--samples", type=Path, metavar="FOLDER", help="ingest this first if the library is empty")
    serve.add_argument("--keep-samples", **KEEP_SAMPLES)
    serve.set_defaults(run=_serve)

    conversations.add_parser(commands)
    feedback.add_parser(commands)
    jobs.add_parser(commands)
    library.add_parsers(commands)
    upkeep.add_parsers(commands)
    return parser


def _ask(options: argparse.Namespace) -> int:
    from assistant.rendering.render import json_line, json_object
    from assistant.service.service import LocalService, open_service
    from index.types import Filters

    index, assistant = settings_of(options)
    filters = Filters(tuple(options.collection), (), tuple(options.document), options.since, options.until)
    with open_service(index, assistant, progress, say) as service:
        if options.samples and isinstance(service, LocalService) and not service.library.count_chunks():
            ingested(service.ingest([options.samples], sample=True))
        say_outdated(service)
        conversation = conversations.continued(service, options.conversation)
        answers = service.ask(options.question, conversation, library.chosen(assistant), filters)
        answer = _last(answers) if options.json else _shown(answers, options.question)
        if options.conversation:
            conversation = conversations.stored(service, conversation, options.question, answer)
    if options.json:
        print(json_line(json_object(options.question, answer) | {"conversation": conversation.id or None}))
    elif options.conversation == "new":
        say(f"conversation {conversation.id}: go on with it by --conversation {conversation.id}")
    return 0


def _chat(options: argparse.Namespace) -> int:
    from assistant.service.service import open_service

    index, assistant = settings_of(options)
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text: asked as they can be shown
    print("Ask; an empty line ends.", file=sys.stderr)
    with open_service(index, assistant, progress, say) as service:
        say_outdated(service)
        conversation = conversations.continued(service, options.conversation)
        while question := _typed():
            try:
                answer = _shown(service.ask(question, conversation, library.chosen(assistant)), question)
                conversation = conversations.stored(service, conversation, question, answer)
            except AssistantError as error:
                print(f"quarry: {error}", file=sys.stderr)
    if conversation.id:
        say(f"conversation {conversation.id}: go on with it by `quarry chat --conversation {conversation.id}`")
    return 0


def _typed() -> str:
    try:
        return input("\n? " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


def _serve(options: argparse.Namespace) -> int:
    from threading import Thread

    from assistant.server.heavy_imports import import_libraries
    from assistant.server.server import free_socket, serve
    from assistant.service.owner import owning
    from assistant.service.service import local_service

    index, assistant = settings_of(options)
    # Asked to stop, the process leaves the way it does on Ctrl-C: the data folder is let go in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with owning(index.home, say=say), free_socket(assistant) as listener, ExitStack() as opened:
        status_line("loading …")
        import_libraries()  # before anything starts a thread
        status_line("")
        service = opened.enter_context(local_service(index, assistant, progress, say))
        if renewal := service.renew():
            if service.library.outdated:
                say("the index is made anew for this version's embedder; questions are answered by keywords meanwhile")
            Thread(target=renewed, args=[service.jobs.watch(renewal.id)], daemon=True).start()
        if service.read_anew():
            say("the files are read anew, as this version reads more of them; their earlier texts answer meanwhile")
        if options.ingest:
            tell_samples(service, options.ingest, options.keep_samples)
            _read_first(service, options.ingest, keep_samples=options.keep_samples)
        own = options.ingest and service.library.outdated  # they are queued: samples would come after them
        if options.samples and not own and all(folder.sample for folder in service.library.folders()):
            _read_first(service, [options.samples], sample=True)
        service.warm_up()
        serve(service, assistant, index.home, listener)
    return 0


def _read_first(service: LocalService, paths: list[Path], *, sample: bool = False, keep_samples: bool = False) -> None:
    """Ingest before the page is served, or, where the index is made anew beside it, once that is done."""
    if service.library.outdated:
        service.jobs.start(paths, sample=sample, keep_samples=keep_samples)
    else:
        ingested(service.ingest(paths, sample=sample, keep_samples=keep_samples))


def _last(answers: Iterator[Answer]) -> Answer:
    answer = next(answers)
    for answer in answers:
        status_line(f"{answer.stage} …")
    status_line("")
    return answer


def _shown(answers: Iterator[Answer], question: str) -> Answer:
    """The quotes at once, then how the composed answer is coming on, then the final answer with its sources."""
    from assistant.rendering.render import terminal
    from assistant.untrusted.sanitize import plain

    answer = next(answers)
    quotes = ""
    for answer in answers:
        if answer.stage == "reading" and not quotes:
            quotes = answer.text
            if sys.stdout.isatty():
                print("".join(f"  | {line}\n" for line in plain(quotes).splitlines()), flush=True)
        status_line(f"{answer.stage} … {plain(answer.text)[-60:] if answer.stage == 'writing' else ''}".replace("\n", " "))
    status_line("")
    print(terminal(answer, question=question, styled=sys.stdout.isatty()), flush=True)
    return answer


if __name__ == "__main__":
    sys.exit(main())
