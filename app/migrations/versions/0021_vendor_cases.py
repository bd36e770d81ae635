"""Vendor cases, their tickets, whose turn it was, and what customers were told."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vendor_cases",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("followed_up", sa.Integer(), nullable=False),
        sa.Column("overdue_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("resolution_sv", sa.Text(), nullable=True),
        sa.Column("resolution_en", sa.Text(), nullable=True),
    )
    op.create_index("vendor_cases_state", "vendor_cases", ["state"])
    op.create_table(
        "vendor_case_tickets",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("case_id", RowId, sa.ForeignKey("vendor_cases.id"), nullable=False),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("news_id", RowId, nullable=False),
        sa.Column("words_id", RowId, nullable=False),
        sa.Column("is_with_vendor", sa.Boolean(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
    )
    for column in ("case", "ticket", "customer"):
        op.create_index(f"vendor_case_tickets_{column}", "vendor_case_tickets", [f"{column}_id"])
    op.create_table(
        "vendor_report_offers",
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "vendor_turns",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("case_id", RowId, sa.ForeignKey("vendor_cases.id"), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("case_id", "key", name="vendor_turns_key"),
    )
    op.create_table(
        "vendor_case_news",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("case_id", RowId, sa.ForeignKey("vendor_cases.id"), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("vendor_case_news_case", "vendor_case_news", ["case_id", "id"])
    op.create_table(
        "vendor_case_words",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("case_id", RowId, sa.ForeignKey("vendor_cases.id"), nullable=False),
        sa.Column("update_id", sa.String(32), nullable=False),
        sa.Column("side_id", RowId, sa.ForeignKey("sides.id"), nullable=False),
        sa.Column("text_key", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("case_id", "update_id", name="vendor_case_words_update"),
    )
    op.create_table(
        "vendor_case_copies",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("words_id", RowId, sa.ForeignKey("vendor_case_words.id"), nullable=False),
        sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.String(32), nullable=True),
        sa.Column("body_key", sa.String(64), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("words_id", "ticket_id", name="vendor_case_copies_ticket"),
    )
    op.create_index("vendor_case_copies_change", "vendor_case_copies", ["change_id"])


def downgrade() -> None:
    for table in ("copies", "words", "news"):
        op.drop_table(f"vendor_case_{table}")
    for table in ("vendor_turns", "vendor_report_offers", "vendor_case_tickets", "vendor_cases"):
        op.drop_table(table)
