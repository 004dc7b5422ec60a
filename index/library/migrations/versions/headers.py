"""The first row of the table that a chunk starts within. Some data folders from before migrations have the column."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column where it is missing; the chunks that are there have none."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("chunks")}
    if "header" not in there:
        op.add_column("chunks", sa.Column("header", sa.Text, nullable=False, server_default=""))
