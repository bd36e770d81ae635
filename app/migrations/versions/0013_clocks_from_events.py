"""Clocks follow from the events of their tickets; what was known of them becomes events."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_EVENT = (
    "INSERT INTO sla_events (ticket_id, key, kind, at, value, by_whom, reason, noted_at)"
    " SELECT clocks.ticket_id, '{key}', '{kind}', {at}, {value}, '', '', clocks.opened_at"
    " FROM response_clocks AS clocks JOIN tickets ON tickets.id = clocks.ticket_id"
)
_EVENTS = (
    {"key": "opened", "kind": "opened", "at": "clocks.opened_at", "value": "''"},
    {"key": "tier:opened", "kind": "tier", "at": "clocks.opened_at", "value": "tickets.tier"},
    {"key": "priority:opened", "kind": "priority", "at": "clocks.opened_at", "value": "'normal'"},
    {"key": "status:opened", "kind": "status", "at": "clocks.opened_at", "value": "'new'"},
)
_STATUS = {"key": "status:known", "kind": "status", "at": "tickets.status_at", "value": "tickets.status"}
_ANSWER = {"key": "answer:known", "kind": "answer", "at": "clocks.replied_at", "value": "'known'"}


def upgrade() -> None:
    op.create_table(
        "sla_events",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("by_whom", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("ticket_id", "key", name="sla_events_key"),
    )
    op.create_table(
        "sla_tickets",
        sa.Column("ticket_id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
    )
    op.create_table(
        "sla_cycles",
        sa.Column("ticket_id", sa.Integer(), primary_key=True),
        sa.Column("metric", sa.String(24), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
    )
    op.create_index("sla_cycles_due", "sla_cycles", ["status", "due_at"])
    op.create_table(
        "sla_revisions",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(16), nullable=False),
        sa.Column("became", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
    )
    op.create_index("sla_revisions_ticket", "sla_revisions", ["ticket_id"])
    op.execute(
        "INSERT INTO sla_tickets (ticket_id, account_id) SELECT ticket_id, account_id FROM response_clocks"
    )
    for event in _EVENTS:
        op.execute(_EVENT.format(**event))
    op.execute(_EVENT.format(**_STATUS) + " WHERE tickets.status_at IS NOT NULL")
    op.execute(_EVENT.format(**_ANSWER) + " WHERE clocks.replied_at IS NOT NULL")
    op.drop_table("response_clocks")


def downgrade() -> None:
    op.create_table(
        "response_clocks",
        sa.Column("ticket_id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("business_seconds", sa.Integer(), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
    )
    for table in ("sla_revisions", "sla_cycles", "sla_tickets", "sla_events"):
        op.drop_table(table)
