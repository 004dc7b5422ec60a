"""Whatever happens to the files of a folder, after an ingest the index equals a fresh one of the same folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from tests.hashed import Hashed
from tests.whole import assert_whole, contents

NAMES = [f"{folder}{name}" for folder in ("", "b/") for name in ("a.md", "c.md", "d.text", "x.md")]
TEXTS = [
    f"# On {metal}\n\nThe {place} plant makes {n} tons of {metal}.\n\nIt is old.\n"
    for n, (metal, place) in enumerate(
        [("zinc", "north"), ("lead", "south"), ("gold", "east"), ("iron", "west"), ("tin", "north")], 3
    )
]
QUERIES = ("zinc plant", "tons of gold in the north", "old")

names, texts = st.sampled_from(NAMES), st.sampled_from(TEXTS)


class Folder(RuleBasedStateMachine):
    """A folder whose files change, its index, and what each file should be known as: its last content that could be read."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="quarry-machine-"))
        self.folder = self.place / "docs"
        self.folder.mkdir()
        self.write("x.txt", "A file without a heading stays, so that the folder is never empty.")
        self.known: dict[str, tuple[bytes, str]] = {}
        self.facts: dict[str, str] = {}
        self.library = Library(IndexSettings(home=self.place / "home"), Hashed())
        for name, text in zip(NAMES[:6], (*TEXTS, TEXTS[0]), strict=True):
            self.write(name, text)
        self.steps = 1

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def present(self) -> list[str]:
        return [name for name in NAMES if (self.folder / name).is_file()]

    @rule(name=names, text=texts)
    def add_or_change(self, name: str, text: str) -> None:
        self.write(name, text)

    @rule(name=names, text=texts)
    def write_text_of_its_own(self, name: str, text: str) -> None:
        self.write(name, text + f"Only {name} says so.\n")

    @rule(name=names)
    def empty(self, name: str) -> None:
        self.write(name, "\n")

    @rule(name=names)
    def damage(self, name: str) -> None:
        self.write(name, "\0 is in no text")

    @precondition(lambda self: self.present())
    @rule(data=st.data(), to=names)
    def rename(self, data: st.DataObject, to: str) -> None:
        path = self.folder / data.draw(st.sampled_from(self.present()))
        (self.folder / to).parent.mkdir(exist_ok=True)
        path.replace(self.folder / to)

    @precondition(lambda self: len(self.present()) > 1)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        one, other = (self.folder / name for name in data.draw(st.permutations(self.present()))[:2])
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    @precondition(lambda self: self.present())
    @rule(data=st.data(), to=names)
    def copy(self, data: st.DataObject, to: str) -> None:
        self.write(to, (self.folder / data.draw(st.sampled_from(self.present()))).read_text())

    @precondition(lambda self: self.present())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        (self.folder / data.draw(st.sampled_from(self.present()))).unlink()

    @precondition(lambda self: self.present())
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        (self.folder / data.draw(st.sampled_from(self.present()))).touch()

    @rule(name=names, fact=st.sampled_from(["", 'title = "Stated"', 'date = "2024"', 'publisher = "The mint"']))
    def state_a_fact(self, name: str, fact: str) -> None:
        self.facts[name] = fact
        lines = [f'[documents."{name}"]\n{fact}\n' for name, fact in self.facts.items() if fact]
        (self.folder / "sources.toml").write_text("".join(lines))

    @rule()
    def open_again(self) -> None:
        self.library.close()
        self.library = Library(self.library.settings, Hashed())

    def ingest(self) -> None:
        reports = {report.file: report.state for report in ingest(self.library, [self.folder])}
        embedder = self.library.embedder
        assert isinstance(embedder, Hashed)
        embedded = embedder.passages
        assert {report.state for report in ingest(self.library, [])} <= {"unchanged", "failed"}
        assert embedder.passages == embedded
        now = {name: (self.folder / name).read_bytes() for name in ["x.txt", *self.present()]}
        failed = {name for name, data in now.items() if not data.strip() or b"\0" in data}
        assert {name for name, state in reports.items() if state == "failed"} == failed
        self.known = {
            name: self.known[name] if name in failed else (data, self.facts.get(name, ""))
            for name, data in now.items()
            if name not in failed or name in self.known
        }

    @invariant()
    def the_index_equals_a_fresh_one(self) -> None:
        """Looked at after one change, then after two more at once, and so on."""
        self.steps += 1
        if self.steps % 3 == 1:
            return
        self.ingest()
        assert_whole(self.library)
        with tempfile.TemporaryDirectory(prefix="quarry-machine-") as place:
            folder = Path(place) / "docs"
            lines = []
            for name, (data, fact) in self.known.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
                lines += [f'[documents."{name}"]\n{fact}\n'] if fact else []
            (folder / "sources.toml").write_text("".join(lines))
            fresh = Library(IndexSettings(home=Path(place) / "home"), Hashed())
            list(ingest(fresh, [folder]))
            assert contents(self.library, *QUERIES) == contents(fresh, *QUERIES)
            fresh.close()

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
            shutil.rmtree(self.place)


CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def test_an_index_of_a_folder_that_changes_equals_a_fresh_one() -> None:
    quick = settings(max_examples=3, stateful_step_count=10, deadline=None, suppress_health_check=CHECKS, derandomize=True)
    run_state_machine_as_test(Folder, settings=quick)  # type: ignore[no-untyped-call]


@pytest.mark.slow
def test_a_thousand_changes_of_a_folder_leave_its_index_as_a_fresh_one() -> None:
    long = settings(max_examples=30, stateful_step_count=50, deadline=None, suppress_health_check=CHECKS)
    run_state_machine_as_test(Folder, settings=long)  # type: ignore[no-untyped-call]
