"""Files that can't be read, data folders that can't be written: one clear line each, nothing is lost, the rest goes on."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.errors import IndexingError, StoreError
from index.ingest import walk
from index.ingest.ingest import ingest
from index.library.library import Library
from index.parsing.file import load
from index.settings import IndexSettings
from index.types import FileReport
from tests.hashed import Hashed
from tests.whole import assert_whole, contents


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "closed").mkdir(parents=True)
    for name in ("a", "b", "closed/c"):
        (folder / f"{name}.md").write_text(f"# The {name}\n\nThe plant {name} makes zinc.")
    return folder


def reports(library: Library, folder: Path) -> dict[str, FileReport]:
    return {report.file: report for report in ingest(library, [folder])}


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions hold in the block, also where the tests run as root: two capabilities are laid down meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    had, less = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, had) == 0
    less[:] = had[:]
    less[0] &= ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, of the effective ones
    assert libc.capset(header, less) == 0
    try:
        yield
    finally:
        assert libc.capset(header, had) == 0


def test_a_file_and_a_folder_that_can_not_be_read_are_listed_and_keep_what_they_had(library: Library, folder: Path) -> None:
    reports(library, folder)
    before = contents(library, "zinc plant")
    (folder / "a.md").chmod(0)
    (folder / "closed").chmod(0)
    try:
        with without_privileges():
            found = reports(library, folder)
    finally:
        (folder / "closed").chmod(0o700)
    assert {file: report.state for file, report in found.items()} == {
        "a.md": "failed",
        "b.md": "unchanged",
        "closed": "failed",
    }
    assert found["a.md"].reason == "it can't be opened: Permission denied"
    assert found["closed"].reason == "the folder can't be read (Permission denied): what is known of it stays"
    assert contents(library, "zinc plant") == before
    listed = {file.file: (file.reason, bool(file.document_id)) for file in library.files()}
    assert listed == {"a.md": (found["a.md"].reason, True), "b.md": ("", True), "closed/c.md": ("", True)}
    assert_whole(library)


def test_a_folder_that_can_not_be_entered_at_all_is_named(library: Library, folder: Path) -> None:
    folder.chmod(0)
    try:
        with (
            without_privileges(),
            pytest.raises(IndexingError, match="can't be read .*Permission denied.*nothing was changed"),
        ):
            reports(library, folder)
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize(("changes", "state"), [(1, "added"), (100, "failed")])
def test_a_file_that_changes_while_it_is_read_is_read_again_once(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, changes: int, state: str
) -> None:
    left = changes

    def load_while_written(path: Path) -> bytes:
        nonlocal left
        data = load(path)
        if path.name == "a.md" and left:
            left -= 1
            path.write_bytes(data + b" And more.")
        return data

    monkeypatch.setattr(walk, "load", load_while_written)
    found = reports(library, folder)
    assert (found["a.md"].state, found["b.md"].state) == (state, "added")
    if state == "failed":
        assert found["a.md"].reason == "it is being written: it changed while it was read; ingest again when that is done"
    else:
        assert library.documents()[0].text.endswith("zinc. And more.")
    monkeypatch.undo()
    assert {report.state for report in reports(library, folder).values()} <= {"added", "unchanged"}


def test_a_full_disk_ends_the_ingest_with_one_line_and_the_next_goes_on(library: Library, folder: Path) -> None:
    """SQLite is given no page more than it has: its own "database or disk is full"."""
    (folder / "b.md").unlink()
    reports(library, folder)
    before = contents(library, "zinc plant")
    (folder / "a.md").write_text("# The a\n\n" + "\n\n".join(f"Plant {n} makes lead." for n in range(2000)))
    with library.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    library.engine.dispose()
    limit = sa.event.listens_for(library.engine, "connect")

    @limit
    def no_more(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages if full else 2**30}")

    full = True
    with pytest.raises(StoreError, match=r"can't be written \(database or disk is full\): nothing that was in it is lost"):
        reports(library, folder)
    library.engine.dispose()
    full = False
    library.tidy()
    assert contents(library, "zinc plant") == before
    assert reports(library, folder)["a.md"].state == "updated"
    assert_whole(library)


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [3, 5, 8])
def test_a_disk_that_runs_full_loses_nothing_and_the_ingest_goes_on_when_there_is_room(
    tmp_path: Path, megabytes: int
) -> None:
    """A small file system of its own, where it may be mounted; it runs full in Chroma's files or in the library's."""
    from chromadb.api.shared_system_client import SharedSystemClient

    folder, disk = tmp_path / "docs", tmp_path / "disk"
    folder.mkdir()
    disk.mkdir()
    for n in range(60):
        parts = (f"## Part {m}\n\nPlant {n} makes metal of kind {n * m}. {'It is so. ' * 40}" for m in range(20))
        (folder / f"{n:02}.md").write_text("\n\n".join([f"# Number {n}", *parts]))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        library = Library(IndexSettings(home=disk / "home"), Hashed())
        done = []
        with pytest.raises(StoreError, match="can't be written .*nothing that was in it is lost"):
            for report in ingest(library, [folder]):
                done += [report.file] if report.state != "embedding" else []
        library.close()
        SharedSystemClient.clear_system_cache()  # Chroma keeps what it has open, by path
        subprocess.run(["mount", "-o", "remount,size=400m", str(disk)], check=True)
        library = Library(library.settings, Hashed())
        assert_whole(library)
        assert [document.file for document in library.documents()] == done != []
        states = [report.state for report in ingest(library, [folder]) if report.state != "embedding"]
        assert states[: len(done) + 1] == ["unchanged"] * len(done) + ["added"]
        assert len(library.documents()) == 60
        assert_whole(library)
        library.close()
        SharedSystemClient.clear_system_cache()
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_vectors_that_can_not_be_written_end_the_ingest_with_one_line(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chromadb.errors import InternalError

    def full(*_: object, **__: object) -> None:
        raise InternalError("database or disk is full")

    reports(library, folder)
    before = contents(library, "zinc plant")
    (folder / "a.md").write_text("# The a\n\nIt makes lead.")
    with monkeypatch.context() as patched:
        patched.setattr(library.store._collection, "add", full)
        with pytest.raises(StoreError, match="disk is full"):
            reports(library, folder)
    library.tidy()
    assert contents(library, "zinc plant") == before
    assert reports(library, folder)["a.md"].state == "updated"
    assert_whole(library)


def test_a_locked_database_ends_the_ingest_with_one_line(library: Library, folder: Path) -> None:
    reports(library, folder)
    before = contents(library, "zinc plant")
    (folder / "a.md").write_text("# The a\n\nIt makes lead.")
    library.engine.dispose()
    sa.event.listen(library.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(library.settings.home / "library.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"can't be written \(database is locked\)"):
        reports(library, folder)
    assert contents(library, "zinc plant") == before  # searches go on meanwhile
    other.rollback()
    other.close()
    assert reports(library, folder)["a.md"].state == "updated"
    assert_whole(library)


def test_a_data_folder_that_can_not_be_written_is_named_and_stays_as_it_is(library: Library, folder: Path) -> None:
    reports(library, folder)
    library.close()
    home = library.settings.home
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    for path in (home, *home.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        with without_privileges(), pytest.raises(StoreError, match=f"the data folder {home} can't be written"):
            Library(library.settings, Hashed())
    finally:
        for path in (home, *home.rglob("*")):
            path.chmod(0o700)
    assert {path: path.read_bytes() for path in before} == before
