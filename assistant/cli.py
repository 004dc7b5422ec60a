"""The command `quarry`. Parses, prints, and leaves the work to the service; heavy imports only inside the commands."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import cli_conversations, cli_jobs
from assistant.errors import AssistantError
from index.errors import IndexingError

if TYPE_CHECKING:
    from assistant.service import Service
    from assistant.settings import AssistantSettings
    from assistant.types import Answer
    from index.settings import IndexSettings


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
    llm: dict[str, Any] = {
        "metavar": "MODEL",
        "help": "embedded, none (quotes alone), a .gguf file, or the URL of an OpenAI-compatible server",
    }

    ingest = commands.add_parser("ingest", help="read documents into the library, or bring it up to date")
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders or files; none: all ingested before")
    ingest.add_argument("--collection", default="default", metavar="NAME", help="the collection they belong to")
    ingest.add_argument("--json", action="store_true", help="one JSON object per file")
    ingest.set_defaults(run=_ingest)

    ask = commands.add_parser("ask", help="ask one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--llm", **llm)
    ask.add_argument("--collection", action="append", default=[], metavar="NAME", help="search only this collection")
    ask.add_argument("--document", action="append", default=[], metavar="FILE", help="search only this document")
    ask.add_argument("--since", default="", metavar="DATE", help="search only documents of this date or later: 2025-03")
    ask.add_argument("--until", default="", metavar="DATE", help="search only documents of this date or earlier")
    ask.add_argument("--conversation", metavar="ID", help="go on with this stored conversation, or `new` to begin one")
    ask.add_argument("--samples", type=Path, metavar="FOLDER", help="ingest this first if the library is empty")
    ask.set_defaults(run=_ask)

    chat = commands.add_parser("chat", help="converse in the terminal")
    chat.add_argument("--llm", **llm)
    chat.add_argument("--conversation", default="new", metavar="ID", help="go on with this stored conversation")
    chat.set_defaults(run=_chat)

    serve = commands.add_parser("serve", help="serve the page")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 7860; 0: any free one)")
    serve.add_argument("--llm", **llm)
    serve.add_argument("--ingest", type=Path, action="append", default=[], metavar="PATH", help="ingest this first")
    serve.add_argument("--samples", type=Path, metavar="FOLDER", help="ingest this first if the library is empty")
    serve.set_defaults(run=_serve)

    cli_conversations.add_parser(commands)
    cli_jobs.add_parser(commands)

    enrich = commands.add_parser("enrich", help="let the language model write questions for passages to be found by")
    enrich.add_argument("--llm", **llm)
    enrich.set_defaults(run=_enrich)

    status = commands.add_parser("status", help="what the library holds and who serves it")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(run=_status)
    return parser


def _settings(options: argparse.Namespace) -> tuple[IndexSettings, AssistantSettings]:
    from assistant.settings import load_settings

    return load_settings({name: getattr(options, name, None) for name in ("home", "llm", "host", "port")})


def _ingest(options: argparse.Namespace) -> int:
    from assistant.service import open_service

    index, assistant = _settings(options)
    with open_service(index, assistant, _progress, _say) as service:
        return _ingested(service, options.paths, options.collection, as_json=options.json)


def _ingested(
    service: Service, paths: Sequence[Path], collection: str = "default", *, sample: bool = False, as_json: bool = False
) -> int:
    """Ingest and show how it goes: 1 if a file failed."""
    import time
    from dataclasses import asdict

    from assistant.sanitize import printable

    counts: dict[str, int] = {}
    began = time.monotonic()
    for report in service.ingest(paths, collection, sample):
        if report.state == "embedding":
            line = f"[{report.number}/{report.total}] {report.file}: {report.chunks} {report.reason}"
            _status_line(printable(line) + cli_jobs.left(report.share, time.monotonic() - began))
            continue
        counts[report.state] = counts.get(report.state, 0) + 1
        if as_json:
            print(json.dumps(asdict(report), ensure_ascii=False), flush=True)
        else:
            place = f"[{report.number}/{report.total}] " if report.total else ""
            chunks = f", {report.chunks} chunks" if report.chunks else ""
            reason = f": {report.reason}" if report.reason else ""
            _status_line("")
            line = printable(f"{place}{report.file} {report.state}{chunks}{reason}")
            print(" ".join(line.splitlines()), file=sys.stderr, flush=True)
    if not as_json:
        summary = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing to do"
        print(summary, file=sys.stderr)
    return 1 if counts.get("failed") else 0


def _enrich(options: argparse.Namespace) -> int:
    from assistant.service import open_service

    index, assistant = _settings(options)
    passages = 0
    with open_service(index, assistant, _progress, _say) as service:
        try:
            for one in service.enrich(_chosen(assistant)):
                passages = one.number
                _status_line("")
                print(f"[{one.number}/{one.total}] {one.file}: {len(one.questions)} questions", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            _say("what is written is kept; the same command goes on from here")
            raise
    print(f"{passages} passages have new questions" if passages else "nothing to do", file=sys.stderr)
    return 0


def _ask(options: argparse.Namespace) -> int:
    from assistant.render import json_line, json_object
    from assistant.service import LocalService, open_service
    from index.types import Filters

    index, assistant = _settings(options)
    filters = Filters(tuple(options.collection), (), tuple(options.document), options.since, options.until)
    with open_service(index, assistant, _progress, _say) as service:
        if options.samples and isinstance(service, LocalService) and not service.library.count_chunks():
            _ingested(service, [options.samples], sample=True)
        conversation = cli_conversations.continued(service, options.conversation)
        answers = service.ask(options.question, conversation, _chosen(assistant), filters)
        answer = _last(answers) if options.json else _shown(answers, options.question)
        if options.conversation:
            conversation = cli_conversations.stored(service, conversation, options.question, answer)
    if options.json:
        print(json_line(json_object(options.question, answer) | {"conversation": conversation.id or None}))
    elif options.conversation == "new":
        _say(f"conversation {conversation.id}: go on with it by --conversation {conversation.id}")
    return 0


def _chat(options: argparse.Namespace) -> int:
    from assistant.service import open_service

    index, assistant = _settings(options)
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text: asked as they can be shown
    print("Ask; an empty line ends.", file=sys.stderr)
    with open_service(index, assistant, _progress, _say) as service:
        conversation = cli_conversations.continued(service, options.conversation)
        while question := _typed():
            try:
                answer = _shown(service.ask(question, conversation, _chosen(assistant)), question)
                conversation = cli_conversations.stored(service, conversation, question, answer)
            except AssistantError as error:
                print(f"quarry: {error}", file=sys.stderr)
    if conversation.id:
        _say(f"conversation {conversation.id}: go on with it by `quarry chat --conversation {conversation.id}`")
    return 0


def _chosen(assistant: AssistantSettings) -> str | None:
    """The language model that was set, also for a running owner; None where the default stands."""
    from assistant.settings import AssistantSettings

    return None if assistant.llm == AssistantSettings().llm else assistant.llm


def _typed() -> str:
    try:
        return input("\n? " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


def _serve(options: argparse.Namespace) -> int:
    from assistant.owner import owning
    from assistant.server import free_socket, serve
    from assistant.service import local_service

    index, assistant = _settings(options)
    # Asked to stop, the process leaves the way it does on Ctrl-C: the data folder is let go in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (
        owning(index.home, say=_say),
        free_socket(assistant) as listener,
        local_service(index, assistant, _progress, _say) as service,
    ):
        if options.ingest:
            _ingested(service, options.ingest)
        if options.samples and all(folder.sample for folder in service.library.folders()):
            _ingested(service, [options.samples], sample=True)
        service.warm_up()
        serve(service, assistant, index.home, listener)
    return 0


def _status(options: argparse.Namespace) -> int:
    from assistant.status import status

    index, assistant = _settings(options)
    found = status(index, assistant)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for name in ("data folder", "served at", "embedder", "language model", "expect", "chunks"):
        print(f"{name}: {found[name]}")
    from assistant.sanitize import printable

    print(f"documents: {len(found['documents'])}")
    for document in found["documents"]:
        line = f"{document['file']}  {document['title']}  ({document['date'] or 'undated'}, version {document['version']})"
        print(f"  {printable(line)}")
    return 0


def _last(answers: Iterator[Answer]) -> Answer:
    answer = next(answers)
    for answer in answers:
        _status_line(f"{answer.stage} …")
    _status_line("")
    return answer


def _shown(answers: Iterator[Answer], question: str) -> Answer:
    """The quotes at once, then how the composed answer is coming on, then the final answer with its sources."""
    from assistant.render import terminal
    from assistant.sanitize import plain

    answer = next(answers)
    quotes = ""
    for answer in answers:
        if answer.stage == "reading" and not quotes:
            quotes = answer.text
            if sys.stdout.isatty():
                print("".join(f"  | {line}\n" for line in plain(quotes).splitlines()), flush=True)
        _status_line(f"{answer.stage} … {plain(answer.text)[-60:] if answer.stage == 'writing' else ''}".replace("\n", " "))
    _status_line("")
    print(terminal(answer, question=question), flush=True)
    return answer


def _say(line: str) -> None:
    _status_line("")
    print(f"quarry: {line}", file=sys.stderr, flush=True)


def _progress(what: str, done: int, all_: int) -> None:
    _status_line(f"{what}: {done / all_:.0%} of {all_ / 1e9:.1f} GB" if done < all_ else "")


def _status_line(text: str) -> None:
    """One line on the terminal that the next one overwrites; nothing where standard error is no terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
