"""A file's bytes in, its content out, read in a process of its own: a damaged or hostile file can break only that one.

The process imports `index.parsing.file` and nothing heavy, is started at the first file, and is used for many.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import IO, Any

from index.errors import ReadError
from index.parsing.file import Content, parse

SECONDS = 120
"""Time for one file. The 10,000 pages of a PDF of text take half of it on a slow processor."""

MEMORY = 1_500_000_000
"""Bytes of data that the process may hold: the largest file, its text at four bytes a character, and room to work.

It is RLIMIT_DATA: what is allocated, on the heap or beside it. RLIMIT_AS would also count the code of libraries and what
threads reserve and never touch, and so refuse sound files. Linux holds to it; macOS does little, Windows has none.
"""

CHARACTERS = 20_000_000
"""The longest text: some 50 long books, an hour or so to embed."""

TITLE_CHARACTERS = 300
"""A title is indexed with every chunk: one of a megabyte would be there a thousand times."""

FILES = 1000
"""Files that one process reads, so that what a library leaks stays small."""

GROWN = 500_000_000
"""Bytes of memory that a process may have taken before another one follows it."""

_HEAD = 8
"""Bytes that say how long a message is."""


class Worker:
    """The process that reads files, one at a time. It ends with the block, and soon after this process ends in any way."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """Nothing is started yet."""
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0
        self.peak = 0
        """The most memory, in bytes, that a process of this worker is known to have had."""

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The running process; None where there is none."""
        return self._process.pid if self._process else None

    def parse(self, path: Path, data: bytes) -> Content:
        """What the bytes of the file at `path` hold; see `index.parsing.file.parse`.

        Raises:
            ReadError: they can't be read, or not within the limits.
        """
        process = self._started()
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            found, grown = _asked(process, path, data)
        except (OSError, EOFError) as error:
            _kill(process)
            raise ReadError(self._broken(late.is_set(), process.wait())) from error
        except BaseException:
            self.close()  # interrupted between question and reply
            raise
        finally:
            timer.cancel()
            self._files += 1
        self.peak = max(self.peak, grown)
        if self._files >= FILES or grown > GROWN:
            self.close()
        if isinstance(found, str):
            raise ReadError(found)
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        _kill(self._process)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        """The process, a new one where there is none or it is gone."""
        if self._process and self._process.poll() is not None:
            self.close()
        if self._process is None:
            # Spawned, not forked: the models' threads and the open database stay out of it. -P: the folder it starts in
            # is no place to import from.
            place = str(Path(__file__).resolve().parent.parent.parent)
            paths = os.pathsep.join([place, *filter(None, [os.environ.get("PYTHONPATH")])])
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "index.parsing.worker", str(self._memory), str(int(self._seconds) + 5)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what libraries complain of may hold a document's words
                env=os.environ | {"PYTHONPATH": paths},
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for the one who asked; and its own children end with it
            )
            self._files = 0
        return self._process

    def _broken(self, late: bool, code: int) -> str:
        """Why a process that ended did."""
        if late or -code == getattr(signal, "SIGALRM", None):
            return f"reading it takes longer than {self._seconds:,.0f} seconds"
        names = {number.value: number.name for number in signal.Signals}
        return f"reading it broke down ({names.get(-code, f'exit code {code}')}): it is damaged, or made to do so"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it started. Only before it was waited for: its number is not another's yet."""
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # Windows has no groups; or all is over
        process.kill()


def _asked(process: subprocess.Popen[bytes], path: Path, data: bytes) -> tuple[Content | str, int]:
    """The content of a file, or why there is none, and the most memory that the process has had, in bytes."""
    assert process.stdin and process.stdout
    _send(process.stdin, os.fsencode(path))
    _send(process.stdin, data)
    try:
        found, grown = _Unpickler(io.BytesIO(_received(process.stdout))).load()
    except (pickle.UnpicklingError, ValueError, TypeError, AttributeError, MemoryError) as error:
        raise EOFError("its reply is none") from error
    return found, grown


class _Unpickler(pickle.Unpickler):
    """Values of the index alone: a process that a file took over can't make this one run anything."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith("index.") else None
        if not (isinstance(found, type) and is_dataclass(found)):
            raise pickle.UnpicklingError(f"{module}.{name} is no value")
        return found


def _send(pipe: IO[bytes], message: bytes) -> None:
    for part in (len(message).to_bytes(_HEAD, "big"), memoryview(message)):
        while part:
            part = part[pipe.write(part) :]


def _received(pipe: IO[bytes]) -> bytes:
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
                waiting.put((Path(os.fsdecode(_received(pipe_in))), _received(pipe_in)))
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
        _send(pipe_out, reply)
        if hasattr(signal, "alarm"):
            signal.alarm(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
