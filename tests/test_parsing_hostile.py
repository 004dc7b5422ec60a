"""No file breaks an ingest, outlasts its time or fills the memory; each is listed, and the sound one goes in."""

import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedding.embedder import Embedder, Vectors
from index.ingest.ingest import ingest
from index.library.library import Library
from index.parsing.worker import MEMORY, Worker
from index.settings import IndexSettings
from index.types import FileReport
from tests.hostile_files import Hostile, hostile_files
from tests.hostile_office import PLACES, SECRET, SOUND, read

SECONDS = 30
"""For reading one file, here; and again as long for the rest of the work on it."""

PARENT = 800_000_000
"""Bytes by which this process may grow: the largest file, and what chunks a text of five megabytes."""

LIBRARIES = 100_000_000
"""Bytes of code and such that the reading process holds beside its data."""

ALL = hostile_files()

SAMPLE = (
    "password.pdf",
    "loop of pages.pdf",
    "loop of xref.pdf",
    "deep array.pdf",
    "many pages said.pdf",
    "200 MB.txt",
    "too large.txt",
    "one heading.md",
    "5 MB line.txt",
    "quotes.txt",
    "bad utf-16.txt",
    "markup.md",
    "macros.docm.txt",
    "zip bomb.docx",
    "zip bomb.xlsx",
    "said size.docx",
    "laughs in document.docx",
    "laughs in core.pptx",
    "laughing strings.xlsx",
    "outside in document.docx",
    "outside in slide1.pptx",
    "outside in sheet1.xlsx",
    "outside strings.xlsx",
    "outside in two.epub",
    "outside in book.epub",
    "path out.epub",
    "deep in sheet1.xlsx",
    "deep enough in slide1.pptx",
    "deep item.docx",
    "last row.xlsx",
    "chapter again.epub",
    "locked.pptx",
    "macros.xlsx",
)

REASONS = {
    "password.pdf": "^failed it is protected by a password",
    "loop of pages.pdf": "^failed .*(no text|sound|damaged)",
    "no root.pdf": "^failed it is no sound PDF$",
    "zeros.txt": "^failed .*(zero bytes|no text)",
    "blank.md": "^failed it holds no text",
    "one heading.md": "^added",
    "200 MB.txt": "^failed .*characters: 20,000,000 at most",
    "too large.txt": "^failed .*bytes are too many",
    "txt as.pdf": "^failed it is no sound PDF",
    "head alone.pdf": "^failed it is no sound PDF",
    "zip bomb.docx": "^failed unpacked it would be 1,000,",
    "zip bomb.epub": "^failed unpacked it would be 1,000,",
    "said size.docx": "^failed .*more memory than a file may",
    "elements.pptx": "^failed .*more memory than a file may",
    "elements.xlsx": "^failed .*more memory than a file may",
    "merged cells.docx": "^failed .*more memory than a file may",
    "laughs in document.docx": "^failed it is damaged",
    "laughs in sheet1.xlsx": "^failed it is damaged",
    "laughing strings.xlsx": "^failed it is damaged",
    "outside in document.docx": "^added",
    "outside in slide1.pptx": "^added",
    "outside in two.epub": "^added",
    "outside types in slide1.pptx": "^added",
    "included in sheet1.xlsx": "^added",
    "deep in document.docx": "^failed it is damaged",
    "deep item.docx": "^added",
    "tables in tables.docx": "^added",
    "last row.xlsx": "^failed it is damaged: a sheet has more than 1,048,576 rows",
    "last column.xlsx": "^failed it has more than .*1,000,000 cells",
    "chapter again.epub": "^added",
    "attributes in two.epub": f"^(added|failed reading it takes longer than {SECONDS} seconds)",  # as fast as the machine is
    "locked.pptx": "^failed it is protected by a password",
    "macros.docx": "^added",
    "many members.docx": "^added",
}
"""What some are listed with: their state and reason. Those added show that the others' containers are sound."""


class Counted(Embedder):
    """Tokens as the embedded model's tokenizer cuts them, by and large, and vectors of a text's length: quick, no model."""

    passage_tokens = 226  # type: ignore[assignment]
    max_tokens = 256  # type: ignore[assignment]
    fingerprint = "counted"  # type: ignore[assignment]

    def encode_documents(self, texts: list[str]) -> Vectors:
        angles = np.array([len(text) for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(IndexSettings(home=tmp_path / "home"), Counted("counted"))
    yield library
    library.close()


def memory(name: str) -> int:
    """VmRSS or VmHWM of this process, in bytes."""
    return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0]) * 1024


def check(files: Sequence[Hostile], library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[FileReport]:
    """Ingest the files and a sound one after them, and hold the work to its limits."""
    folder.mkdir()
    for file in files:
        (folder / file.name).write_bytes(file.data())
    (folder / "sound.txt").write_text("Zinc is a metal that people mine.")
    worker = Worker(seconds=SECONDS)
    monkeypatch.setattr("index.ingest.ingest.Worker", lambda: worker)
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")  # the peak is from here on
        before = memory("VmRSS")
    reports, slowest, since = [], 0.0, time.monotonic()
    for report in ingest(library, [folder]):
        slowest, since = max(slowest, time.monotonic() - since), time.monotonic()
        if report.state != "embedding":
            reports.append(report)
    shutil.rmtree(folder)  # a gigabyte
    assert sorted(report.file for report in reports) == sorted([*(file.name for file in files), "sound.txt"])
    assert {report.state for report in reports} <= {"added", "failed"}
    assert all(report.reason for report in reports if report.state == "failed")
    assert reports[-1].state == "added" and library.count_chunks() > 0
    assert slowest < 2 * SECONDS
    assert worker.pid is None
    if sys.platform == "linux":
        assert 0 < worker.peak < MEMORY + LIBRARIES
        assert memory("VmHWM") - before < PARENT
    for report in reports:
        reason = REASONS.get(report.file[5:])
        assert re.search(reason or "", f"{report.state} {report.reason}"), f"{report.file}: {report.state} {report.reason}"
    assert_holds_no_other_file(library)
    return reports


def assert_holds_no_other_file(library: Library) -> None:
    """Nothing of a file outside the folder came in, by a hostile one that names it."""
    secret = Path(SECRET).read_text().splitlines()[0]
    assert len(secret) > 8
    for document in library.documents():
        assert secret not in f"{document.title}\n{document.text}", document.file
    stored = [path.read_bytes() for path in library.settings.home.rglob("*") if path.is_file()]
    assert any(b"Zinc is a metal that people mine." in data for data in stored)
    assert not any(secret.encode() in data for data in stored)


def test_the_files_that_hostile_ones_are_made_of_are_sound(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for kind, make in SOUND.items():
        (folder / f"sound{kind}").write_bytes(make())
        for member, piece in PLACES[kind]:  # each bomb is put before one of these
            assert piece in read(make(), member)
    (folder / "passwd.txt").write_text("Zinc is a metal that people mine.\n" + Path(SECRET).read_text())
    names = [*(f"sound{kind}" for kind in SOUND), "passwd.txt"]
    assert {report.file: report.state for report in ingest(library, [folder])} == dict.fromkeys(names, "added")
    with pytest.raises(AssertionError, match="passwd"):  # so it is seen where it does come in
        assert_holds_no_other_file(library)


def test_a_sample_of_hostile_files_is_listed_and_the_sound_one_goes_in(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [file for file in ALL if file.name[5:] in SAMPLE]
    assert len(chosen) >= len(SAMPLE)
    check(chosen + [file for file in ALL[::37] if file not in chosen], library, tmp_path / "docs", monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_all_hostile_files_are_listed_and_the_sound_one_goes_in(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(ALL) >= 300
    check(ALL, library, tmp_path / "docs", monkeypatch)


def test_what_is_no_file_is_listed_and_waited_for_by_nobody(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket.txt"))
        (folder / "device.txt").symlink_to("/dev/zero")
        (folder / "loop.txt").symlink_to(folder / "loop.txt")
        (folder / "around").symlink_to(folder)
        (folder / "nowhere.txt").symlink_to(folder / "missing")
        (folder / "folder.txt").mkdir()
        (folder / "locked.txt").write_text("Tin is a metal.")
        (folder / "locked.txt").chmod(0)
        (folder / "sound.txt").write_text("Zinc is a metal that people mine.")
        states = {report.file: (report.state, report.reason) for report in ingest(library, [folder])}
    if os.geteuid() == 0:  # whom nothing is locked to
        states["locked.txt"] = "failed", "it can't be opened: Permission denied"
    assert states == {
        "pipe.txt": ("failed", "it is a pipe, a device or a folder, not a file"),
        "socket.txt": ("failed", "it can't be opened: No such device or address"),
        "device.txt": ("failed", "it is a pipe, a device or a folder, not a file"),
        "loop.txt": ("failed", "it can't be opened: Too many levels of symbolic links"),
        "nowhere.txt": ("failed", "it can't be opened: No such file or directory"),
        "locked.txt": ("failed", "it can't be opened: Permission denied"),
        "sound.txt": ("added", ""),
    }
