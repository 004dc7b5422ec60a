"""What tests share: a data folder of their own, the real embedder, the seeds ingested once, and a small language model."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, sync_playwright

from assistant.chat import ask
from assistant.types import Answer, Conversation
from index.embedding import threads
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import OUTSIDE, IndexSettings
from tests.processes import forked

SEEDS = Path(__file__).parent.parent / "seeds"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


SHIPPED = IndexSettings().embedder

os.environ.pop("QUARRY_EMBEDDER", None)

if "PYTEST_XDIST_WORKER" in os.environ:
    threads.THREADS = 1  # there is a worker for each core: with two threads each they only wait for one another


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches them, and no data folder of theirs is touched."""
    for name in [name for name in os.environ if name.startswith("QUARRY_")]:
        if name not in OUTSIDE:
            monkeypatch.delenv(name)
    monkeypatch.setenv("QUARRY_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The one that ships."""
    return Embedder(SHIPPED)


@pytest.fixture(scope="session")
def english() -> Embedder:
    """The small English one, which has no reader."""
    return Embedder("embedded")


@pytest.fixture(scope="session")
def seed_home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data folder with the seeds; copy it before changing anything."""
    return with_seeds(tmp_path_factory.mktemp("seeds") / "home", embedder)


def with_seeds(home: Path, embedder: Embedder) -> Path:
    """A new data folder that holds the seeds."""
    library = Library(IndexSettings(home=home), embedder)
    states = [report.state for report in ingest(library, [SEEDS])]
    assert states == ["added"] * 3
    library.close()
    return home


@pytest.fixture(scope="session")
def seeds(seed_home: Path, embedder: Embedder) -> Iterator[Library]:
    """The seeds' library, to read only."""
    library = Library(IndexSettings(home=seed_home), embedder)
    yield library
    library.close()


@pytest.fixture(scope="session")
def english_seeds(tmp_path_factory: pytest.TempPathFactory, english: Embedder) -> Iterator[Library]:
    """The same with the embedder that has no reader."""
    library = Library(IndexSettings(home=with_seeds(tmp_path_factory.mktemp("english") / "home", english)), english)
    yield library
    library.close()


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    """An empty library to change."""
    library = Library(IndexSettings(home=tmp_path / "home"), embedder)
    yield library
    library.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(home: Path, *arguments: str, errors: Path | None = None) -> Iterator[str]:
    """A running `quarry serve` on a data folder; its address. `errors` is where what it prints of errors goes."""
    with forked("--home", str(home), "serve", "--port", "0", *arguments, errors=errors) as output:
        with os.fdopen(os.dup(output)) as printed:
            line = printed.readline()
        assert "ready: http://127.0.0.1:" in line, line
        yield line.split()[3]


@contextmanager
def serving_afresh(home: Path, *arguments: str, stderr: IO[str] | None = None) -> Iterator[str]:
    """The same in a process that imports all itself. `stderr` is where what it prints there goes."""
    command = [sys.executable, "-m", "assistant.cli.main", "--home", str(home), "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert "ready: http://127.0.0.1:" in line, line
            yield line.split()[3]
        finally:
            process.terminate()


class FakeModel:
    """A language model whose reply, yes and no are functions of the prompt; it records what it was asked.

    A token is four characters. `p_yes` says how likely a prompt is to get a yes; None, as from a server that doesn't tell.
    """

    name = "fake"

    def __init__(self, reply: Callable[[str], str] | str, p_yes: Callable[[str], float] | float | None = None) -> None:
        self.asked: list[str] = []
        self.checked: list[str] = []
        self.closed = False
        self.prompt_tokens: int | None = None
        self._reply = reply
        self._p_yes = p_yes

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        prompt = "\n".join(text for _, text in messages)
        self.asked.append(prompt)
        self.prompt_tokens = len(prompt) // 4
        reply = self._reply if isinstance(self._reply, str) else self._reply(prompt)
        try:
            yield ""
            for start in range(0, len(reply), 4):
                yield reply[start : start + 4]
        finally:
            self.closed = True

    def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
        prompt = "\n".join(text for _, text in messages)
        self.checked.append(prompt)
        yield None
        yield self._p_yes(prompt) if callable(self._p_yes) else self._p_yes


def final(library: Library, question: str, llm: FakeModel | None = None, conversation: Conversation | None = None) -> Answer:
    """The last answer to a question."""
    return list(ask(question, conversation or Conversation(), library=library, llm=llm))[-1]


def assert_round_trips(answer: Answer, library: Library) -> None:
    for citation in (*answer.citations, *answer.nearest):
        assert citation.holds_in(library.document(citation.document_id, citation.version))
    assert {n for span in answer.spans for n in span.numbers} == {c.number for c in answer.citations}
