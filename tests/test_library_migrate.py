"""Data folders of older commits. `tests/data/before-migrations.db` is a library.db of the last commit without migrations,
with two documents ingested by it, one of them removed again."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from assistant.history.history import History
from index.errors import StoreError
from index.library import keyword
from index.library.migrate import HEAD, SCRIPTS
from index.library.schema import open_database, schema, versions
from index.library.texts import Texts
from tests.stored import turn

OLD = Path(__file__).parent / "data" / "before-migrations.db"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data folder of a commit before migrations."""
    home = tmp_path / "old"
    home.mkdir()
    shutil.copy(OLD, home / "library.db")
    return home


def dump(home: Path) -> list[str]:
    with sqlite3.connect(home / "library.db") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [f"{name} {row}" for name in names for row in connection.execute(f'SELECT * FROM "{name}"')]


def differences(home: Path) -> list[object]:
    """How a database's tables differ from those of the code; FTS5's own are no part of it."""
    engine = open_database(home)
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("keywords")}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), schema)
    engine.dispose()
    return list(found)


def test_a_new_and_an_old_data_folder_get_the_tables_of_the_code(tmp_path: Path, old: Path) -> None:
    assert differences(tmp_path / "new") == []
    assert differences(old) == []


def test_a_data_folder_from_between_that_has_a_column_of_a_later_step_already_is_brought_up_to_date(old: Path) -> None:
    with sqlite3.connect(old / "library.db") as connection:
        connection.execute("ALTER TABLE chunks ADD COLUMN header TEXT NOT NULL DEFAULT 'first row'")
    assert differences(old) == []
    assert [line.endswith(", 'first row')") for line in dump(old) if line.startswith("chunks ")] == [True]


def test_the_newest_step_is_the_one_the_code_knows_and_there_is_one_line_of_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_old_data_folder_keeps_its_documents_and_holds_conversations_from_then_on(old: Path) -> None:
    before = dump(old)
    engine = open_database(old)
    with engine.connect() as connection:
        keys = [(row.document_id, row.version) for row in connection.execute(sa.select(versions))]
        found = keyword.search(connection, "germanium capacity", 3)
        assert set(connection.execute(sa.select(versions.c.written)).scalars()) == {None}
    documents = Texts(engine).read(keys)
    texts = {document.file: document.text for document in documents.values()}
    assert set(texts) == {"smelter.txt", "canteen.txt"}
    assert "a germanium circuit with a planned capacity of 12 t a year" in texts["smelter.txt"]
    assert len(found) == 1
    history = History(engine)
    id_ = history.add("", turn()).id
    [removed] = [document.id for document in documents.values() if document.file == "canteen.txt"]
    assert [(one.written, one.removed) for one in history.outdated(keys) if one.document_id == removed] == [(None, True)]
    assert len(history.outdated(keys)) == 1
    engine.dispose()
    engine = open_database(old)
    assert History(engine).read(id_).turns == (turn(),)
    engine.dispose()
    added = {"versions": ", None)", "chunks": ", '')"}  # the new columns
    kept = [line.removesuffix(added.get(line.split()[0], "")).removesuffix(")") for line in dump(old)]
    assert {line.removesuffix(")") for line in before} <= set(kept)


def test_a_data_folder_of_a_newer_commit_is_refused_and_stays_as_it_is(old: Path) -> None:
    engine = open_database(old)
    History(engine).add("", turn())
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    before = dump(old)
    with pytest.raises(StoreError, match="written by a newer Quarry .* 9999, .*: update Quarry, or set QUARRY_HOME"):
        open_database(old)
    assert dump(old) == before


def test_a_data_folder_too_old_to_bring_up_to_date_is_refused_and_stays_as_it_is(old: Path) -> None:
    with sqlite3.connect(old / "library.db") as connection:
        connection.execute("ALTER TABLE versions DROP COLUMN pages")
    before = dump(old)
    with pytest.raises(StoreError, match="too old to bring up to date .*versions has no pages.*nothing was changed"):
        open_database(old)
    assert dump(old) == before


def test_a_step_that_breaks_off_leaves_the_old_tables(old: Path) -> None:
    """The last step finds a table of its own name in its way: the first one's changes have to go, too."""
    with sqlite3.connect(old / "library.db") as connection:
        connection.execute("CREATE TABLE turns (something_else TEXT)")
        connection.execute("DROP TABLE questions")  # the first step makes it
    before = dump(old)
    tables = "SELECT name FROM sqlite_master ORDER BY name"
    with sqlite3.connect(old / "library.db") as connection:
        there = connection.execute(tables).fetchall()
    with pytest.raises(StoreError, match="turns already exists"):
        open_database(old)
    with sqlite3.connect(old / "library.db") as connection:
        assert connection.execute(tables).fetchall() == there
        assert "written" not in [row[1] for row in connection.execute("PRAGMA table_info(versions)")]
    assert dump(old) == before
