"""A file's bytes in, its content out, read in a process of its own: a damaged or hostile file can break only that one.

The process runs `confined`, is started at the first file, and is used for many.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from index.errors import ReadError
from index.parsing.confined import received, send
from index.parsing.content import Content

SECONDS = 120
"""Time for one file. The 10,000 pages of a PDF of text take half of it on a slow processor."""

MEMORY = 1_500_000_000
"""Bytes of data that the process may hold: the largest file, its text at four bytes a character, and room to work.

It is RLIMIT_DATA: what is allocated, on the heap or beside it. RLIMIT_AS would also count the code of libraries and what
threads reserve and never touch, and so refuse sound files. Linux holds to it; macOS does little, Windows has none.
"""

FILES = 1000
"""Files that one process reads, so that what a library leaks stays small."""

GROWN = 500_000_000
"""Bytes of memory that a process may have taken before another one follows it."""


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
                [sys.executable, "-P", "-m", "index.parsing.confined", str(self._memory), str(int(self._seconds) + 5)],
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
    send(process.stdin, os.fsencode(path))
    send(process.stdin, data)
    try:
        found, grown = _Unpickler(io.BytesIO(received(process.stdout))).load()
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
