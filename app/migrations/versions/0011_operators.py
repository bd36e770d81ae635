"""Operators, their sessions, and what they did."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operators",
        sa.Column("id", RowId, nullable=False, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_choose", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "operator_sessions",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("operator_id", RowId, sa.ForeignKey("operators.id"), nullable=False),
        sa.Column("begun", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
    )
    op.create_index("operator_sessions_operator", "operator_sessions", ["operator_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("id", RowId, nullable=False, primary_key=True),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("sign_in_tries_by", "sign_in_tries", ["by", "at"])
    op.create_table(
        "operator_actions",
        sa.Column("id", RowId, nullable=False, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("operator_actions", "sign_in_tries", "operator_sessions", "operators"):
        op.drop_table(table)
