import json
import os
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.history.history import History
from index.errors import StoreError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings
from index.upkeep.backup import LIBRARY, MANIFEST, back_up, restore
from tests.small_embedder import SmallEmbedder
from tests.stored import turn


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with three documents and a conversation."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for i in range(3):
        (docs / f"{i}.txt").write_text(f"Plant {i} makes metal{i}.")
    library = Library(IndexSettings(home=tmp_path / "home"), SmallEmbedder())
    list(ingest(library, [docs]))
    History(library.engine).add("", turn())
    library.close()
    return tmp_path / "home"


@pytest.fixture
def backup(home: Path, tmp_path: Path) -> Path:
    file = tmp_path / "backup.zip"
    done = back_up(home, file)
    assert done.files >= 2 and done.size > 0 and file.stat().st_mode & 0o777 == 0o600
    return file


def found(home: Path, query: str) -> list[tuple[str, str, float]]:
    library = Library(IndexSettings(home=home), SmallEmbedder())
    hits = [(hit.chunk.id, hit.chunk.text, hit.score) for hit in search(query, library)]
    library.close()
    return hits


def emptied(tmp_path: Path) -> Path:
    home = tmp_path / "empty"
    home.mkdir(parents=True, exist_ok=True)
    return home


def test_what_is_restored_answers_as_what_was_backed_up(home: Path, backup: Path, tmp_path: Path) -> None:
    into = emptied(tmp_path)
    restored = restore(into, backup)
    assert restored.files == len(zipfile.ZipFile(backup).namelist()) - 1
    assert found(into, "metal1") == found(home, "metal1") != []
    library = Library(IndexSettings(home=into), SmallEmbedder())
    [listed] = History(library.engine).listed()
    assert History(library.engine).read(listed.id).turns == (turn(),)
    library.close()
    assert sorted(path.name for path in into.iterdir() if path.suffix not in (".db-wal", ".db-shm")) == ["chroma", LIBRARY]


def test_a_backup_waits_for_whoever_changes_the_library_and_then_holds_the_change(home: Path, tmp_path: Path) -> None:
    library = Library(IndexSettings(home=home), SmallEmbedder())
    (tmp_path / "docs" / "new.txt").write_text("Plant 9 makes metal9.")
    reports = ingest(library, [])
    next(reports)
    file = tmp_path / "backup.zip"
    waiting = threading.Thread(target=back_up, args=(home, file, [library.writing, library.store.reading]))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive() and not file.exists()
    list(reports)
    waiting.join(20)
    library.close()
    restore(emptied(tmp_path), file)
    assert found(tmp_path / "empty", "metal9")[0][1] == "Plant 9 makes metal9."


def test_a_folder_with_a_library_is_refused_and_an_interrupted_restore_is_not_in_the_way(home: Path, backup: Path) -> None:
    before = (home / LIBRARY).read_bytes()
    with pytest.raises(StoreError, match="already holds a library"):
        restore(home, backup)
    assert (home / LIBRARY).read_bytes() == before
    for path in home.glob("library.db*"):
        path.unlink()
    (home / "restoring").mkdir()
    (home / "restoring" / "half").write_text("x")
    restore(home, backup)
    assert found(home, "metal1") != [] and not (home / "restoring").exists()


def rewritten(backup: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of the backup with other content, sound as a zip file."""
    with zipfile.ZipFile(backup) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    other = backup.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return other


def with_manifest(content: dict[str, bytes], **facts: object) -> None:
    content[MANIFEST] = json.dumps(json.loads(content[MANIFEST]) | facts).encode()


def escaping(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(content: dict[str, bytes]) -> None:
        listed = json.loads(content[MANIFEST])["files"]
        content[name] = content[LIBRARY]
        with_manifest(content, files=listed | {name: listed[LIBRARY]})

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.update({LIBRARY: content[LIBRARY][:-1] + b"x"}), "is not what was backed up"),
        (lambda content: content.update({LIBRARY: content[LIBRARY] * 3}), "is not what was backed up"),
        (lambda content: content.pop(LIBRARY), "doesn't hold what its manifest names"),
        (lambda content: content.update({"more.txt": b"x"}), "doesn't hold what its manifest names"),
        (lambda content: content.pop(MANIFEST), "no backup of Quarry's"),
        (lambda content: content.update({MANIFEST: b"[1, 2]"}), "no backup of Quarry's"),
        (lambda content: content.update({MANIFEST: b"{\xff"}), "no backup of Quarry's"),
        (lambda content: with_manifest(content, files={LIBRARY: {"size": "big", "sha256": 3}}), "no backup of Quarry's"),
        (lambda content: with_manifest(content, tables="9999"), "made by a newer Quarry"),
        (lambda content: with_manifest(content, format="quarry backup 2"), "made by a newer Quarry"),
        (escaping("chroma/../../evil.txt"), "outside the data folder"),
        (escaping("/tmp/evil.txt"), "outside the data folder"),
        (escaping("quarry.toml"), "outside the data folder"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused_and_changes_nothing(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    into = emptied(tmp_path)
    with pytest.raises(StoreError, match=said) as caught:
        restore(into, rewritten(backup, change))
    assert "\n" not in str(caught.value)
    assert list(into.iterdir()) == [] and not (tmp_path / "evil.txt").exists()


def test_a_truncated_or_foreign_file_is_refused(backup: Path, tmp_path: Path) -> None:
    into = emptied(tmp_path)
    whole = backup.read_bytes()
    with sqlite3.connect(tmp_path / "foreign") as connection:
        connection.execute("CREATE TABLE t (x)")
    for data in (whole[: len(whole) // 2], b"", b"PK", whole[:-10], (tmp_path / "foreign").read_bytes()):
        (tmp_path / "bad.zip").write_bytes(data)
        with pytest.raises(StoreError, match="nothing was changed"):
            restore(into, tmp_path / "bad.zip")
    for path in (tmp_path / "nowhere.zip", tmp_path):
        with pytest.raises(StoreError, match="nothing was changed"):
            restore(into, path)
    for at in range(200, len(whole), max(1, len(whole) // 40)):  # a byte anywhere
        (tmp_path / "bad.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            restore(into, tmp_path / "bad.zip")
        except StoreError:
            assert list(into.iterdir()) == []
        else:  # a byte that says nothing, as of a date
            assert found(into, "metal1") != []
            into = emptied(tmp_path / f"{at}")


def test_a_backup_that_cannot_be_written_says_so_and_leaves_the_one_before(home: Path, backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(StoreError, match="can't be written"):
        back_up(home, tmp_path / "no" / "backup.zip")
    with pytest.raises(StoreError, match="can't be written"):
        back_up(home, tmp_path)
    with pytest.raises(StoreError, match="nothing to back up"):
        back_up(tmp_path / "nowhere", backup)
    assert backup.read_bytes() == before
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []  # noqa: PTH208
