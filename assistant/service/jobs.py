"""Work that goes on beside the chat, in a thread of the data folder's owner: begun, followed, cancelled, listed.

Most are ingests; one may make the index anew, and the ingests begun meanwhile wait for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant.errors import AssistantError, JobError, cause
from assistant.rendering.durations import seconds_left
from assistant.service.job import Job
from index.errors import IndexingError
from index.types import FileReport

RECENT = 10
"""Jobs that are remembered after they ended."""

PATIENCE = 10.0
"""Seconds that the owner, asked to stop, waits for its jobs: a file being read may take longer, and is left as it was."""

Ingest = Callable[[Sequence[Path], str, bool, bool], Generator[FileReport]]
"""See `index.ingest.ingest.ingest`: paths, collection, sample, keep_samples."""

Work = Callable[[], Generator[FileReport]]
"""What a job does; a report for each document."""


class _Run:
    """A job that is under way or over, and what came of it so far."""

    def __init__(self, job: Job, work: Work) -> None:
        self.job = job
        self.work = work
        self.reports: list[FileReport] = []
        self.error: Exception | None = None
        self.cancelled = False
        self.began = time.monotonic()


class LocalJobs:
    """The jobs of this process, run one at a time in the order they were begun."""

    def __init__(self, ingest: Ingest) -> None:
        """Nothing runs yet."""
        self._ingest = ingest
        self._runs: dict[int, _Run] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._last = 0

    def start(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Job:
        """See `Jobs.start`."""
        return self._ingesting(paths, collection, sample, keep_samples).job

    def renew(self, work: Work) -> Job:
        """Begin to make the index anew by `work`, or the job that is at it."""
        with self._changed:  # it may be taken again by the same thread
            under_way = (run for run in self._runs.values() if run.job.renews and not run.job.ended)
            return (next(under_way, None) or self._start(work, renews=True)).job

    def read_anew(self, work: Work) -> Job:
        """Begin to read all files anew by `work`."""
        return self._start(work).job

    def listed(self) -> list[Job]:
        """See `Jobs.listed`."""
        with self._changed:
            runs = [self._runs[id_] for id_ in sorted(self._runs, reverse=True)]
        return [replace(_shown(run), files=()) for run in runs]

    def read(self, id_: int) -> Job:
        """See `Jobs.read`."""
        return _shown(self._run(id_))

    def cancel(self, id_: int) -> Job:
        """See `Jobs.cancel`."""
        run = self._run(id_)
        with self._changed:
            run.cancelled = True
            if run.job.state == "waiting":
                run.job = replace(run.job, state="cancelled")
            self._changed.notify_all()
        return _shown(run)

    def follow(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Iterator[FileReport]:
        """Begin an ingest and yield its reports as they come; given up, it is cancelled.

        Raises:
            IndexingError: as `index.ingest.ingest.ingest`.
        """
        run = self._ingesting(paths, collection, sample, keep_samples)
        try:
            yield from self._reports(run)
        finally:
            if not run.job.ended:
                self.cancel(run.job.id)

    def watch(self, id_: int) -> Iterator[FileReport]:
        """The reports of a job as they come; given up, the job goes on.

        Raises:
            JobError: there is none of this number.
            IndexingError: as the job.
        """
        return self._reports(self._run(id_))

    def _reports(self, run: _Run) -> Iterator[FileReport]:
        reports = run.reports  # all of them, also when only some are remembered
        told = 0
        while True:
            with self._changed:
                while len(reports) == told and not run.job.ended:
                    self._changed.wait()
                new = reports[told:]
            if not new:
                break
            told += len(new)
            yield from new
        if run.error:
            raise run.error

    def close(self) -> None:
        """Cancel all jobs, and wait for the one that runs, but not for ever."""
        with self._changed:
            runs, thread = list(self._runs.values()), self._thread
        for run in runs:
            if not run.job.ended:
                self.cancel(run.job.id)
        if thread:
            thread.join(PATIENCE)

    def _ingesting(self, paths: Sequence[Path], collection: str, sample: bool, keep_samples: bool) -> _Run:
        files = [Path(path) for path in paths]
        return self._start(lambda: self._ingest(files, collection, sample, keep_samples), paths, collection)

    def _start(self, work: Work, paths: Sequence[Path] = (), collection: str = "default", *, renews: bool = False) -> _Run:
        with self._changed:
            self._last += 1
            run = _Run(Job(self._last, tuple(map(str, paths)), collection, renews=renews), work)
            self._runs[self._last] = run
            ended = [id_ for id_, other in self._runs.items() if other.job.ended]
            for id_ in ended[:-RECENT]:
                del self._runs[id_]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
        return run

    def _run(self, id_: int) -> _Run:
        with self._changed:
            run = self._runs.get(id_)
        if run is None:
            raise JobError(f"there is no job {id_}: `quarry jobs` lists them")
        return run

    def _work(self) -> None:
        """Run what waits, one after the other, until nothing does."""
        while True:
            with self._changed:
                run = next((run for run in self._runs.values() if run.job.state == "waiting"), None)
                if run is None:
                    self._thread = None
                    return
                run.began = time.monotonic()
                run.job = replace(run.job, state="running")
            state, reason = "done", ""
            try:
                self._done(run)
                state = "cancelled" if run.cancelled else "done"
            except Exception as error:  # the next job's turn comes whatever happened to this one; `follow` raises it again
                run.error, state = error, "failed"
                known = isinstance(error, AssistantError | IndexingError)
                reason = str(error) if known else f"it broke off ({cause(error)})"
            with self._changed:
                run.job = replace(run.job, state=state, reason=reason, file="", seconds_left=None, passages_a_second=None)
                run.reports = [report for report in run.reports if report.state not in ("embedding", "unchanged")]
                self._changed.notify_all()

    def _done(self, run: _Run) -> None:
        """Work until it is done or cancelled."""
        with closing(run.work()) as reports:
            for report in reports:
                with self._changed:
                    run.reports.append(report)
                    run.job = _after(run.job, report, time.monotonic() - run.began)
                    self._changed.notify_all()
                if run.cancelled:
                    return


def _after(job: Job, report: FileReport, seconds: float) -> Job:
    """The job with one more report, `seconds` after it began to run."""
    embedding = report.state == "embedding"
    rate = (job.chunks + report.chunks) / seconds if seconds > 0 else 0.0
    return replace(
        job,
        done=max(job.done, report.number - embedding),
        total=max(job.total, report.total),
        chunks=job.chunks + (0 if embedding else report.chunks),
        file=report.file if embedding else "",
        seconds_left=seconds_left(report.share, seconds) if report.total else job.seconds_left,
        passages_a_second=rate or None,
    )


def _shown(run: _Run) -> Job:
    files = tuple(report for report in list(run.reports) if report.state != "embedding")
    return replace(run.job, files=files)
