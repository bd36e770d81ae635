"""What was agreed gets a history: agreements in sequence, custom terms, subscriptions, asks."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: What was agreed before there was a history was agreed at some time unknown.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    for name in ("notice_on", "renews_on"):
        op.add_column("customers", sa.Column(name, sa.Date(), nullable=True))
    agreed = op.create_table(
        "agreed_terms",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("tier", sa.String(16), nullable=True),
        sa.Column("is_licence_customer", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
    )
    op.create_index("agreed_terms_customer", "agreed_terms", ["customer_id"])
    op.create_table(
        "custom_terms",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("level", sa.String(16), nullable=True),
        sa.Column("business_seconds", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.Numeric(7, 4), nullable=True),
        sa.Column("kronor", sa.Numeric(14, 2), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
    )
    op.create_index("custom_terms_customer", "custom_terms", ["customer_id"])
    op.create_table(
        "subscription_events",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(160), nullable=False, unique=True),
        sa.Column("type_name", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("plan_id", sa.String(120), nullable=True),
        sa.Column("tier", sa.String(16), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
    )
    op.create_index("subscription_events_account", "subscription_events", ["account_id"])
    op.create_table(
        "asks",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("capability", sa.String(32), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("ticket", sa.String(32), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_index("asks_customer", "asks", ["customer_id", "asked_at"])
    op.create_table(
        "agreement_reminders",
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("what", sa.String(16), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("days_before", sa.Integer(), primary_key=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
    )
    _keep_what_is_agreed(agreed)


def downgrade() -> None:
    for table in ("agreement_reminders", "asks", "subscription_events", "custom_terms", "agreed_terms"):
        op.drop_table(table)
    for name in ("notice_on", "renews_on"):
        op.drop_column("customers", name)


def _keep_what_is_agreed(agreed: sa.Table) -> None:
    """A tier that somebody chose becomes an agreement; FREE is what holds where none was made."""
    connection = op.get_bind()
    licences = sa.text(
        "SELECT sides.story FROM shadows JOIN sides ON sides.id = shadows.side_id"
        " WHERE shadows.column_key = 'licence_customer' AND CAST(shadows.value AS VARCHAR(16)) = 'true'"
    )
    has_licences = {row.story for row in connection.execute(licences)}
    chosen = connection.execute(sa.text("SELECT id, tier FROM customers WHERE tier <> 'free'")).all()
    rows = [
        {
            "customer_id": row.id,
            "since": _LONG_AGO,
            "tier": row.tier,
            "is_licence_customer": f"customer:{row.id}" in has_licences,
            "origin": "edit",
            "noted_at": _LONG_AGO,
        }
        for row in chosen
    ]
    if rows:
        connection.execute(sa.insert(agreed), rows)
