"""An ingest in a process of its own that is killed at its nth step.

Steps are SQL statements that write, commits, reads of files, and changes of vectors, before and after each. The processes
are forked from one that has imported Chroma but opened nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb  # noqa: F401  # imported once, before processes are forked
import llama_index.vector_stores.chroma  # noqa: F401
import sqlalchemy as sa

from index.embedding.vector_store import VectorStore
from index.ingest import walk
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from tests.hashed import Hashed

steps = 0
last = 0


def step(*_: Any) -> None:
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)


def around(function: Callable[..., Any]) -> Callable[..., Any]:
    def stepping(*arguments: Any, **options: Any) -> Any:
        step()
        result = function(*arguments, **options)
        step()
        return result

    return stepping


def killed_at(point: int, home: Path, folder: Path) -> tuple[int, int]:
    """Ingest and die at this step, or never if it is 0: the exit code, and how many steps there were if it lived."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    count = context.Value("i", 0)
    process = context.Process(target=_ingest, args=(point, home, folder, count))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode, count.value


def _ingest(point: int, home: Path, folder: Path, count: Any) -> None:
    """Open the library, ingest, tidy up and close, step by step."""
    global last
    last = point
    walk.load = around(walk.load)  # type: ignore[attr-defined]
    VectorStore.add = around(VectorStore.add)  # type: ignore[method-assign]
    VectorStore.delete = around(VectorStore.delete)  # type: ignore[method-assign]
    VectorStore.__init__ = around(VectorStore.__init__)  # type: ignore[method-assign]
    writes = ("INSERT", "UPDATE", "DELETE", "CREATE")
    sa.event.listen(
        sa.Engine, "after_cursor_execute", lambda *given: step() if given[2].lstrip().upper().startswith(writes) else None
    )
    sa.event.listen(sa.Engine, "commit", step)
    library = Library(IndexSettings(home=home), Hashed())
    sa.event.listen(library.engine, "checkin", step)
    for _ in ingest(library, [folder]):
        step()
    library.close()
    count.value = steps
