import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexingError, StoreError
from index.ingest.ingest import ingest
from index.library.erase import Erased, erase, named
from index.library.library import Library
from index.library.listing import EXCLUDED, listed_files
from index.library.wipe import wipe
from index.search import passage_questions
from index.search.search import search
from index.settings import IndexSettings
from index.types import File
from tests.small_embedder import SmallEmbedder

SECRET = "The vault's word is xylophonequartz."
OTHER = "The canteen opens at eleven in the morning."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(IndexSettings(home=tmp_path / "home"), SmallEmbedder())
    yield library
    library.close()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with a secret, in two versions by the time it is ingested, and something else."""
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "secret.txt").write_text(f"{SECRET} It was changed once.")
    (folder / "sub" / "other.txt").write_text(OTHER)
    return folder


def ingested(library: Library, *paths: Path) -> dict[str, str]:
    return {report.file: report.state for report in ingest(library, list(paths))}


def remove(library: Library, name: str, path: Path | str = "/") -> Erased:
    with library.writing:
        erased = erase(library, [named(library.engine, name, str(path))])
        wipe(library.engine, library.store, library.settings.home)
    return erased


def holding(home: Path, *texts: bytes) -> list[str]:
    """The files of the data folder whose bytes hold any of the texts."""
    paths = [path for path in home.rglob("*") if path.is_file()]
    return [path.name for path in paths if any(text in path.read_bytes() for text in texts)]


def test_after_a_removal_the_text_of_all_versions_is_in_no_file(library: Library, docs: Path) -> None:
    home = library.settings.home
    ingested(library, docs)
    (docs / "secret.txt").write_text(SECRET)
    assert ingested(library)["secret.txt"] == "updated"
    [document] = [one for one in library.documents() if one.file == "secret.txt"]
    [chunk] = library.chunks_of(document.id)
    passage_questions.add(library, chunk, "a model", ["What is xylophonequartz?"])
    vector = library.embedder.encode_documents([f"{document.title}\n{chunk.text}"])[0].tobytes()
    assert "library.db" in str(holding(home, b"xylophonequartz")) and "chroma.sqlite3" in str(holding(home, vector))

    erased = remove(library, "secret.txt")
    assert (erased.files, erased.versions, erased.chunks) == (("secret.txt",), 2, 1)
    assert holding(home, b"xylophonequartz", b"It was changed once", vector) == []
    assert [hit.chunk.text for hit in search("vault word", library)] == [OTHER]
    assert library.current(document.id) is None and library.store.count() == library.count_chunks() == 1
    with pytest.raises(IndexingError, match="it was removed"):
        library.document(document.id, 1)
    with library.engine.connect() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, keywords, row)")
        words = {row[0] for row in connection.exec_driver_sql("SELECT term FROM temp.words")}
    assert "canteen" in words and not any("xyloph" in word for word in words)


def test_an_ingest_of_the_folder_passes_a_removed_file_over_until_it_is_named(library: Library, docs: Path) -> None:
    ingested(library, docs)
    remove(library, "secret.txt")
    assert ingested(library) == ingested(library, docs) == {"sub/other.txt": "unchanged"}
    [one] = [one for one in listed_files(library.engine) if one.state == "removed"]
    assert one.reason.startswith(EXCLUDED) and one.reason.endswith(f"`quarry ingest {docs}/secret.txt` brings it back")
    assert ingested(library, docs / "secret.txt") == {"secret.txt": "added"}
    [document] = library.documents(folder=str(docs))[:1]
    assert document.version == 2  # version 1 is never given again: stored answers may cite it
    library.note_file(File(str(docs), "secret.txt", document.id))
    assert ingested(library)["secret.txt"] == "unchanged"


def test_a_removed_folder_is_forgotten_with_all_its_files(library: Library, docs: Path) -> None:
    ingested(library, docs)
    assert len(remove(library, "docs", docs).files) == 2
    assert library.folders() == library.files() == library.documents() == []
    assert set(ingested(library, docs).values()) == {"added"}


def test_a_file_ingested_by_itself_is_forgotten_and_not_read_again(library: Library, docs: Path) -> None:
    ingested(library, docs / "secret.txt", docs / "sub")
    assert remove(library, "secret.txt").versions == 1
    assert [folder.path for folder in library.folders()] == [str(docs / "sub")]
    assert ingested(library) == {"other.txt": "unchanged"}


def test_a_name_that_fits_several_files_or_none_is_said(library: Library, docs: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "secret.txt").write_text("Another one altogether.")
    ingested(library, docs, tmp_path / "more")
    with pytest.raises(IndexingError, match="may be any of .*docs/secret.txt, .*more/secret.txt: give one"):
        named(library.engine, "secret.txt", "/")
    with pytest.raises(IndexingError, match="no file or folder nothing.txt"):
        named(library.engine, "nothing.txt", "/")
    assert remove(library, "secret.txt", tmp_path / "more" / "secret.txt").versions == 1
    assert holding(library.settings.home, b"xylophonequartz") != []


def test_content_that_another_file_has_too_stays_that_one_s(library: Library, docs: Path) -> None:
    ingested(library, docs)
    [document] = [one for one in library.documents() if one.file == "secret.txt"]
    library.note_file(File(str(docs), "copy.txt", document.id, "hash"))
    assert [one.reason for one in listed_files(library.engine) if one.state == "same"] == ["same content as secret.txt"]
    assert remove(library, "secret.txt").kept == ("copy.txt",)
    [kept] = [one for one in library.documents() if one.id == document.id]
    assert kept.file == "copy.txt" and kept.text.startswith(SECRET)
    assert remove(library, "copy.txt").versions == 1
    assert holding(library.settings.home, b"xylophonequartz") == []


@pytest.mark.parametrize("step", ["delete", "rewrite"])
def test_what_a_crash_interrupts_the_next_start_finishes(
    library: Library, docs: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ingested(library, docs)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(library.store), step, crash)
        with pytest.raises(KeyboardInterrupt):
            remove(library, "secret.txt")
    library.close()
    again = Library(library.settings, SmallEmbedder())
    assert again.store.count() == again.count_chunks() == 1
    assert holding(again.settings.home, b"xylophonequartz") == []
    wipe(again.engine, again.store, again.settings.home)  # nothing left to do
    again.close()


def test_searches_go_on_while_a_document_is_removed(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(40):
        (folder / f"{i}.txt").write_text(f"Document number {i} speaks of metal{i} alone.")
    ingested(library, folder)
    found: list[list[str]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                found.append(texts := [hit.chunk.text for hit in search("metal7", library)])
                assert texts[0] == "Document number 7 speaks of metal7 alone."
            except StoreError as error:  # it was under way with the document that went: one clear line
                assert "it was removed" in str(error)
            time.sleep(0.02)

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            while len(found) < 2 and not any(one.done() for one in asking):
                time.sleep(0.01)
            before = len(found)
            for i in (3, *range(10, 40)):  # until a search has come in between
                if i == 3 or len(found) == before:
                    remove(library, f"{i}.txt")
        finally:
            over.set()
    assert [one.result() for one in asking] == [None, None] and len(found) > before
    assert "Document number 3 " not in str(search("metal3", library))


def test_vectors_are_the_same_ones_after_the_rewriting(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(30):
        (folder / f"{i}.txt").write_text(f"Document number {i} speaks of metal{i} alone.")
    ingested(library, folder)
    vector = library.embedder.encode_query("metal7")
    before = dict(library.store.nearest(vector, 30))
    remove(library, "3.txt")
    after = dict(library.store.nearest(vector, 30))
    assert len(after) == 29 and after.keys() < before.keys()
    assert np.allclose([before[id_] for id_ in after], list(after.values()), atol=1e-6)
