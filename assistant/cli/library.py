"""The commands that fill, list and empty the library: ingest, watch, documents, collections, remove, enrich, status."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.lines import KEEP_SAMPLES, ingested, progress, say, status_line, tell_samples

if TYPE_CHECKING:
    from assistant.settings import AssistantSettings
    from index.settings import IndexSettings

LLM: dict[str, Any] = {
    "metavar": "MODEL",
    "help": "embedded, none (quotes alone), a .gguf file, or the URL of an OpenAI-compatible server",
}
"""The option --llm, wherever a command has it."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    in_collection: dict[str, Any] = {"default": "default", "metavar": "NAME", "help": "the collection they belong to"}
    ingest = commands.add_parser("ingest", help="read documents into the library, or bring it up to date")
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders or files; none: all ingested before")
    ingest.add_argument("--collection", **in_collection)
    ingest.add_argument("--keep-samples", **KEEP_SAMPLES)
    ingest.add_argument("--json", action="store_true", help="one JSON object per file")
    ingest.set_defaults(run=_ingest)

    watch = commands.add_parser("watch", help="follow a folder: what changes in it is ingested, until Ctrl-C")
    watch.add_argument("folder", type=Path, metavar="FOLDER")
    watch.add_argument("--collection", **in_collection)
    watch.add_argument("--every", type=float, default=3.0, metavar="SECONDS", help="how often to look (default: 3)")
    watch.add_argument("--keep-samples", **KEEP_SAMPLES)
    watch.add_argument("--json", action="store_true", help="one JSON object per file that changed")
    watch.set_defaults(run=_watch)

    documents = commands.add_parser("documents", help="list the files with their documents, and why one is not in")
    documents.add_argument("--collection", default="", metavar="NAME", help="those of one collection")
    documents.add_argument("--json", action="store_true", help="one JSON object per file")
    documents.set_defaults(run=_documents)

    collections = commands.add_parser("collections", help="list the collections with their documents and chunks")
    collections.add_argument("--json", action="store_true", help="one JSON object per collection")
    collections.set_defaults(run=_collections)

    remove = commands.add_parser("remove", help="erase the text of files, in all versions, from the library")
    remove.add_argument(
        "names", nargs="+", metavar="FILE", help="a file as `quarry documents` lists it, or an ingested folder"
    )
    remove.add_argument("--purge", action="store_true", help="take the quotes of stored answers too")
    remove.add_argument("--json", action="store_true", help="print one JSON object")
    remove.set_defaults(run=_remove)

    enrich = commands.add_parser("enrich", help="let the language model write questions for passages to be found by")
    enrich.add_argument("--llm", **LLM)
    enrich.set_defaults(run=_enrich)

    status = commands.add_parser("status", help="what the library holds and who serves it")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(run=_status)


def settings_of(options: argparse.Namespace) -> tuple[IndexSettings, AssistantSettings]:
    """The settings that the options, the environment and the data folder give."""
    from assistant.settings import load_settings

    return load_settings({name: getattr(options, name, None) for name in ("home", "llm", "host", "port")}, warn=say)


def chosen(assistant: AssistantSettings) -> str | None:
    """The language model that was set, also for a running owner; None where the default stands."""
    from assistant.settings import AssistantSettings

    return None if assistant.llm == AssistantSettings().llm else assistant.llm


def _ingest(options: argparse.Namespace) -> int:
    from assistant.service.service import open_service

    index, assistant = settings_of(options)
    with open_service(index, assistant, progress, say) as service:
        tell_samples(service, options.paths, options.keep_samples)
        reports = service.ingest(options.paths, options.collection, keep_samples=options.keep_samples)
        return ingested(reports, as_json=options.json)


def _watch(options: argparse.Namespace) -> int:
    from assistant.errors import AssistantError
    from assistant.service.service import open_service
    from assistant.service.watch import changes, check_folder
    from index.errors import IndexingError

    index, assistant = settings_of(options)
    folder = check_folder(options.folder, options.every)
    try:
        say(f"following {folder}: Ctrl-C ends it")
        for _ in changes(folder, options.every):
            try:  # opened anew each time: in between the data folder is free, also for a page
                with open_service(index, assistant, progress, say) as service:
                    tell_samples(service, [folder], options.keep_samples)
                    reports = service.ingest([folder], options.collection, keep_samples=options.keep_samples)
                    ingested((one for one in reports if one.state != "unchanged"), as_json=options.json)
            except (AssistantError, IndexingError) as error:
                say(f"{error}; the next change is looked at again")
    except KeyboardInterrupt:
        say(f"no longer following {folder}")
    return 0


def _documents(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.rendering.render import json_line
    from assistant.service.stored import open_documents
    from assistant.untrusted.sanitize import printable

    index, _ = settings_of(options)
    with open_documents(index, say) as documents:
        found = documents.listed(options.collection)
    folder = ""
    for one in found:
        if options.json:
            print(json_line(asdict(one)))
            continue
        if one.folder != folder:
            folder = one.folder
            print(printable(f"{folder}  (collection {one.collection})"))
        facts = [one.date or "undated", f"{one.pages} pages" if one.pages else "", f"{one.chunks} chunks"]
        held = f"  {one.title}  ({', '.join(filter(None, [*facts, f'version {one.version}']))})" if one.version else ""
        state = "" if one.state == "current" else f"  {one.reason}" if one.state != "failed" else f"  failed: {one.reason}"
        print(printable(f"  {one.file}{held}{state}"))
    if not found and not options.json:
        print("no documents: `quarry ingest FOLDER` reads some", file=sys.stderr)
    return 0


def _collections(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.rendering.render import json_line
    from assistant.service.stored import open_documents
    from assistant.untrusted.sanitize import printable

    index, _ = settings_of(options)
    with open_documents(index, say) as documents:
        found = documents.collections()
    for one in found:
        line = f"{printable(one.collection)}  {one.documents} documents, {one.chunks} chunks"
        print(json_line(asdict(one)) if options.json else line)
    if not found and not options.json:
        print("no collections: `quarry ingest FOLDER` begins one", file=sys.stderr)
    return 0


def _remove(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.rendering.render import json_line
    from assistant.service.service import open_service
    from assistant.untrusted.sanitize import printable

    index, assistant = settings_of(options)
    names = [(name, Path(name).absolute()) for name in options.names]
    with open_service(index, assistant, progress, say) as service:
        erased = service.remove(names, options.purge)
    if options.json:
        print(json_line(asdict(erased)))
        return 0
    print(printable(f"removed {', '.join(erased.files)}: {erased.versions} versions and {erased.chunks} chunks erased"))
    for file in erased.kept:
        print(printable(f"{file} has the same content as a removed one, which stays: remove it too to erase that"))
    answers = "1 stored answer" if erased.answers == 1 else f"{erased.answers} stored answers"
    print(f"{answers} lost quotes" if options.purge else "stored answers keep what they quote; --purge takes that too")
    return 0


def _enrich(options: argparse.Namespace) -> int:
    from assistant.service.service import open_service

    index, assistant = settings_of(options)
    passages = 0
    with open_service(index, assistant, progress, say) as service:
        try:
            for one in service.enrich(chosen(assistant)):
                passages = one.number
                status_line("")
                print(f"[{one.number}/{one.total}] {one.file}: {len(one.questions)} questions", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            say("what is written is kept; the same command goes on from here")
            raise
    print(f"{passages} passages have new questions" if passages else "nothing to do", file=sys.stderr)
    return 0


def _status(options: argparse.Namespace) -> int:
    from assistant.cli.status import status
    from assistant.untrusted.sanitize import printable

    index, assistant = settings_of(options)
    found = status(index, assistant)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for name in ("data folder", "served at", "embedder", "index", "language model", "expect", "chunks"):
        print(f"{name}: {found[name]}")
    print(f"documents: {len(found['documents'])}")
    for document in found["documents"]:
        line = f"{document['file']}  {document['title']}  ({document['date'] or 'undated'}, version {document['version']})"
        print(f"  {printable(line)}")
    return 0
