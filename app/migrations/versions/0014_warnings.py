"""People are told before a promise is broken: what they were told, and who they are."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sla_warnings",
        sa.Column("ticket_id", sa.Integer(), primary_key=True),
        sa.Column("metric", sa.String(24), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("step", sa.String(16), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
    )
    for name in ("duty", "manager"):
        op.add_column("customers", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for name in ("duty", "manager"):
        op.drop_column("customers", name)
    op.drop_table("sla_warnings")
