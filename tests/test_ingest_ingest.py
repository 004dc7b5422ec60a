import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.embedder import Embedder
from index.embedding.vector_store import VectorStore
from index.errors import IndexingError, StoreError
from index.ingest.ingest import ingest
from index.library.erase import erase, named
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings
from tests.conftest import SEEDS
from tests.hashed import Hashed


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library to change; what its texts mean doesn't matter here."""
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    yield library
    library.close()


def states(library: Library, *paths: Path, **options: bool) -> dict[str, str]:
    return {report.file: report.state for report in ingest(library, list(paths), **options)}


def texts_found(library: Library, query: str) -> list[str]:
    return [hit.chunk.text for hit in search(query, library)]


def assert_consistent(library: Library) -> None:
    """Vectors, chunks and keyword rows are those of the current versions, and every span holds."""
    with library.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT rowid FROM keywords").fetchall()
        current = connection.exec_driver_sql("SELECT row FROM chunks").fetchall()
    assert sorted(rows) == sorted(current)
    assert library.store.count() == library.count_chunks() == len(current)
    for document in library.documents():
        for chunk in library.chunks_of(document.id):
            assert document.text[chunk.start : chunk.end] == chunk.text


def test_seeds_are_stored_as_they_are_with_their_titles(seeds: Library) -> None:
    documents = seeds.documents()
    assert [document.file for document in documents] == sorted(path.name for path in SEEDS.glob("*.txt"))
    for document in documents:
        assert document.text == (SEEDS / document.file).read_bytes().decode()
    assert documents[0].publisher == "Asian Metal"
    assert_consistent(seeds)


def test_a_changed_file_becomes_a_new_version_and_the_old_text_stays(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The plant makes 12 tons of germanium a year.")
    assert states(library, folder) == {"a.txt": "added"}
    (folder / "a.txt").touch()
    assert states(library) == {"a.txt": "unchanged"}
    (folder / "a.txt").write_text("The plant makes 13 tons of germanium a year.")
    assert states(library) == {"a.txt": "updated"}
    [document] = library.documents()
    assert document.version == 2
    assert library.document(document.id, 1).text == "The plant makes 12 tons of germanium a year."
    assert texts_found(library, "germanium plant") == ["The plant makes 13 tons of germanium a year."]
    assert_consistent(library)


def test_a_vanished_file_goes_but_only_below_a_folder_that_is_there(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    shutil.copytree(SEEDS, folder)
    states(library, folder)
    (folder / "000_4bf0dec97ffca05d.txt").unlink()
    assert states(library)["000_4bf0dec97ffca05d.txt"] == "removed"
    assert_consistent(library)
    shutil.move(folder, tmp_path / "elsewhere")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("Zinc is a metal that people mine.")
    states(library, tmp_path / "other")
    assert states(library) == {str(folder): "failed", "a.txt": "unchanged"}
    assert len(library.documents()) == 3


def test_one_bad_file_is_listed_and_the_rest_goes_in(library: Library, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "good.txt").write_text("Zinc is a metal that people mine.")
    reports = list(ingest(library, [tmp_path]))
    assert [(report.file, report.state) for report in reports] == [("bad.pdf", "failed"), ("good.txt", "added")]
    assert "no sound PDF" in reports[0].reason


def test_samples_leave_when_own_documents_come(library: Library, tmp_path: Path) -> None:
    states(library, SEEDS, sample=True)
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.txt").write_text("Our canteen opens at eleven in the morning.")
    assert states(library, own) == {"a.txt": "added"} | {path.name: "removed" for path in SEEDS.glob("*.txt")}
    assert [document.file for document in library.documents()] == ["a.txt"]
    assert_consistent(library)


def test_samples_that_are_kept_stay_until_they_are_removed_by_name(library: Library, tmp_path: Path) -> None:
    states(library, SEEDS, sample=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(f"The canteen {name} opens at eleven in the morning.")
    samples = {path.name for path in SEEDS.glob("*.txt")}
    assert states(library, tmp_path / "one", keep_samples=True) == {"one.txt": "added"} | dict.fromkeys(samples, "kept")
    assert states(library, tmp_path / "two", keep_samples=True) == {"two.txt": "added"}
    assert states(library, tmp_path / "two") == {"two.txt": "unchanged"}
    assert {document.file for document in library.documents()} == samples | {"one.txt", "two.txt"}
    assert_consistent(library)
    with library.writing:
        erase(library, [named(library.engine, str(SEEDS), str(SEEDS))])
    assert {document.file for document in library.documents()} == {"one.txt", "two.txt"}


def test_samples_are_kept_also_where_nothing_of_one_s_own_could_be_read(library: Library, tmp_path: Path) -> None:
    states(library, SEEDS, sample=True)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    states(library, tmp_path, keep_samples=True)
    (tmp_path / "a.txt").write_text("The canteen opens at eleven in the morning.")
    assert states(library) == {"a.pdf": "failed", "a.txt": "added"} | {
        path.name: "unchanged" for path in SEEDS.glob("*.txt")
    }


def test_a_file_of_an_ingested_folder_is_not_stored_twice(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.txt"
    path.parent.mkdir()
    path.write_text("The canteen opens at eleven in the morning.")
    assert states(library, path) == {"a.txt": "added"}
    assert states(library, tmp_path) == {"sub/a.txt": "renamed"}
    assert states(library, path) == {"sub/a.txt": "unchanged"}
    assert_consistent(library)


@pytest.mark.parametrize("step", ["add", "delete"])
def test_a_crash_leaves_the_old_state_or_the_new_and_the_next_start_tidies_up(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The plant makes 12 tons of germanium a year.")
    states(library, path)
    path.write_text("The plant makes 13 tons of germanium a year.")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(VectorStore, step, crash)
        with pytest.raises(KeyboardInterrupt):
            states(library, path)
    library.close()
    again = Library(library.settings, library.embedder)
    assert_consistent(again)
    assert texts_found(again, "germanium")[0].count("12 tons" if step == "add" else "13 tons") == 1
    assert states(again) == {"a.txt": "updated" if step == "add" else "unchanged"}
    assert_consistent(again)
    again.close()


def test_another_chunk_size_is_refused_with_what_to_do(seed_home: Path, embedder: Embedder) -> None:
    with pytest.raises(StoreError, match="quarry reindex"):
        Library(IndexSettings(home=seed_home, chunk_tokens=64), embedder)


def test_samples_stay_where_nothing_of_one_s_own_could_be_read(library: Library, tmp_path: Path) -> None:
    states(library, SEEDS, sample=True)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert states(library, tmp_path / "scan.pdf") == {"scan.pdf": "failed"}
    assert len(library.documents()) == 3


def test_a_vanished_file_goes_when_its_subfolder_alone_is_read(library: Library, tmp_path: Path) -> None:
    for name in ("sub/a.txt", "sub/b.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"The file {name} holds a sentence.")
    states(library, tmp_path)
    (tmp_path / "sub/a.txt").unlink()
    (tmp_path / "c.txt").unlink()
    assert states(library, tmp_path / "sub") == {"sub/b.txt": "unchanged", "sub/a.txt": "removed"}


def test_an_ingest_given_up_in_another_thread_lets_the_next_one_in(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.batches.BATCH", 1)
    reports = ingest(library, [SEEDS])
    next(report for report in reports if report.state == "added")
    ending = threading.Thread(target=reports.close)  # type: ignore[attr-defined]
    ending.start()
    ending.join()
    assert set(states(library, SEEDS).values()) == {"added", "unchanged"}


def test_a_file_name_that_is_no_text_is_listed(library: Library, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Zinc is a metal that people mine.")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("Coffee is a drink that people like.")
    assert states(library, tmp_path) == {"caf\\udce9.txt": "failed", "good.txt": "added"}


def test_paths_that_cannot_be_opened_are_named(library: Library, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path / "loop", Path("~nosuchuser/x"), Path("x" * 5000)):
        with pytest.raises(IndexingError, match="nothing was changed"):
            states(library, path)
    states(library, SEEDS)
    with pytest.raises(IndexingError, match="in the collection default, not hr"):
        list(ingest(library, [SEEDS], collection="hr"))


def test_chunks_are_never_longer_than_the_embedder_reads(tmp_path: Path, english_seeds: Library) -> None:
    library = Library(IndexSettings(home=tmp_path / "home", chunk_tokens=250), english_seeds.embedder)
    assert library.chunk_tokens == 226 and "of 226 tokens" in library.fingerprint
    library.close()


def test_a_path_that_is_not_there_changes_nothing(library: Library, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="nothing was changed"):
        states(library, tmp_path / "missing")
    with pytest.raises(IndexingError, match="nothing was ingested before"):
        states(library)
