"""Files by the folder they were found in: which document each is, or why its content could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Each current document has the one file it was read from."""
    files = op.create_table(
        "files",
        sa.Column("folder", sa.Text, primary_key=True),
        sa.Column("file", sa.Text, primary_key=True),
        sa.Column("document_id", sa.Text, index=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("checked", sa.Text, nullable=False),
    )
    documents = sa.table("documents", *(sa.column(name) for name in ("id", "folder", "file", "version")))
    same = [documents.c.folder, documents.c.file, documents.c.id, *map(sa.literal, ("", 0, "", ""))]
    known = sa.select(*same).where(documents.c.version.is_not(None))
    op.execute(sa.insert(files).from_select(["folder", "file", "document_id", "hash", "size", "reason", "checked"], known))
