"""How many threads the models work with: on few cores more of them only wait for one another."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier
from typing import TypeVar

from threadpoolctl import ThreadpoolController

T = TypeVar("T")
R = TypeVar("R")

THREADS = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
"""More than two gained nothing on texts as short as these."""


def side_by_side(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """What `work` gives of each of at most `THREADS` parts, each part on a thread that torch uses alone.

    Two threads that share every product wait for one another at each; where a third one has a core, both wait for it.
    """
    return [work(parts[0])] if len(parts) == 1 else list(_alone().map(work, parts))


@cache
def _alone() -> ThreadPoolExecutor:
    import torch

    threads, all_there = ThreadPoolExecutor(THREADS, "encoder"), Barrier(THREADS)

    def settle(_: int) -> None:
        all_there.wait()
        torch.set_num_threads(1)  # this thread's own; new threads of others take the last number given
        all_there.wait()

    list(threads.map(settle, range(THREADS)))
    torch.set_num_threads(THREADS)
    return threads


def limit_threads() -> None:
    """Torch gets `THREADS` of them, numpy's OpenBLAS one: its threads go on spinning after each small product of ours, on
    the cores that torch then waits for (a question takes .31 s with them, .18 s without)."""
    import torch

    torch.set_num_threads(THREADS)
    blas = [one for one in ThreadpoolController().lib_controllers if one.internal_api == "openblas"]
    for one in blas:
        if "numpy" in one.filepath or "scipy" in one.filepath:
            one.set_num_threads(1)
