"""Everything that can be wrong with a set-up, looked at in a few seconds: no owner, no model loaded, nothing changed."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import metadata
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from assistant.cli.ports import holder
from assistant.language_models.embedded import NAME, PACKAGE, PARTS, SHA256, SIZE
from assistant.service.owner import LOCK, find_owner, is_locked
from assistant.settings import AssistantSettings
from index.embedding.e5 import PACKAGE as ENCODER
from index.embedding.embedder import PACKAGED, Embedder
from index.embedding.packaged import JOINED, check_hash, is_installed, package_file
from index.errors import IndexingError, MissingPackageError
from index.library.fingerprint import fingerprint_now
from index.settings import IndexSettings
from index.upkeep.consistency import Finding, examine

DISTRIBUTION = "quarry-assistant"

LEAST_DISK, ENOUGH_DISK = 100e6, 2e9
"""Free bytes below which nothing can be written for long, and below which an ingest may run full."""

MEMORY = {True: 2.5e9, False: 1e9}
"""Free bytes that the models need, with the embedded language model and without."""


def diagnosis(index: IndexSettings, assistant: AssistantSettings) -> list[Finding]:
    """What was looked at, in order, each ok or with its cause and cure."""
    checks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        _sqlite,
        lambda: _embedder(index),
        lambda: _language_model(assistant),
        lambda: _disk(index.home),
        lambda: _memory(assistant),
        lambda: _owner(index.home, assistant),
        lambda: examine(index.home, fingerprint_now(index)),
        _tesseract,
        lambda: _network(assistant),
    ]
    return [finding for check in checks for finding in check()]


def _python() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")
    try:
        requirements = map(Requirement, metadata.requires(DISTRIBUTION) or ())
        needed = [one.name for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]
    except metadata.PackageNotFoundError:
        return  # run from its folder: nothing says what it needs
    there = {one.name.lower() for one in metadata.distributions()}
    missing = [name for name in needed if name.lower() not in there]
    if missing:
        yield Finding("packages", "broken", f"not installed: {', '.join(missing)}", "run `make chat`, which installs them")
    else:
        yield Finding("packages", "ok", f"all {len(needed)} installed")


def _sqlite() -> Iterator[Finding]:
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
            whole = sqlite3.sqlite_version_info >= (3, 35)
        except sqlite3.Error:
            whole = False
    cure = "use a Python whose SQLite is 3.35 or newer and has FTS5"
    words = f"{sqlite3.sqlite_version}, {'with FTS5' if whole else 'too old or without FTS5'}"
    yield Finding("sqlite", "ok", words) if whole else Finding("sqlite", "broken", words, cure)


def _embedder(index: IndexSettings) -> Iterator[Finding]:
    try:
        path = Embedder(index.embedder).path
    except IndexingError as error:
        cause, _, cure = str(error).partition(": ")
        yield Finding("embedder", "broken", cause, cure or "choose another by QUARRY_EMBEDDER")
        return
    checked = "its weights have the right hash" if index.embedder in PACKAGED else f"at {path}"
    said = f"{index.embedder}, {checked}"
    if is_installed(ENCODER):
        yield Finding("embedder", "ok", said)
    else:
        cure = "run `make chat`, which installs it, then `quarry reindex`"
        yield Finding("embedder", "warning", f"{said}; {ENCODER} is not installed, so no reader judges the evidence", cure)


def _language_model(assistant: AssistantSettings) -> Iterator[Finding]:
    name, llm = "language model", assistant.llm
    if llm == "none":
        yield Finding(name, "ok", "none: answers are quotes")
    elif llm.startswith(("http://", "https://")):
        yield Finding(name, "ok", f"{assistant.llm_model or 'a model'} at {llm}")
    elif llm != "embedded":
        there = Path(llm).expanduser().is_file()
        cure = "set QUARRY_LLM to a .gguf file, a URL, embedded or none"
        yield Finding(name, "ok", llm) if there else Finding(name, "broken", f"there is no model file {llm}", cure)
    else:
        path = JOINED / f"{NAME}.Q4_K_M.gguf"
        try:
            if path.exists():
                check_hash(path, SHA256)
                yield Finding(name, "ok", f"{NAME}, with the right hash")
                return
            for n in range(1, PARTS + 1):
                package_file(PACKAGE.format(n), f"part{n:02}.bin")
            yield Finding(name, "ok", f"{NAME}, joined from its packages at the first question ({SIZE / 1e9:.1f} GB)")
        except MissingPackageError as error:
            cause, _, cure = str(error).partition(": ")
            yield Finding(name, "warning", f"{cause}: answers are quotes", cure)
        except IndexingError as error:
            cause, _, cure = str(error).partition(": ")
            yield Finding(name, "broken", cause, cure)


def _disk(home: Path) -> Iterator[Finding]:
    place = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free at {home}"
    if not os.access(place, os.W_OK):
        yield Finding("data folder", "broken", f"{place} can't be written", "set QUARRY_HOME to a folder of yours")
    if free < ENOUGH_DISK:
        yield Finding("disk", "broken" if free < LEAST_DISK else "warning", said, "free some space, or move QUARRY_HOME")
    else:
        yield Finding("disk", "ok", said)


def _memory(assistant: AssistantSettings) -> Iterator[Finding]:
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        yield Finding("memory", "ok", "not known on this system")
        return
    needed = MEMORY[assistant.llm == "embedded"]
    said = f"{free / 1e9:.1f} GB free, some {needed / 1e9:.1f} GB needed"
    cure = "close other programs, or set QUARRY_LLM=none"
    yield Finding("memory", "ok", said) if free >= needed else Finding("memory", "warning", said, cure)


def _owner(home: Path, assistant: AssistantSettings) -> Iterator[Finding]:
    owner = find_owner(home)
    if owner:
        yield Finding("owner", "ok", f"process {owner.pid} serves the data folder at {owner.address}")
    elif is_locked(home):
        yield Finding("owner", "ok", f"a quarry command works on the data folder (it holds {home / LOCK})")
    else:
        yield Finding("owner", "ok", "nobody: the next command owns the data folder")
    if owner and owner.address.endswith(f":{assistant.port}"):
        yield Finding("port", "ok", f"{assistant.port} is Quarry's own")
        return
    with socket.socket(socket.AF_INET6 if ":" in assistant.host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((assistant.host, assistant.port))
            yield Finding("port", "ok", f"{assistant.port} is free")
        except OSError as error:
            found = f"{assistant.port} can't be used ({error.strerror}): {holder(assistant.port)}"
            yield Finding("port", "warning", found, "stop that program, or choose another by --port or QUARRY_PORT")


def _tesseract() -> Iterator[Finding]:
    path = shutil.which("tesseract")
    cure = "install the package tesseract-ocr, with the languages of your documents"
    found = Finding("tesseract", "warning", "not installed: scanned pages can't be read", cure)
    yield Finding("tesseract", "ok", path) if path else found


def _network(assistant: AssistantSettings) -> Iterator[Finding]:
    url = urlsplit(assistant.llm)
    if url.scheme not in ("http", "https"):
        yield Finding(
            "network", "ok", "no address is configured, and models are loaded offline: nothing leaves this machine"
        )
        return
    host = url.hostname or ""
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if local:
        yield Finding("network", "ok", f"the language model is on this machine ({host}): nothing leaves it")
    else:
        found = f"questions and the passages found for them go to {host}"
        yield Finding("network", "warning", found, "set QUARRY_LLM to embedded or none where that must not be")
