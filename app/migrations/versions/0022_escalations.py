"""Escalations: their logs, who was called, who is configured."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("level_minutes", sa.JSON(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("exhausted_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("progress", sa.String(16), nullable=True),
        sa.Column("next_contact", sa.String(32), nullable=True),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=True),
    )
    op.create_index(
        "escalations_standing",
        "escalations",
        ["ticket_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_index("escalations_customer", "escalations", ["customer_id", "opened_at"])
    op.create_table(
        "escalation_entries",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("escalation_id", RowId, sa.ForeignKey("escalations.id"), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("escalation_id", "key", name="escalation_entries_key"),
    )
    op.create_table(
        "escalation_calls",
        sa.Column("escalation_id", RowId, sa.ForeignKey("escalations.id"), primary_key=True),
        sa.Column("level", sa.Integer(), primary_key=True),
        sa.Column("address", sa.String(254), primary_key=True),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("notified_at", UtcDateTime(), nullable=True),
        sa.Column("mail_id", RowId, nullable=True),
        sa.Column("mail_state", sa.String(16), nullable=True),
    )
    op.create_table(
        "escalation_people",
        sa.Column("level", sa.Integer(), primary_key=True),
        sa.Column("address", sa.String(254), primary_key=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sought_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "escalation_roster",
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("configured", sa.JSON(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        *("escalation_roster", "escalation_people", "escalation_calls"),
        *("escalation_entries", "escalations"),
    ):
        op.drop_table(table)
