"""Seconds since the question came, written into the answers that pass."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from assistant.types import Answer, Seconds


def timed(answers: Generator[Answer]) -> Iterator[Answer]:
    """The same answers, each with the time of the first one with quotes, of the model's first words, and of the end."""
    start, seconds = time.perf_counter(), Seconds()
    with closing(answers):
        for answer in answers:
            now = round(time.perf_counter() - start, 3)
            if seconds.quote is None and (answer.stage == "reading" or (answer.stage == "done" and answer.citations)):
                seconds = replace(seconds, quote=now)
            if seconds.first_token is None and answer.stage in ("writing", "checking"):
                seconds = replace(seconds, first_token=now)
            if answer.stage == "done":
                seconds = replace(seconds, total=now)
            yield replace(answer, seconds=seconds)
