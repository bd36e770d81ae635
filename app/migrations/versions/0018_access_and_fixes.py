"""Access to customers' environments with each use of it, fixes, and what solved tickets came to."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_grants",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end", sa.String(16), nullable=True),
    )
    op.create_index("access_grants_ticket", "access_grants", ["ticket_id"])
    op.create_table(
        "access_uses",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("by_user_id", sa.String(32), nullable=True),
        sa.Column("by_name", sa.String(255), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("grant_id", RowId, sa.ForeignKey("access_grants.id"), nullable=True),
        sa.Column("flagged_at", UtcDateTime(), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("ticket_id", "key", name="access_uses_key"),
    )
    op.create_table(
        "fixes",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("chosen_by_user_id", sa.String(32), nullable=True),
        sa.Column("consented_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
    )
    op.create_index("fixes_ticket", "fixes", ["ticket_id"])
    op.create_table(
        "findings",
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("solved_at", UtcDateTime(), nullable=False),
        sa.Column("cause", sa.String(32), nullable=True),
        sa.Column("fix", sa.String(16), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("reproduction", sa.Text(), nullable=True),
    )
    op.create_index("findings_customer", "findings", ["customer_id", "solved_at"])


def downgrade() -> None:
    for table in ("findings", "fixes", "access_uses", "access_grants"):
        op.drop_table(table)
