"""The commands documents, collections, remove, backup, restore, reindex and watch: here, and through a running owner."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.history.history import History
from assistant.history.purge import GONE
from assistant.service.watch import changes
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from index.types import File
from tests.conftest import final, serving
from tests.small_embedder import SmallEmbedder
from tests.stored import answer, citation, turn


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "arden.md").write_text("# The Arden smelter\n\nIts capacity is 12 tons of xylophonequartz.")
    (docs / "onsan.txt").write_text("The Onsan works open at eleven.")
    return docs


def noted(library: Library) -> None:
    """Every document's file is known, as is one that could not be read."""
    [folder, *_] = library.folders()
    for document in library.documents():
        library.note_file(File(folder.path, document.file, document.id))
    library.note_file(File(folder.path, "bad.pdf", None, reason="it is no sound PDF"))


@pytest.fixture
def home(tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, and the small embedder in the place of the real one for the commands run here."""
    monkeypatch.setattr("assistant.service.service.Embedder", SmallEmbedder)
    monkeypatch.setattr("index.embedding.embedder.Embedder", SmallEmbedder)
    monkeypatch.setenv("QUARRY_EMBEDDER", "small")
    home = tmp_path / "home"
    library = Library(IndexSettings(home=home), SmallEmbedder())
    list(ingest(library, [docs]))
    noted(library)
    [arden] = [one for one in library.documents() if one.file == "arden.md"]
    quote = citation(1, "Its capacity is 12 tons of xylophonequartz.", arden.id, 1)
    History(library.engine).add("", turn("What is its capacity?", answer("It is 12 tons.", quote)))
    library.close()
    return home


def run(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(arguments) == code, capfd.readouterr().err
    out, err = capfd.readouterr()
    if code:
        assert out == "" and err.startswith("quarry: ") and err.count("\n") == 1, err
        return err
    return out


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_documents_are_listed_by_file_with_their_state(home: Path, docs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arden, bad, onsan = lines(run(capfd, "documents", "--json"))
    assert (arden["file"], arden["title"], arden["state"]) == ("arden.md", "The Arden smelter", "current")
    assert (arden["version"], arden["chunks"], arden["folder"], arden["collection"]) == (1, 1, str(docs), "default")
    assert (bad["state"], bad["reason"], bad["version"]) == ("failed", "it is no sound PDF", None)
    assert onsan["title"] == "onsan"
    shown = run(capfd, "documents")
    assert f"{docs}  (collection default)\n" in shown and "  bad.pdf  failed: it is no sound PDF\n" in shown
    assert "  arden.md  The Arden smelter  (undated, 1 chunks, version 1)\n" in shown
    assert len(lines(run(capfd, "documents", "--collection", "default", "--json"))) == 3
    assert "no collection 'hr': there are default" in run(capfd, "documents", "--collection", "hr", code=1)


def test_collections_are_listed_searched_and_named_well(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hr").mkdir()
    (tmp_path / "hr" / "leave.txt").write_text("Leave is 25 days a year.")
    assert main(["ingest", "--collection", "hr", str(tmp_path / "hr")]) == 0
    capfd.readouterr()
    assert lines(run(capfd, "collections", "--json")) == [
        {"collection": "default", "documents": 2, "chunks": 2},
        {"collection": "hr", "documents": 1, "chunks": 1},
    ]
    assert "hr  1 documents, 1 chunks\n" in run(capfd, "collections")
    for wrong in ("", " ", "a\nb", "x" * 101):
        said = run(capfd, "ingest", "--collection", wrong, str(tmp_path / "hr"), code=1)
        assert "a collection can't be called" in said and "nothing was changed" in said
    said = run(capfd, "ask", "--llm", "none", "--collection", "sales", "What is leave?", code=1)
    assert "no collection 'sales': there are default, hr" in said


def test_a_removed_document_is_marked_wherever_it_is_cited_and_purge_takes_its_quotes(
    home: Path, docs: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [stored] = lines(run(capfd, "conversations", "list", "--json"))
    show = ["conversations", "show", str(stored["id"])]
    removed = run(capfd, "remove", "arden.md")
    assert "removed arden.md: 1 versions and 1 chunks erased" in removed and "--purge" in removed
    assert "the document was removed since" in run(capfd, *show) and "xylophonequartz" in run(capfd, *show)
    assert lines(run(capfd, "documents", "--json"))[0]["state"] == "removed"
    [told] = lines(run(capfd, "remove", "--purge", "--json", str(docs / "arden.md")))
    assert (told["files"], told["answers"], told["chunks"]) == (["arden.md"], 1, 0)
    shown = run(capfd, *show)
    assert "What is its capacity?" in shown and GONE in shown and "xylophonequartz" not in shown
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(b"xylophonequartz" in path.read_bytes() for path in files)
    assert "no file or folder arden" in run(capfd, "remove", "arden", code=1)
    monkeypatch.chdir(docs)
    assert "without a name" in run(capfd, "remove", "", code=1)
    assert "2 versions" not in run(capfd, "remove", str(docs))
    assert run(capfd, "documents") == ""


def test_a_backup_is_made_and_restored_by_commands(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "quarry.zip"
    before = run(capfd, "documents", "--json")
    assert run(capfd, "backup", str(file)).startswith(f"backed up to {file}: ")
    other = str(tmp_path / "other")
    assert lines(run(capfd, "--home", other, "restore", "--json", str(file)))[0]["file"] == str(file)
    assert run(capfd, "--home", other, "documents", "--json") == before
    assert "already holds a library" in run(capfd, "--home", other, "restore", str(file), code=1)
    assert "nothing was changed" in run(capfd, "--home", str(tmp_path / "x"), "restore", str(tmp_path / "no"), code=1)
    third = str(tmp_path / "third")
    assert run(capfd, "--home", third, "documents", "--json") == ""  # it now has an empty database
    run(capfd, "--home", third, "restore", str(file))
    assert run(capfd, "--home", third, "documents", "--json") == before
    assert "can't be written" in run(capfd, "backup", str(tmp_path / "no" / "z.zip"), code=1)
    assert run(capfd, "backup", str(file)).startswith("backed up to ")  # an earlier backup is overwritten, nothing else is
    for other in (home / "library.db", tmp_path):
        assert "which is none of Quarry's: name another file" in run(capfd, "backup", str(other), code=1)
    (tmp_path / "torn.zip").write_bytes(file.read_bytes()[:3000])
    for wrong, said in (
        ("torn.zip", "is no sound backup"),
        ("nowhere.zip", "there is no file"),
        ("docs", "there is no file"),
    ):
        assert said in run(capfd, "--home", str(tmp_path / "fourth"), "restore", str(tmp_path / wrong), code=1)


def test_a_damaged_data_folder_is_said_to_be_so(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    backup = str(tmp_path / "quarry.zip")
    vectors = home / "chroma" / "chroma.sqlite3"
    vectors.write_bytes(vectors.read_bytes()[:5000])
    assert "can't be backed up, as it is damaged" in run(capfd, "backup", backup, code=1)
    assert main(["doctor"]) == 1
    assert f"broken   vectors: {vectors} can't be read" in capfd.readouterr().out
    assert len(lines(run(capfd, "documents", "--json"))) == 3
    (home / "library.db").write_bytes(b"no database" * 1000)
    for command in (["documents"], ["backup", backup], ["remove", "arden.md"], ["ask", "--llm", "none", "What is it?"]):
        said = run(capfd, *command, code=1)
        assert "can't be read (file is not a database): restore a backup into an empty data folder" in said
    assert not Path(backup).exists()


def test_jobs_of_a_quarry_that_does_not_run_can_t_be_shown_or_cancelled(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs"]) == 0
    capfd.readouterr()
    assert "no Quarry is running" in run(capfd, "jobs", "5", code=1)
    assert "no Quarry is running" in run(capfd, "jobs", "--cancel", "5", code=1)


def test_another_embedder_s_index_is_made_anew_by_reindex(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARRY_EMBEDDER", "another")
    assert "words alone" in run(capfd, "ask", "--llm", "none", "What is the Arden smelter's capacity?")
    assert len(lines(run(capfd, "documents", "--json"))) == 3  # a list needs no index
    assert run(capfd, "reindex") == "made anew: 2 documents, 2 chunks now\n"
    assert "nothing was left to do" in run(capfd, "reindex")
    assert "12 tons" in run(capfd, "ask", "--llm", "none", "What is the Arden smelter's capacity?")


def test_a_watched_folder_is_looked_at_again_once_it_has_come_to_rest(docs: Path) -> None:
    acts = iter(
        [
            lambda: None,  # at rest: what is there is ingested
            lambda: (docs / "new.txt").write_text("half"),
            lambda: (docs / "new.txt").write_text("half of it, and more"),  # still being written
            lambda: None,
            lambda: None,
            lambda: (docs / "notes.tmp").write_text("no document"),
            lambda: (docs / "new.txt").unlink(),
            lambda: None,
            lambda: shutil.move(docs, docs.with_name("away")),
            lambda: None,
            lambda: shutil.move(docs.with_name("away"), docs),
            lambda: None,
        ]
    )
    looks: list[float] = []

    def wait(seconds: float) -> None:
        looks.append(seconds)
        next(acts)()  # StopIteration would be an error: the test ends before

    run = changes(docs, 1.5, wait)
    ready = []
    for _ in range(3):
        next(run)
        ready.append(len(looks))
    assert ready == [1, 4, 8] and set(looks) == {1.5}


def test_watch_ingests_until_it_is_stopped(
    home: Path, docs: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def wait(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            (docs / "new.txt").write_text("The vault opens at nine.")
        if looks == 4:
            raise KeyboardInterrupt

    real = changes
    monkeypatch.setattr("assistant.service.watch.changes", lambda folder, every: real(folder, every, wait))
    assert main(["watch", str(docs), "--every", "0.5"]) == 0
    err = capfd.readouterr().err
    assert f"quarry: following {docs}" in err and "new.txt added, 1 chunks" in err and "no longer following" in err
    assert "unchanged" not in err
    assert "there is no folder" in run(capfd, "watch", str(docs / "nowhere"), code=1)
    assert "every is 0 seconds" in run(capfd, "watch", str(docs), "--every", "0", code=1)


def test_samples_are_said_to_leave_before_they_do_and_can_be_kept(
    home: Path, docs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, line = tmp_path / "own", "the 2 sample documents leave once documents of yours are in; --keep-samples"
    own.mkdir()
    (own / "a.txt").write_text("The vault opens at nine.")
    for name in ("left", "kept"):
        monkeypatch.setenv("QUARRY_HOME", str(tmp_path / name))
        library = Library(IndexSettings(home=tmp_path / name), SmallEmbedder())
        list(ingest(library, [docs], sample=True))
        library.close()
        assert main(["ingest"]) == 0 and main(["ingest", str(docs / "nowhere" / "..")]) == 0
        assert "leave" not in capfd.readouterr().err  # the samples alone are read again, and then they are one's own
        library = Library(IndexSettings(home=tmp_path / name), SmallEmbedder())
        library.add_folder(replace(library.folders()[0], sample=True))
        library.close()
        assert main(["ingest", str(own), *(["--keep-samples"] if name == "kept" else [])]) == 0
        said = capfd.readouterr().err
        found = {one["file"] for one in lines(run(capfd, "documents", "--json"))}
        if name == "left":
            assert said.startswith(f"quarry: {line} keeps them\n") and "onsan.txt removed: samples leave" in said
            assert found == {"a.txt"}
        else:
            assert line not in said and "onsan.txt kept: a sample, which now stays" in said and "2 kept" in said
            assert found == {"a.txt", "arden.md", "onsan.txt"}


@pytest.fixture
def served(seed_home: Path, embedder: Embedder, tmp_path: Path, docs: Path) -> Iterator[tuple[Path, Path]]:
    """A data folder with a folder of one's own, and a running process that serves it."""
    home = tmp_path / "served"
    library = Library(IndexSettings(home=home), embedder)
    list(ingest(library, [docs]))
    noted(library)
    answered = final(library, "What is the capacity of the Arden smelter?")
    History(library.engine).add("", turn("What is its capacity?", answered))
    library.close()
    with serving(home, "--llm", "none"):
        yield home, docs


def test_the_same_is_done_through_a_running_owner(
    served: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, docs = served
    monkeypatch.setenv("QUARRY_HOME", str(home))
    assert len(lines(run(capfd, "documents", "--json"))) == 3
    assert lines(run(capfd, "collections", "--json")) == [{"collection": "default", "documents": 2, "chunks": 2}]
    monkeypatch.chdir(tmp_path)
    assert run(capfd, "backup", "through.zip").startswith(f"backed up to {tmp_path / 'through.zip'}: ")
    monkeypatch.chdir(docs)
    assert "no file or folder nothing" in run(capfd, "remove", "nothing", code=1)
    assert "already runs" in run(capfd, "reindex", code=1)
    [told] = lines(run(capfd, "remove", "--purge", "--json", "./arden.md"))
    assert (told["files"], told["versions"], told["answers"]) == (["arden.md"], 1, 1)
    asked = lines(run(capfd, "ask", "--json", "What is the capacity of the Arden smelter?"))[0]
    assert "xylophonequartz" not in str(asked)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(b"xylophonequartz" in path.read_bytes() for path in files)
    other = str(tmp_path / "restored")
    run(capfd, "--home", other, "restore", str(tmp_path / "through.zip"))
    assert [one["state"] for one in lines(run(capfd, "--home", other, "documents", "--json"))].count("current") == 2
