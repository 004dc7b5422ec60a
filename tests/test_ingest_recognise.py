"""Files are known by their content: renamed, moved and copied ones keep their document, without being embedded again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.ingest.ingest import ingest
from index.library.fingerprint import is_read_anew
from index.library.library import Library
from index.library.schema import meta, versions
from index.search.search import search
from index.settings import IndexSettings
from index.types import Filters
from tests.hashed import Hashed
from tests.whole import assert_whole, names_of_document


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Zinc\n\nThe plant makes 12 tons of zinc.")
    (folder / "b.txt").write_text("The canteen opens at eleven.")
    return folder


def run(library: Library, *folders: Path, **options: str) -> dict[str, tuple[str, str]]:
    """States and reasons by file; nothing is embedded again unless a file is added or updated with chunks."""
    embedder = library.embedder
    assert isinstance(embedder, Hashed)
    before = embedder.passages
    reports = list(ingest(library, folders, **options))
    assert (embedder.passages > before) == any(report.chunks for report in reports)
    assert_whole(library)
    return {report.file: (report.state, report.reason) for report in reports}


def keys(library: Library) -> dict[tuple[str, ...], tuple[str, int, str]]:
    return {names_of_document(library, one.id): (one.id, one.version, one.title) for one in library.documents()}


def test_a_renamed_file_keeps_its_document_and_a_title_of_its_own(library: Library, folder: Path) -> None:
    run(library, folder)
    before = keys(library)
    (folder / "sub").mkdir()
    (folder / "a.md").rename(folder / "sub" / "plant.md")
    (folder / "b.txt").rename(folder / "opening_hours.txt")
    assert run(library) == {
        "opening_hours.txt": ("renamed", "it was b.txt"),
        "sub/plant.md": ("renamed", "it was a.md"),
    }
    zinc, canteen = before[("a.md",)], before[("b.txt",)]
    assert keys(library) == {("sub/plant.md",): zinc, ("opening_hours.txt",): (*canteen[:2], "opening hours")}
    assert {document.file for document in library.documents()} == {"sub/plant.md", "opening_hours.txt"}
    assert library.document(zinc[0], 1).file == "sub/plant.md"
    assert search("opening hours", library)[0].chunk.document_id == canteen[0]


def test_a_title_that_only_looks_like_the_file_s_name_stays(library: Library, folder: Path) -> None:
    (folder / "a.md").rename(folder / "Zinc.md")
    run(library, folder)
    (folder / "Zinc.md").rename(folder / "metal.md")
    run(library)
    assert keys(library)[("metal.md",)][2] == "Zinc"


def test_a_file_moved_to_another_folder_of_its_collection_keeps_its_document(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    for name in ("other", "apart"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.md").write_text(f"# {name}\n\nNothing but {name}.")
    run(library, folder, tmp_path / "other")
    run(library, tmp_path / "apart", collection="apart")
    before = keys(library)
    shutil.move(folder / "a.md", tmp_path / "other" / "z.md")
    shutil.move(folder / "b.txt", tmp_path / "apart" / "b.txt")
    assert run(library, tmp_path / "other")["z.md"] == ("renamed", "it was a.md")
    assert keys(library)[("z.md",)] == before[("a.md",)]
    assert run(library)["b.txt"] == ("removed", "the file is gone")
    assert keys(library)[("b.txt",)][0] != before[("b.txt",)][0]


def test_the_same_content_is_stored_once_and_listed_twice(library: Library, folder: Path) -> None:
    run(library, folder)
    count = library.count_chunks()
    shutil.copy(folder / "a.md", folder / "copy.md")
    assert run(library)["copy.md"] == ("added", "the same content as a.md")
    assert library.count_chunks() == count and ("a.md", "copy.md") in keys(library)
    assert search("zinc", library, filters=Filters(files=("copy.md",)))[0].chunk.text.endswith("12 tons of zinc.")
    assert run(library)["copy.md"] == ("unchanged", "")
    held = keys(library)[("a.md", "copy.md")]
    (folder / "a.md").unlink()
    assert run(library)["a.md"] == ("removed", "the file is gone")
    assert keys(library)[("copy.md",)] == held
    assert {document.file for document in library.documents()} == {"copy.md", "b.txt"}


def test_two_new_files_with_one_content_are_one_document(library: Library, folder: Path) -> None:
    shutil.copy(folder / "a.md", folder / "c.md")
    assert run(library, folder)["c.md"] == ("added", "the same content as a.md")
    assert set(keys(library)) == {("a.md", "c.md"), ("b.txt",)}


def test_a_copy_that_changes_becomes_a_document_of_its_own(library: Library, folder: Path) -> None:
    shutil.copy(folder / "a.md", folder / "copy.md")
    run(library, folder)
    held = keys(library)[("a.md", "copy.md")]
    (folder / "a.md").write_text("# Zinc\n\nThe plant makes 13 tons of zinc.")
    assert run(library)["a.md"] == ("updated", "")
    assert keys(library)[("copy.md",)] == held and keys(library)[("a.md",)][0] != held[0]


def test_copies_of_which_different_things_are_stated_are_two_documents(library: Library, folder: Path) -> None:
    shutil.copy(folder / "a.md", folder / "copy.md")
    (folder / "sources.toml").write_text('[documents."copy.md"]\ndate = "2024"\n')
    run(library, folder)
    assert set(keys(library)) == {("a.md",), ("b.txt",), ("copy.md",)}
    (folder / "sources.toml").unlink()
    assert run(library)["copy.md"] == ("updated", "the same content as a.md")


def test_a_renamed_file_of_which_something_was_stated_keeps_its_document(library: Library, folder: Path) -> None:
    (folder / "sources.toml").write_text('[documents."a.md"]\ntitle = "Stated"\n')
    run(library, folder)
    held = keys(library)[("a.md",)]
    (folder / "a.md").rename(folder / "c.md")
    assert run(library)["c.md"] == ("renamed", "it was a.md")
    assert keys(library)[("c.md",)] == (held[0], 2, "Zinc")


def test_files_that_pass_their_names_on_keep_their_documents(library: Library, folder: Path) -> None:
    (folder / "c.md").write_text("# Lead\n\nThe plant makes lead.")
    run(library, folder)
    zinc, lead = keys(library)[("a.md",)], keys(library)[("c.md",)]
    (folder / "c.md").rename(folder / "d.md")
    (folder / "a.md").rename(folder / "c.md")
    run(library)
    assert (keys(library)[("c.md",)], keys(library)[("d.md",)]) == (zinc, lead)


def test_new_content_that_can_not_be_read_leaves_the_old_one(library: Library, folder: Path) -> None:
    run(library, folder)
    before = keys(library)
    (folder / "a.md").write_text(" ")
    (folder / "new.md").write_text(" ")
    assert run(library)["a.md"] == ("failed", "it holds no text")
    assert keys(library) == before and search("zinc", library)
    listed = {file.file: (file.reason, file.document_id) for file in library.files()}
    assert listed["a.md"] == ("it holds no text", before[("a.md",)][0])
    assert listed["new.md"] == ("it holds no text", None)
    (folder / "a.md").unlink()
    (folder / "new.md").unlink()
    assert run(library) == {"b.txt": ("unchanged", ""), "a.md": ("removed", "the file is gone")}
    assert set(keys(library)) == {("b.txt",)} and [file.file for file in library.files()] == ["b.txt"]


def test_a_date_that_is_stated_makes_a_version_without_embedding_and_a_title_embeds_again(
    library: Library, folder: Path
) -> None:
    run(library, folder)
    embedder = library.embedder
    assert isinstance(embedder, Hashed)
    embedded = embedder.passages
    (folder / "sources.toml").write_text('[documents."a.md"]\ndate = "2024"\n')
    assert {report.file: report.state for report in ingest(library, [])} == {"a.md": "updated", "b.txt": "unchanged"}
    assert embedder.passages == embedded
    assert [(one.version, one.date) for one in library.documents()] == [(2, "2024"), (1, None)]
    (folder / "sources.toml").write_text('[documents."a.md"]\ntitle = "Stated"\n')
    assert run(library)["a.md"] == ("updated", "")
    assert embedder.passages > embedded and library.documents()[0].title == "Stated"


def test_a_file_renamed_to_another_kind_is_read_anew(library: Library, folder: Path) -> None:
    (folder / "b.txt").write_text("# Canteen\n\n## Hours\n\nIt opens at eleven.\n")
    run(library, folder)
    [(_, before)] = [one for one in keys(library).items() if one[0] == ("b.txt",)]
    (folder / "b.txt").rename(folder / "b.md")
    assert run(library)["b.md"] == ("renamed", "it was b.txt")
    id_, version, title = keys(library)[("b.md",)]
    assert (id_, version, title) == (before[0], 2, "Canteen")
    assert {chunk.heading for chunk in library.chunks_of(id_)} == {"Canteen > Hours"}
    shutil.copy(folder / "b.md", folder / "c.txt")  # a copy of another kind is a document of its own
    assert run(library)["c.txt"] == ("added", "")
    assert keys(library)[("b.md",)] == (id_, 2, "Canteen") and keys(library)[("c.txt",)][2] == "c"
    assert set(run(library).values()) == {("unchanged", "")}
    (folder / "c.txt").rename(folder / "c.text")  # read by the same
    assert run(library)["c.text"] == ("renamed", "it was c.txt")


def test_what_an_older_reader_read_is_read_anew_and_nothing_leaves(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in (
        ("a.txt", "Alike."),
        ("copy.txt", "Alike."),
        ("b.txt", "Read better now."),
        ("gone.txt", "Still here."),
    ):
        (folder / name).write_text(text)
    assert is_read_anew(library.engine) is False
    list(ingest(library, [folder]))
    before = {document.file: document for document in library.documents()}
    assert not is_read_anew(library.engine)
    with library.engine.begin() as connection:  # as an older version left it
        connection.execute(sa.delete(meta).where(meta.c.key == "readers"))
        connection.execute(sa.update(versions).where(versions.c.text == "Read better now.").values(text="Read bettr nwo."))
    library.forget_texts()
    monkeypatch.setattr("index.ingest.recognise.VERSION", 99)
    (folder / "gone.txt").unlink()
    assert is_read_anew(library.engine)
    reports = {report.file: report.state for report in ingest(library, (), only_read=True)}
    assert reports == {"a.txt": "unchanged", "copy.txt": "unchanged", "b.txt": "updated"}
    after = {document.file: document for document in library.documents()}
    assert {name: one.id for name, one in after.items()} == {name: one.id for name, one in before.items()}
    assert after["b.txt"].text == "Read better now." and after["b.txt"].version == 2
    assert after["a.txt"].version == 1 and "gone.txt" in after
    assert not is_read_anew(library.engine)
    assert {report.state for report in ingest(library, ())} == {"unchanged", "removed"}
