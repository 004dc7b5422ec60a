"""The tables of the data folder's database, as they are now; `migrate` brings those of an older commit up to date.

SQLAlchemy's door together with `library` and `keyword`; conversations, and what people thought of the answers, are read and
written in `assistant.history`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.errors import StoreError
from index.library.migrate import migrate

schema = sa.MetaData()

meta = sa.Table("meta", schema, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))

folders = sa.Table(
    "folders",
    schema,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False),
    sa.Column("questions", sa.Text, nullable=False),
)

documents = sa.Table(
    "documents",
    schema,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, nullable=False, index=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),  # the current one; NULL while the first is written and after a removal
)

files = sa.Table(
    "files",
    schema,
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, index=True),  # several files may share one; NULL where nothing could be read
    sa.Column("hash", sa.Text, nullable=False),  # of its bytes; empty where they could not be read or are not known
    sa.Column("size", sa.Integer, nullable=False),  # in bytes
    sa.Column("reason", sa.Text, nullable=False),  # why its present content is not in the library; empty where it is
    sa.Column("checked", sa.Text, nullable=False),  # when it was last looked at, ISO 8601 in UTC
)

versions = sa.Table(
    "versions",
    schema,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False, index=True),  # writing | current | retiring | retired | erasing | erased
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("date", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("pages", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("written", sa.Text),  # ISO 8601 in UTC; NULL for those older than this column
)

chunks = sa.Table(
    "chunks",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, unique=True, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("header", sa.Text, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("hash", sa.Text, nullable=False, index=True),  # of its text
)

sentences = sa.Table(
    "sentences",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),  # the chunk's
    sa.Column("spans", sa.Text, nullable=False),
    sa.Column("vectors", sa.LargeBinary, nullable=False),  # float16, one row a sentence
)

questions = sa.Table(
    "questions",
    schema,
    sa.Column("hash", sa.Text, primary_key=True),  # of the text of the chunks that answer them
    sa.Column("model", sa.Text, primary_key=True),  # the language model that wrote them
    sa.Column("questions", sa.Text, nullable=False),
    sa.Column("vectors", sa.LargeBinary, nullable=False),  # float16, one row a question
)

conversations = sa.Table(
    "conversations",
    schema,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("created", sa.Text, nullable=False),  # ISO 8601 in UTC
    sa.Column("changed", sa.Text, nullable=False, index=True),
)

turns = sa.Table(
    "turns",
    schema,
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # from 1, in order
    sa.Column("turn", sa.Text, nullable=False),  # JSON
    sa.Column("words", sa.Text, nullable=False),  # what a search looks through, case folded
    sa.Column("hits", sa.Text),  # JSON: where the passages found stand; NULL for turns older than this column
)

feedback = sa.Table(
    "feedback",
    schema,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # the turn's
    sa.Column("created", sa.Text, nullable=False, index=True),  # ISO 8601 in UTC
    sa.Column("feedback", sa.Text, nullable=False),  # JSON
    sa.ForeignKeyConstraint(["conversation_id", "number"], ["turns.conversation_id", "turns.number"]),
)


def database_url(home: Path) -> sa.URL:
    """The address of the data folder's database."""
    return sa.URL.create("sqlite", database=str(home / "library.db"))


def open_database(home: Path) -> sa.Engine:
    """The data folder's database, its tables made or brought up to date where need be.

    Raises:
        StoreError: the folder or the database can't be written, or is newer than this code, or too old.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_unwritable(home, error.strerror)) from error
    engine = sa.create_engine(database_url(home), connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _on_connect)
    try:
        migrate(engine, home)
    except sa.exc.OperationalError as error:
        raise StoreError(_unwritable(home, str(error.orig))) from error
    except sa.exc.DatabaseError as error:  # not what its file's name says, or damaged
        cure = "restore a backup into an empty data folder"
        raise StoreError(f"the database in {home} can't be read ({error.orig}): {cure}") from error
    return engine


def _unwritable(home: Path, reason: str | None) -> str:
    return f"the data folder {home} can't be written ({reason}): set QUARRY_HOME to a folder of yours"


def _on_connect(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a power cut after a commit loses nothing


def is_current() -> sa.ColumnElement[bool]:
    """Joins a document with its current version."""
    return sa.and_(documents.c.id == versions.c.document_id, documents.c.version == versions.c.version)
