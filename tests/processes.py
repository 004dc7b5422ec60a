"""`quarry serve` in processes that begin with the heavy libraries imported, seven seconds sooner.

A server of Python's own imports them once in each test worker and forks. What is tested of the start itself, and of a
process that is stopped or killed, starts one afresh.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.preloaded"])


@contextmanager
def forked(*arguments: str, errors: Path | None = None) -> Iterator[int]:
    """A running `quarry` with these arguments; the file number that what it prints is read from.

    What it prints of errors goes to the file `errors`.
    """
    reader, writer = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_quarry, args=(arguments, dict(os.environ), Path.cwd(), writer, errors))
    process.start()
    writer.close()
    try:
        yield reader.fileno()
    finally:
        process.terminate()
        process.join()
        reader.close()


def _quarry(
    arguments: tuple[str, ...], environment: dict[str, str], folder: Path, writer: Connection, errors: Path | None
) -> None:
    from assistant.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.dup2(writer.fileno(), 1)
    if errors:
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    raise SystemExit(main(arguments))
