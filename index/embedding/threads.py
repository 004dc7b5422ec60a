"""How many threads the models work with: on few cores more of them only wait for one another."""

from __future__ import annotations

import os

from threadpoolctl import ThreadpoolController

THREADS = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
"""More than two gained nothing on texts as short as these."""


def limit_threads() -> None:
    """Torch gets `THREADS` of them, numpy's OpenBLAS one: its threads go on spinning after each small product of ours, on
    the cores that torch then waits for (a question takes .31 s with them, .18 s without)."""
    import torch

    torch.set_num_threads(THREADS)
    blas = [one for one in ThreadpoolController().lib_controllers if one.internal_api == "openblas"]
    for one in blas:
        if "numpy" in one.filepath or "scipy" in one.filepath:
            one.set_num_threads(1)
