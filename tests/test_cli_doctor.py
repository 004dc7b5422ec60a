import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli.doctor import diagnosis
from assistant.cli.main import main
from assistant.service.owner import owning
from assistant.settings import AssistantSettings
from index.ingest.ingest import ingest
from index.library.erase import erase, named
from index.library.library import Library
from index.library.wipe import REINDEX, wipe
from index.parsing.file import load
from index.settings import IndexSettings
from index.types import File
from index.upkeep.consistency import Finding, examine
from tests.small_embedder import SmallEmbedder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three files, and a sound data folder that holds them."""
    root = tmp_path_factory.mktemp("made")
    docs = root / "docs"
    docs.mkdir()
    for i in range(3):
        (docs / f"{i}.txt").write_text(f"Plant {i} makes metal{i}.")
    library = Library(IndexSettings(home=root / "home"), SmallEmbedder())
    list(ingest(library, [docs]))
    for document in library.documents():
        data = load(docs / document.file)
        digest = hashlib.sha256(data).hexdigest()
        library.note_file(File(str(docs), document.file, document.id, digest, len(data)))
    library.close()
    return root


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "home", tmp_path / "home"))


def found(home: Path, fingerprint: str = "") -> dict[str, Finding]:
    return {one.name: one for one in examine(home, fingerprint)}


def by_name(**settings: object) -> dict[str, Finding]:
    home = Path(os.environ["QUARRY_HOME"])
    return {one.name: one for one in diagnosis(IndexSettings(home=home), AssistantSettings(**settings))}  # type: ignore[arg-type]


def test_a_sound_data_folder_is_found_so(home: Path) -> None:
    assert {one.state for one in found(home).values()} == {"ok"}
    assert found(home)["library"].found.startswith("3 documents, 3 chunks")
    assert found(home / "nowhere")["library"].state == "ok"


@pytest.mark.parametrize(
    ("statement", "name", "state", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "library", "broken", "a newer Quarry"),
        ("UPDATE alembic_version SET version_num = '0003'", "library", "warning", "of an older Quarry"),
        ("DELETE FROM sentences WHERE row = 1", "rows", "broken", "1 chunks without sentences"),
        ("DELETE FROM keywords WHERE rowid = 2", "rows", "broken", "1 chunks without keywords"),
        ("UPDATE documents SET version = NULL WHERE file = '1.txt'", "rows", "broken", "1 chunks of no current document"),
        ("DELETE FROM chunks WHERE row = 3", "vectors", "warning", "1 belong to no chunk"),
        ("UPDATE chunks SET id = 'x' WHERE row = 3", "vectors", "broken", "1 of 3 chunks have none"),
        ("UPDATE versions SET state = 'retiring'", "changes", "warning", "interrupted"),
        ("UPDATE files SET reason = 'it is no sound PDF' WHERE file = '1.txt'", "files", "warning", "1 could not be read"),
    ],
)
def test_what_is_wrong_in_the_database_is_named(home: Path, statement: str, name: str, state: str, said: str) -> None:
    with sqlite3.connect(home / "library.db") as database:
        database.execute(statement)
    one = found(home)[name]
    assert one.state == state and said in one.found and one.cure


def test_a_damaged_database_and_missing_vectors_are_named(home: Path) -> None:
    shutil.rmtree(home / "chroma")
    assert found(home)["vectors"].found == "3 of 3 chunks have none"
    (home / REINDEX).mkdir()
    assert "quarry reindex" in found(home)["reindex"].cure
    for path in home.glob("library.db-*"):
        path.unlink()
    data = (home / "library.db").read_bytes()
    (home / "library.db").write_bytes(data[:4096] + b"\xff" * 20_000 + data[24_096:])
    assert found(home)["library"].state == "broken"
    (home / "library.db").write_bytes(b"not a database at all" * 1000)
    assert found(home)["library"].state == "broken" and "restore" in found(home)["library"].cure


def test_an_index_of_another_embedder_says_reindex(home: Path) -> None:
    one = found(home, "another one")["index"]
    assert one.state == "warning" and "words alone" in one.found and "quarry reindex" in one.cure


def test_without_the_encoders_package_there_is_no_reader_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert by_name(llm="none")["embedder"].state == "ok"
    monkeypatch.setattr("assistant.cli.doctor.is_installed", lambda package: False)
    one = by_name(llm="none")["embedder"]
    assert one.state == "warning" and "no reader" in one.found and "quarry reindex" in one.cure


def change(path: Path) -> None:
    path.write_text("Plant 0 makes metal9.")
    later = time.time() + 5
    os.utime(path, (later, later))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda docs: (docs / "0.txt").unlink(), "1 gone"),
        (lambda docs: (docs / "new.md").write_text("New."), "1 new"),
        (lambda docs: change(docs / "0.txt"), "1 changed"),
        (lambda docs: (docs / "0.txt").write_text("Longer than it was before."), "1 changed"),
        (lambda docs: os.utime(docs / "0.txt", (time.time() + 5, time.time() + 5)), ""),
    ],
)
def test_files_that_changed_since_the_ingest_are_counted(
    made: Path, home: Path, tmp_path: Path, act: Callable[[Path], object], said: str
) -> None:
    docs = Path(shutil.copytree(made / "docs", tmp_path / "docs"))
    with sqlite3.connect(home / "library.db") as database:
        database.execute("UPDATE files SET folder = ?", (str(docs),))
        database.execute("UPDATE folders SET path = ?", (str(docs),))
    act(docs)
    one = found(home)["files"]
    assert (one.state, one.cure) == (("warning", "run `quarry ingest`") if said else ("ok", "")) and said in one.found


def test_a_removed_file_is_no_new_one(made: Path, home: Path) -> None:
    library = Library(IndexSettings(home=home), SmallEmbedder())
    erase(library, [named(library.engine, "0.txt", "/")])
    assert found(home)["changes"].state == "warning"
    wipe(library.engine, library.store, library.settings.home)
    library.close()
    assert {one.state for one in found(home).values()} == {"ok"}


def test_models_ports_and_addresses_are_looked_at() -> None:
    sound = by_name(llm="none")
    assert {
        sound[name].state for name in ("python", "sqlite", "embedder", "language model", "disk", "owner", "network")
    } == {"ok"}
    assert by_name(llm="/nowhere.gguf")["language model"].state == "broken"
    assert by_name(llm="http://127.0.0.1:9/v1")["network"].state == "ok"
    far = by_name(llm="https://models.example/v1")["network"]
    assert far.state == "warning" and "go to models.example" in far.found
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = by_name(llm="none", port=taken.getsockname()[1])["port"]
        assert port.state == "warning" and f"process {os.getpid()} " in port.found
    home = Path(os.environ["QUARRY_HOME"])
    with owning(home):
        assert "a quarry command works" in by_name(llm="none")["owner"].found


def test_the_command_says_cause_and_cure_in_a_line_each_and_fails_if_something_is_broken(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARRY_LLM", "none")
    monkeypatch.setenv("QUARRY_PORT", "0")
    shutil.rmtree(home / "chroma")
    assert main(["--home", str(home), "doctor"]) == 1
    out = capsys.readouterr().out
    assert "broken   vectors: 3 of 3 chunks have none; remove the files" in out
    assert "warning  index: made by 'small of 64" in out and "; `quarry serve` makes it anew" in out
    assert main(["--home", str(home / "none"), "doctor", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["state"] for line in lines} <= {"ok", "warning"}
    assert all(set(line) == {"name", "state", "found", "cure"} for line in lines)


def test_it_makes_nothing_loads_no_model_and_is_quick(tmp_path: Path) -> None:
    code = (
        "import sys; from assistant.cli.main import main; main(['doctor']); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'chromadb', 'gradio', 'sentence_transformers')))"
    )
    start = os.times().children_user
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and result.stderr == "" and "python: " in result.stdout
    assert os.times().children_user - start < 5
    assert not (tmp_path / "home").exists()
