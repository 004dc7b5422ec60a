"""What people thought of an answer, and where the passages stand that were found for it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a table and a column."""
    op.add_column("turns", sa.Column("hits", sa.Text))
    op.create_table(
        "feedback",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("created", sa.Text, nullable=False, index=True),
        sa.Column("feedback", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id", "number"], ["turns.conversation_id", "turns.number"]),
    )
