"""A data folder of an earlier embedder, and a backup of one: opened, asked, made anew meanwhile, with what was stored."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.errors import JobError
from assistant.history.history import History
from assistant.service.service import LocalService
from assistant.settings import AssistantSettings
from assistant.types import Answer, Conversation, Turn
from index.embedding.embedder import Embedder, Vectors
from index.errors import StoreError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from index.upkeep.backup import back_up, restore
from tests.conftest import SEEDS, final, serving
from tests.small_embedder import SmallEmbedder

QUESTION = "What is the capacity of the Arden smelter?"
GERMANIUM = "What is Korea Zinc's planned germanium capacity?"
TEXTS = {
    "arden.txt": "The Arden smelter has a capacity of 12 tons of indium. It opened in 1994.",
    "onsan.txt": "The Onsan works open at eleven. Their gate is green.",
    "tarn.txt": "The Tarn mine gives zinc. Its shaft is deep.",
    "velden.txt": "The Velden depot holds lead. Its roof is new.",
}


class Stepped(SmallEmbedder):
    """The present embedder, which embeds a document of a new index only when it is let."""

    def __init__(self, name: str = "small") -> None:
        super().__init__(name)
        self.steps = threading.Semaphore(0)

    def let(self, documents: int) -> None:
        self.steps.release(2 * documents)  # the passages and their sentences

    def _encode(self, texts: list[str], *, is_query: bool, first: bool = False) -> Vectors:
        if not is_query and not first:
            assert self.steps.acquire(timeout=30)
        return super()._encode(texts, is_query=is_query, first=first)


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document a batch, so that there is a middle."""
    monkeypatch.setattr("index.ingest.batches.BATCH", 1)


def filled(home: Path, docs: Path, embedder: Embedder, question: str) -> None:
    """Make a data folder with what is in `docs`, and a stored conversation that cites what a question finds."""
    library = Library(IndexSettings(home=home), embedder)
    list(ingest(library, [docs]))
    answer = final(library, question)
    answer = replace(answer, citations=answer.citations or answer.nearest)
    History(library.engine).add("", Turn(question, answer, "2026-03-03T10:11:12+00:00"))
    library.close()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in TEXTS.items():
        (docs / name).write_text(text)
    return docs


@pytest.fixture
def home(tmp_path: Path, docs: Path) -> Path:
    filled(tmp_path / "home", docs, SmallEmbedder("former"), QUESTION)
    return tmp_path / "home"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def service(home: Path, said: list[str]) -> Iterator[LocalService]:
    """The data folder opened with another embedder of as many dimensions."""
    library = Library(IndexSettings(home=home), Stepped(), outdated=True)
    service = LocalService(library, AssistantSettings(llm="none"), lambda *_: None, said.append)
    yield service
    assert isinstance(library.embedder, Stepped)
    library.embedder.let(100)
    service.jobs.close()
    library.close()


def let(service: LocalService, documents: int) -> None:
    assert isinstance(service.library.embedder, Stepped)
    service.library.embedder.let(documents)


def asked(service: LocalService, question: str = QUESTION) -> Answer:
    *_, answer = service.ask(question, Conversation())
    return answer


def best(answer: Answer) -> str:
    """The first quote, cited or, where the small embedder's evidence is too weak to answer, shown as the nearest."""
    return (answer.citations or answer.nearest)[0].quote


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def assert_opens(library: Library) -> None:
    """The stored conversation is there, and all its citations stand where they did."""
    history = History(library.engine)
    [listed] = history.listed()
    [turn] = history.read(listed.id).turns
    assert turn.answer.citations
    for citation in turn.answer.citations:
        assert citation.holds_in(library.document(citation.document_id, citation.version))


def test_a_question_is_answered_while_the_index_is_made_anew_and_says_how_far_that_is(service: LocalService) -> None:
    job = service.renew()
    again = service.renew()
    assert job and again and job.renews and again.id == job.id
    before = asked(service)
    assert "12 tons" in best(before) and before.notes[-1].endswith("as the index is being made anew, 0 % done")
    assert_opens(service.library)
    let(service, 2)
    wait_until(lambda: service.jobs.read(job.id).done == 2)
    assert 30 < int(asked(service).notes[-1].split()[-3]) < 70
    assert service.library.outdated
    let(service, 2)
    wait_until(lambda: service.jobs.read(job.id).ended)
    assert service.jobs.read(job.id).state == "done" and not service.library.outdated
    after = asked(service)
    assert "12 tons" in best(after) and after.notes == ()
    assert max(hit.similarity for hit in after.hits) > 0.2 and len(after.hits) > len(before.hits)
    assert_opens(service.library)
    assert service.renew() is None


def test_files_added_meanwhile_wait_for_the_new_index_and_none_is_removed(service: LocalService, docs: Path) -> None:
    (docs / "new.txt").write_text("The Kessel yard keeps silver.")
    job = service.add_files([docs])
    [adding, renewing] = service.jobs.listed()
    assert (adding.id, adding.state, renewing.renews) == (job.id, "waiting", True)
    let(service, 1)
    wait_until(lambda: service.jobs.read(renewing.id).done == 1)
    with pytest.raises(JobError, match="being made anew, .* % done"):
        service.remove([("arden.txt", docs / "arden.txt")])
    with pytest.raises(JobError, match="earlier embedder"):
        list(service.enrich())
    let(service, 10)
    wait_until(lambda: service.jobs.read(job.id).ended)
    assert [(one.file, one.state) for one in service.jobs.read(job.id).files if one.chunks] == [("new.txt", "added")]
    assert "silver" in best(asked(service, "What does the Kessel yard keep?"))
    service.remove([("arden.txt", docs / "arden.txt")])


def test_a_backup_made_meanwhile_is_one_of_the_old_index(service: LocalService, tmp_path: Path) -> None:
    job = service.renew()
    assert job
    let(service, 1)
    wait_until(lambda: service.jobs.read(job.id).done == 1)
    service.documents.back_up(tmp_path / "backup.zip")
    (tmp_path / "restored").mkdir()
    restore(tmp_path / "restored", tmp_path / "backup.zip")
    library = Library(IndexSettings(home=tmp_path / "restored"), SmallEmbedder("former"))
    assert "12 tons" in best(final(library, QUESTION))
    assert_opens(library)
    library.close()


def test_cancelled_or_failed_questions_are_answered_by_keywords_and_the_next_ingest_begins_again(
    service: LocalService, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = service.renew()
    assert job
    service.jobs.cancel(job.id)
    let(service, 2)  # the first is stored, the second, begun meanwhile, is given up
    wait_until(lambda: service.jobs.read(job.id).ended)
    assert asked(service).notes[-1].endswith("of an earlier embedder: `quarry reindex`")
    let(service, 3)
    with monkeypatch.context() as patched:
        patched.setattr("index.upkeep.reindex.COPIES", ("nonsense",))
        with pytest.raises(StoreError, match="the old one is as it was"):
            list(service.ingest([docs]))
    assert service.library.outdated and "12 tons" in best(asked(service))
    assert {one.state for one in service.ingest([docs])} == {"unchanged"}
    assert not service.library.outdated


@pytest.fixture
def commands(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, for commands run here with the small embedder."""
    monkeypatch.setattr("assistant.service.service.Embedder", SmallEmbedder)
    monkeypatch.setattr("index.embedding.embedder.Embedder", SmallEmbedder)
    monkeypatch.setenv("QUARRY_EMBEDDER", "small")
    monkeypatch.setenv("QUARRY_LLM", "none")
    return home


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert main(arguments) == 0, capfd.readouterr().err
    return capfd.readouterr()


def test_ask_says_how_the_index_is_brought_up_to_date_and_ingest_does_it_first(
    commands: Path, docs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, err = run(capfd, "ask", QUESTION)
    assert "12 tons" in out and "quarry reindex" in err and len(err.splitlines()) == 1
    (docs / "new.txt").write_text("The Kessel yard keeps silver.")
    _, err = run(capfd, "ingest", str(docs))
    assert [f"{name} indexed, 1 chunks" in err for name in TEXTS] == [True] * 4
    assert "new.txt added, 1 chunks" in err and err.splitlines()[-1] == "4 indexed, 4 unchanged, 1 added"
    out, err = run(capfd, "ask", QUESTION)
    assert "12 tons" in out and err == "" and "words alone" not in out


def test_a_backup_of_an_earlier_embedder_is_restored_and_opens_as_its_folder_does(
    commands: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capfd, "backup", str(tmp_path / "backup.zip"))
    monkeypatch.setenv("QUARRY_HOME", str(tmp_path / "restored"))
    run(capfd, "restore", str(tmp_path / "backup.zip"))
    out, err = run(capfd, "ask", QUESTION)
    assert "12 tons" in out and "quarry reindex" in err
    run(capfd, "reindex")
    library = Library(IndexSettings(home=tmp_path / "restored"), SmallEmbedder())
    assert_opens(library)
    library.close()


def test_status_and_doctor_tell_an_index_of_the_earlier_embedder(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARRY_LLM", "none")
    out, _ = run(capfd, "status")
    assert "index: of an earlier embedder or chunker" in out and "`quarry reindex` makes it anew (0 % done)" in out
    out, _ = run(capfd, "doctor")
    assert "warning  index: made by 'former of 64" in out and "passages are found by their words alone" in out


@pytest.mark.slow
def test_a_folder_of_another_embedder_and_its_backup_are_made_anew_beside_the_questions(
    tmp_path: Path, english: Embedder, embedder: Embedder
) -> None:
    """With both real embedders, the page's process, and one that is killed in the middle: the way to the reader."""
    home, restored = tmp_path / "old", tmp_path / "restored"
    filled(home, SEEDS, english, GERMANIUM)
    back_up(home, tmp_path / "backup.zip")
    restored.mkdir()
    restore(restored, tmp_path / "backup.zip")
    quarry = [sys.executable, "-m", "assistant.cli.main", "--home"]
    with subprocess.Popen([*quarry, str(restored), "reindex", "--json"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and json.loads(process.stdout.readline())["number"] == 1
        process.send_signal(signal.SIGKILL)
    for place in (home, restored):
        with serving(place, "--llm", "none"):
            ask = [*quarry, str(place), "ask", "--json", GERMANIUM]
            first = json.loads(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)
            assert any("12 tons" in one["quote"] for one in first["citations"])  # by keywords, not always the first
            end = time.monotonic() + 300
            while (
                "up to date"
                not in subprocess.run([*quarry, str(place), "status"], capture_output=True, text=True, check=True).stdout
            ):
                assert time.monotonic() < end
                time.sleep(1)
            again = json.loads(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)
            assert "12 tons" in (again["citations"] or again["nearest"])[0]["quote"] and again["notes"] == []
        library = Library(IndexSettings(home=place), embedder)
        assert_opens(library)
        assert library.store.count() == library.count_chunks()
        library.close()
