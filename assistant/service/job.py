"""A job as others see it: what became of it so far, and how the owner of the data folder is asked about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter

from assistant.service.owner import Owner, call
from index.types import FileReport


@dataclass(frozen=True, slots=True)
class Job:
    """An ingest, or the index made anew: waiting | running | done | cancelled | failed. `reason` is why it failed.

    `files` are those done so far, with state and reason; once it ended, those that are unchanged are left out. `done` of
    `total` counts files, `chunks` those embedded; `seconds_left` is None until there is a rate.
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
    files: tuple[FileReport, ...] = ()
    renews: bool = False
    """Whether it makes the index anew: `done` of `total` counts documents then."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "cancelled", "failed")


JOB = TypeAdapter(Job)


class Jobs(Protocol):
    """What commands and the page do with them."""

    def start(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Job:
        """Begin an ingest, or queue it behind those there are. Its errors are the job's."""

    def listed(self) -> list[Job]:
        """The jobs there are and the last ones ended, the newest first, without their files."""

    def read(self, id_: int) -> Job:
        """One job as it is now.

        Raises:
            JobError: there is none of this number.
        """

    def cancel(self, id_: int) -> Job:
        """Let a job end after the file or batch of chunks it is at: each file is then as it was or as it is now.

        Raises:
            JobError: there is none of this number.
        """


class RemoteJobs:
    """The same done by the data folder's owner, on loopback."""

    def __init__(self, owner: Owner) -> None:
        """`owner` is the running process."""
        self._owner = owner

    def start(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Job:
        """See `Jobs.start`."""
        body = {"paths": [str(path.resolve()) for path in paths], "collection": collection, "sample": sample}
        return self._one("start", **body, keep_samples=keep_samples)

    def listed(self) -> list[Job]:
        """See `Jobs.listed`."""
        return [JOB.validate_python(line) for line in call(self._owner, "jobs/listed", {})]

    def read(self, id_: int) -> Job:
        """See `Jobs.read`."""
        return self._one("read", id=id_)

    def cancel(self, id_: int) -> Job:
        """See `Jobs.cancel`."""
        return self._one("cancel", id=id_)

    def _one(self, what: str, **body: Any) -> Job:
        [line] = call(self._owner, f"jobs/{what}", body)
        return JOB.validate_python(line)


def replied(jobs: Jobs, what: str, body: dict[str, Any]) -> Iterator[Job]:
    """The owner's side of `RemoteJobs`: the jobs that answer one call."""
    if what == "start":
        paths = [Path(path) for path in body["paths"]]
        yield jobs.start(paths, body["collection"], body["sample"], body["keep_samples"])
    elif what == "listed":
        yield from jobs.listed()
    elif what == "read":
        yield jobs.read(body["id"])
    elif what == "cancel":
        yield jobs.cancel(body["id"])
