"""`train-reader`: a round of training of the reader, from the committed weights or the encoder's own layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs

from assistant.reading.reader import WEIGHTS
from evals.errors import EvaluationError
from evals.runs import print_figures

FOLDER = Path(platformdirs.user_cache_dir("quarry-training"))
"""Checkpoints lie outside the checkout: they are large, and only the best weights are committed."""


def train_reader(
    *, data: Path, out: Path | None = None, minutes: float = 90, rate: float = 5e-5, seed: int = 7, fresh: bool = False
) -> dict[str, Any]:
    """Train for `minutes` and write the weights into `out`; `fresh` begins with the encoder's own layers."""
    from evals.training.train import train

    path = data / "reading" / "train.jsonl.xz"
    if not path.is_file():
        raise EvaluationError(f"there is no {path}: the training data lies beside the project, in shared/data")
    start = None if fresh else WEIGHTS
    figures = train(path, out or FOLDER, start=start, minutes=minutes, rate=rate, seed=seed)
    print(f"the weights are in {out or FOLDER}: copy them to {WEIGHTS} and run `python -m evals fit-reading`")
    print_figures("train-reader", figures)
    return figures
