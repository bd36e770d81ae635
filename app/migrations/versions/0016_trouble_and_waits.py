"""Tokens that were refused, what the technicians know of it, lanes that wait, and when items were written."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "installations", sa.Column("refused_tokens", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "installations", sa.Column("told_state", sa.String(16), nullable=False, server_default="active")
    )
    # What was paused before is told of now.
    op.create_index(
        "installations_untold",
        "installations",
        ["account_id"],
        sqlite_where=sa.text("told_state <> state"),
        postgresql_where=sa.text("told_state <> state"),
    )
    op.create_index(
        "lanes_ready",
        "lanes",
        ["not_before"],
        sqlite_where=sa.text("wanted > done"),
        postgresql_where=sa.text("wanted > done"),
    )
    op.add_column("written_items", sa.Column("written_at", sa.Float(), nullable=False, server_default="0"))
    op.create_index("written_items_at", "written_items", ["written_at"])


def downgrade() -> None:
    op.drop_index("written_items_at", "written_items")
    op.drop_column("written_items", "written_at")
    op.drop_index("lanes_ready", "lanes")
    op.drop_index("installations_untold", "installations")
    op.drop_column("installations", "told_state")
    op.drop_column("installations", "refused_tokens")
