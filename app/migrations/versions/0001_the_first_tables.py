"""The first tables."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_runs",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("run_key", sa.String(length=64), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key"),
    )
    op.create_table(
        "boards",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("webhook_key", sa.String(length=64), nullable=False),
        sa.Column("structure", sa.JSON(), nullable=False),
        sa.Column("webhooks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "board_id"),
        sa.UniqueConstraint("account_id", "key"),
        sa.UniqueConstraint("webhook_key"),
    )
    op.create_table(
        "changes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("after_id", RowId, nullable=True),
        sa.Column("column_id", sa.String(length=64), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["changes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("changes_after", "changes", ["after_id"], unique=False)
    op.create_index("changes_board", "changes", ["account_id", "board_id", "state", "id"], unique=False)
    op.create_index("changes_item", "changes", ["account_id", "board_id", "item_id", "state"], unique=False)
    op.create_index("changes_state", "changes", ["state", "id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("desk_group_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", RowId, nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False),
        sa.Column("lane_key", sa.String(length=200), nullable=False),
        sa.Column("lane_kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index("inbox_lane", "inbox", ["lane_key", "state", "id"], unique=False)
    op.create_index("inbox_state", "inbox", ["state", "id"], unique=False)
    op.create_table(
        "installations",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("installed_at", UtcDateTime(), nullable=False),
        sa.Column("refresh_claim", sa.String(length=64), nullable=True),
        sa.Column("refresh_claimed_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "lanes",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("pending_since", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        "lanes_waiting",
        "lanes",
        ["account_id", "kind"],
        unique=False,
        sqlite_where=sa.text("wanted > done"),
        postgresql_where=sa.text("wanted > done"),
    )
    op.create_table(
        "messages",
        sa.Column("id", RowId, nullable=False),
        sa.Column("story", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("update_id", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("public_at", UtcDateTime(), nullable=True),
        sa.Column("copy_change_id", sa.Integer(), nullable=True),
        sa.Column("copy_update_id", sa.String(length=32), nullable=True),
        sa.Column("waits_for_copy", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "update_id", name="messages_update"),
    )
    op.create_index("messages_copy", "messages", ["copy_change_id"], unique=False)
    op.create_index("messages_story", "messages", ["story"], unique=False)
    op.create_table(
        "own_updates",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("update_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "update_id"),
    )
    op.create_table(
        "requests",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("operations", sa.JSON(), nullable=False),
        sa.Column("first_sent", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("requests_board", "requests", ["account_id", "board_id"], unique=False)
    op.create_table(
        "response_clocks",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("business_seconds", sa.Integer(), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_table(
        "sides",
        sa.Column("id", RowId, nullable=False),
        sa.Column("story", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("create_change_id", sa.Integer(), nullable=True),
        sa.Column("sync_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("trace", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "board_id", "item_id", name="sides_item"),
        sa.UniqueConstraint("sync_id"),
    )
    op.create_index("sides_story", "sides", ["story"], unique=False)
    op.create_table(
        "timers",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )
    op.create_index("timers_due", "timers", ["due_at"], unique=False)
    op.create_table(
        "written_items",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "board_id", "item_id"),
    )
    op.create_table(
        "shadows",
        sa.Column("side_id", RowId, nullable=False),
        sa.Column("column_key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["side_id"],
            ["sides.id"],
        ),
        sa.PrimaryKeyConstraint("side_id", "column_key"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", RowId, nullable=False),
        sa.Column("customer_id", RowId, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("requester", sa.String(length=255), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("solved_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("tickets_customer", "tickets", ["customer_id"], unique=False)


def downgrade() -> None:
    op.drop_index("tickets_customer", table_name="tickets")
    op.drop_table("tickets")
    op.drop_table("shadows")
    op.drop_table("written_items")
    op.drop_index("timers_due", table_name="timers")
    op.drop_table("timers")
    op.drop_index("sides_story", table_name="sides")
    op.drop_table("sides")
    op.drop_table("response_clocks")
    op.drop_index("requests_board", table_name="requests")
    op.drop_table("requests")
    op.drop_table("own_updates")
    op.drop_index("messages_story", table_name="messages")
    op.drop_index("messages_copy", table_name="messages")
    op.drop_table("messages")
    op.drop_index(
        "lanes_waiting",
        table_name="lanes",
        sqlite_where=sa.text("wanted > done"),
        postgresql_where=sa.text("wanted > done"),
    )
    op.drop_table("lanes")
    op.drop_table("installations")
    op.drop_index("inbox_state", table_name="inbox")
    op.drop_index("inbox_lane", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("customers")
    op.drop_index("changes_state", table_name="changes")
    op.drop_index("changes_item", table_name="changes")
    op.drop_index("changes_board", table_name="changes")
    op.drop_index("changes_after", table_name="changes")
    op.drop_table("changes")
    op.drop_table("boards")
    op.drop_table("board_runs")
