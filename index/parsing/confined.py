"""The process that reads files for `worker`, within limits of memory and time. It imports `file` and nothing heavy."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import IO

from index.errors import ReadError
from index.parsing.file import Content, parse

CHARACTERS = 20_000_000
"""The longest text: some 50 long books, an hour or so to embed."""

TITLE_CHARACTERS = 300
"""A title is indexed with every chunk: one of a megabyte would be there a thousand times."""

_HEAD = 8
"""Bytes that say how long a message is."""


def send(pipe: IO[bytes], message: bytes) -> None:
    """A message behind its length."""
    for part in (len(message).to_bytes(_HEAD, "big"), memoryview(message)):
        while part:
            part = part[pipe.write(part) :]


def received(pipe: IO[bytes]) -> bytes:
    """The next message.

    Raises:
        EOFError: the other side is gone.
    """
    return _read(pipe, int.from_bytes(_read(pipe, _HEAD), "big"))


def _read(pipe: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            raise EOFError("the other side is gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _content(path: Path, data: bytes) -> Content | str:
    """In the process: what a file holds, or why it can't be read."""
    try:
        content = parse(path, data)
    except ReadError as error:
        return str(error)
    except MemoryError:
        return "reading it takes more memory than a file may"
    except Exception as error:  # a library's own, and whatever a reader overlooks; its words may be the document's
        return f"it can't be read ({type(error).__name__})"
    if len(content.text) > CHARACTERS:
        return f"its text has {len(content.text):,} characters: {CHARACTERS:,} at most"
    return replace(content, title=content.title[:TITLE_CHARACTERS])


def _peak() -> int:
    """The most memory, in bytes, that this process has had."""
    try:  # not `ru_maxrss`: on Linux that is at least the memory of the process that started this one
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, value in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):  # a core would hold documents
        resource.setrlimit(limit, (value, value))


def main(memory: int, seconds: int) -> None:
    """Read what comes, until nobody is left to send."""
    _limit(memory)
    pipe_in, pipe_out = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123  # what a library prints must not get among the replies
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    waiting: queue.SimpleQueue[tuple[Path, bytes]] = queue.SimpleQueue()

    def receive() -> None:
        try:
            while True:
                waiting.put((Path(os.fsdecode(received(pipe_in))), received(pipe_in)))
        finally:
            os._exit(0)  # also in the middle of a file

    threading.Thread(target=receive, daemon=True).start()
    while True:
        path, data = waiting.get()
        if hasattr(signal, "alarm"):
            signal.alarm(seconds)  # for a file that keeps the interpreter busy after nobody is left to end it
        found = _content(path, data)
        del data
        reply = pickle.dumps((found, _peak()))
        del found
        send(pipe_out, reply)
        if hasattr(signal, "alarm"):
            signal.alarm(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
