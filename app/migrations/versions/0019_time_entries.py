"""Time entries, the trace of their corrections, and what was invoiced."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_entries",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("note", sa.String(255), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=True),
        sa.Column("ticket", sa.String(32), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("charged_minutes", sa.Integer(), nullable=True),
        sa.Column("price_ore", sa.BigInteger(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("counted", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
    )
    op.create_index("time_entries_customer", "time_entries", ["customer_id", "day"])
    op.create_table(
        "time_entry_changes",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("entry_id", RowId, sa.ForeignKey("time_entries.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_user_id", sa.String(32), nullable=True),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("was", sa.String(255), nullable=True),
        sa.Column("became", sa.String(255), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
    )
    op.create_index("time_entry_changes_entry", "time_entry_changes", ["entry_id"])
    op.create_table(
        "statement_items",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.UniqueConstraint("customer_id", "month", name="statement_items_month"),
    )
    op.create_table(
        "closed_months",
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
    )
    op.create_table(
        "invoiced_lines",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("month", sa.Date(), sa.ForeignKey("closed_months.month"), nullable=False),
        sa.Column("about", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("is_marketplace", sa.Boolean(), nullable=False),
        sa.Column("entry_id", RowId, sa.ForeignKey("time_entries.id"), nullable=True),
        sa.Column("ticket", sa.String(32), nullable=True),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("charged_minutes", sa.Integer(), nullable=False),
        sa.Column("price_ore", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
    )
    op.create_index("invoiced_lines_customer", "invoiced_lines", ["customer_id", "month"])


def downgrade() -> None:
    for table in ("invoiced_lines", "closed_months", "statement_items", "time_entry_changes", "time_entries"):
        op.drop_table(table)
