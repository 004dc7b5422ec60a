"""An older data folder's database in, today's tables out: Alembic's door. All steps are one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from index.errors import StoreError

SCRIPTS = Path(__file__).parent / "migrations"

HEAD = "0005"
"""The newest of the steps in `migrations/versions`; a test holds the two together."""


def migrate(engine: sa.Engine, home: Path) -> None:
    """Bring the database up to date; where it is so already, Alembic is not even imported (that takes 2 s cold).

    Raises:
        StoreError: a newer Quarry wrote it, or one from before migrations whose tables can't be brought up to date.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":  # else sqlite3 would commit each change of a table by itself
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        revision = _revision(connection)
        if revision is not None and revision not in known:
            raise StoreError(
                f"the data folder {home} was last written by a newer Quarry (its tables are {revision}, this one knows "
                f"{HEAD}): update Quarry, or set QUARRY_HOME to another folder; nothing was changed"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str | None:
    """Which step's tables these are; None for an empty database or one from before there were steps."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
