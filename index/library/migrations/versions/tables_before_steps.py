"""The tables as they were when migrations began. A data folder from before has them; a new one gets them here.

Frozen: a later change of a table is a step of its own.
"""

import sqlalchemy as sa
from alembic import op

from index.errors import StoreError
from index.library import keyword

revision = "0001"
down_revision = None

schema = sa.MetaData()
sa.Table("meta", schema, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
sa.Table(
    "folders",
    schema,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False),
    sa.Column("questions", sa.Text, nullable=False),
)
sa.Table(
    "documents",
    schema,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, nullable=False, index=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),
)
sa.Table(
    "versions",
    schema,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("date", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("pages", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
)
sa.Table(
    "chunks",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, unique=True, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("hash", sa.Text, nullable=False, index=True),
)
sa.Table(
    "sentences",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("spans", sa.Text, nullable=False),
    sa.Column("vectors", sa.LargeBinary, nullable=False),
)
sa.Table(
    "questions",
    schema,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("questions", sa.Text, nullable=False),
    sa.Column("vectors", sa.LargeBinary, nullable=False),
)


def upgrade() -> None:
    """Make the tables that are missing.

    Raises:
        StoreError: a table lacks a column, so it is older than any that can be brought up to date.
    """
    connection = op.get_bind()
    found = sa.inspect(connection)
    for table in schema.sorted_tables:
        if found.has_table(table.name):
            there = {column["name"] for column in found.get_columns(table.name)}
            if lacking := sorted(set(table.columns.keys()) - there):
                raise StoreError(
                    f"{connection.engine.url.database} is of a Quarry too old to bring up to date (its table {table.name} "
                    f"has no {lacking[0]}): ingest again with QUARRY_HOME set to a new folder; nothing was changed"
                )
    schema.create_all(connection)
    keyword.create(connection)
