import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import AssistantError, JobError
from assistant.rendering.durations import left, seconds_left
from assistant.service.interfaces import Jobs, Service
from assistant.service.job import Job
from assistant.service.jobs import RECENT, LocalJobs
from assistant.service.owner import find_owner
from assistant.service.remote import remote
from index.embedding.embedder import Vectors
from index.errors import IndexingError
from index.ingest.batches import BATCH
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings
from index.types import FileReport
from tests.conftest import serving
from tests.test_parsing_hostile import Counted

SENTENCE = "The plant in Onsan makes 12 tons of germanium a year, and it opens in 2028.\n\n"
OTHER = "The mine in Alden gives 40 tons of zinc a year, and it closes in 2031.\n"


class Held(Counted):
    """An embedder that counts its batches and, told to, waits before each."""

    def __init__(self) -> None:
        super().__init__("counted")
        self.batches = 0
        self.go = threading.Event()
        self.go.set()

    def encode_documents(self, texts: list[str]) -> Vectors:
        assert self.go.wait(30)
        self.batches += 1
        return super().encode_documents(texts)

    def encode_query(self, text: str) -> Vectors:
        return super().encode_documents([text])[0]

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        return super().encode_documents(list(words))

    def reads(self, text: str) -> bool:
        return True


@pytest.fixture
def embedder() -> Held:
    return Held()


@pytest.fixture
def library(tmp_path: Path, embedder: Held) -> Iterator[Library]:
    library = Library(IndexSettings(home=tmp_path / "home"), embedder)
    yield library
    library.close()


@pytest.fixture
def jobs(library: Library) -> Iterator[LocalJobs]:
    jobs = LocalJobs(lambda paths, collection, sample, _: ingest(library, paths, collection=collection, sample=sample))
    yield jobs
    jobs.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text(SENTENCE)
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "c.txt").write_text(SENTENCE * 6000)
    (folder / "d.txt").write_text(OTHER)
    return folder


def until(jobs: Jobs, id_: int, holds: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + 60
    while not holds(job := jobs.read(id_)):
        assert time.monotonic() < end, job
        time.sleep(0.01)
    return job


def test_a_job_goes_on_beside_searches_and_lists_its_files(
    jobs: LocalJobs, library: Library, embedder: Held, folder: Path
) -> None:
    (folder / "c.txt").rename(folder.parent / "c.txt")
    assert jobs.start([folder]).id == 1
    until(jobs, 1, lambda job: job.ended)
    (folder.parent / "c.txt").rename(folder / "c.txt")
    embedder.go.clear()
    job = jobs.start([folder])
    running = until(jobs, job.id, lambda job: job.done == 2)
    assert running.state == "running" and running.total == 4
    assert SENTENCE.strip() in [hit.chunk.text for hit in search("germanium plant", library)]
    embedder.go.set()
    ended = until(jobs, job.id, lambda job: job.ended)
    assert ended.state == "done" and ended.done == ended.total == 4 and ended.seconds_left is None
    assert {file.file: file.state for file in ended.files} == {"b.pdf": "failed", "c.txt": "added"}
    assert "no sound PDF" in next(file.reason for file in ended.files if file.file == "b.pdf")
    assert ended.chunks == library.count_chunks() - 2
    assert [(job.id, job.files) for job in jobs.listed()] == [(2, ()), (1, ())]


def test_a_cancelled_job_leaves_each_file_in_its_old_or_new_state(
    jobs: LocalJobs, library: Library, embedder: Held, folder: Path
) -> None:
    (folder / "c.txt").write_text("Zinc is a metal.")
    list(jobs.follow([folder]))
    (folder / "a.txt").write_text("Tin is a metal.")
    (folder / "c.txt").write_text(SENTENCE * 6000)
    (folder / "d.txt").write_text("Lead is a metal.")
    reports = jobs.follow([folder])
    for report in reports:
        if report.state == "embedding":
            assert 0 < report.share < 1 and 0 < report.chunks <= BATCH
            break
    reports.close()
    ended = until(jobs, 2, lambda job: job.ended)
    assert ended.state == "cancelled"
    assert {document.file: document.text for document in library.documents()} == {
        "a.txt": "Tin is a metal.",
        "c.txt": "Zinc is a metal.",
        "d.txt": OTHER,
    }
    assert library.store.count() == library.count_chunks() == 3
    assert {report.file: report.state for report in jobs.follow([folder])}["c.txt"] == "updated"


def test_jobs_take_turns_and_a_waiting_one_is_cancelled_at_once(jobs: LocalJobs, embedder: Held, folder: Path) -> None:
    embedder.go.clear()
    first, second = jobs.start([folder / "a.txt"]), jobs.start([folder / "d.txt"])
    assert jobs.cancel(second.id).state == "cancelled"
    assert jobs.read(first.id).state in ("waiting", "running")
    third = jobs.start([folder / "d.txt"], "other")
    embedder.go.set()
    assert until(jobs, third.id, lambda job: job.ended).state == "done"
    assert jobs.read(first.id).state == "done" and jobs.read(second.id).state == "cancelled"


def test_what_can_t_be_ingested_is_the_job_s_reason_and_the_follower_s_error(jobs: LocalJobs, tmp_path: Path) -> None:
    job = until(jobs, jobs.start([tmp_path / "missing"]).id, lambda job: job.ended)
    assert job.state == "failed" and "nothing was changed" in job.reason
    with pytest.raises(IndexingError, match="nothing was changed"):
        list(jobs.follow([tmp_path / "missing"]))
    with pytest.raises(JobError, match="no job 7"):
        jobs.cancel(7)


def test_only_the_last_ended_jobs_are_remembered() -> None:
    def nothing(*_: object) -> Iterator[FileReport]:
        yield FileReport("a.txt", "unchanged", number=1, total=1)

    jobs = LocalJobs(nothing)
    for _ in range(RECENT + 5):
        assert [report.state for report in jobs.follow([])] == ["unchanged"]
    assert [job.id for job in jobs.listed()][0] == RECENT + 5
    assert len(jobs.listed()) == RECENT + 1
    assert jobs.listed()[0].done == 1 and jobs.read(RECENT + 5).files == ()


def test_the_time_left_is_what_the_rate_so_far_says() -> None:
    assert seconds_left(0.25, 30) == 90
    assert seconds_left(0, 30) is None
    assert left(0.25, 30) == ", 2 min left"
    assert left(0.5, 30) == ", 30 s left"
    assert left(0.5, 1) == ""
    assert left(0.5, 30, 375) == ", 12 passages/s, 30 s left"


def test_jobs_go_through_the_owner(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "served"
    (folder / "c.txt").unlink()
    with serving(home, "--llm", "none"):
        owner = find_owner(home)
        assert owner
        service = remote(owner, Service)
        job = service.add_files([folder])
        assert job.id == 1 and job.paths == (str(folder),)
        until(service.jobs, 1, lambda job: job.ended)
        ended = service.jobs.read(1)
        assert {file.file: file.state for file in ended.files} == {"a.txt": "added", "b.pdf": "failed", "d.txt": "added"}
        assert [report.state for report in service.ingest([folder])] == ["unchanged", "failed", "unchanged"]
        assert [job.id for job in service.jobs.listed()] == [2, 1]
        assert service.jobs.cancel(2).state == "done"
        with pytest.raises(AssistantError, match="no job 7"):
            service.jobs.read(7)
