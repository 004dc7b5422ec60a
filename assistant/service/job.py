"""A job as others see it: what became of it so far."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import FileReport


@dataclass(frozen=True, slots=True)
class Job:
    """An ingest, or the index made anew: waiting | running | done | cancelled | failed. `reason` is why it failed.

    `files` are those done so far, with state and reason; once it ended, those that are unchanged are left out. `done` of
    `total` counts files, `chunks` those embedded; `seconds_left` and `passages_a_second` are None until there is a rate.
    """

    id: int
    paths: tuple[str, ...]
    collection: str
    state: str = "waiting"
    reason: str = ""
    done: int = 0
    total: int = 0
    chunks: int = 0
    file: str = ""
    """The one being embedded."""
    seconds_left: float | None = None
    passages_a_second: float | None = None
    files: tuple[FileReport, ...] = ()
    renews: bool = False
    """Whether it makes the index anew: `done` of `total` counts documents then."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "cancelled", "failed")
