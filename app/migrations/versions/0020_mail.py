"""Mail: its threads, what is sent in them, and what comes."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_threads",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("story", sa.String(40), nullable=False),
        sa.Column("counterpart", sa.Text(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("token", sa.String(32), nullable=False, unique=True),
        sa.UniqueConstraint("story", "counterpart", name="mail_threads_counterpart"),
    )
    _create_outgoing()
    _create_incoming()


def _create_outgoing() -> None:
    op.create_table(
        "mails",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("thread_id", RowId, sa.ForeignKey("mail_threads.id"), nullable=False),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("ident", sa.String(64), nullable=False, unique=True),
        sa.Column("message_id", sa.String(255)),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("under_way", sa.JSON(), nullable=False),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_notice", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("put_off", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
    )
    op.create_index("mails_thread", "mails", ["thread_id", "state", "id"])
    op.create_index("mails_state", "mails", ["state", "id"])
    op.create_table(
        "mail_attachments",
        sa.Column("mail_id", RowId, sa.ForeignKey("mails.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _create_incoming() -> None:
    op.create_table(
        "incoming_mails",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("envelope_from", sa.Text(), nullable=False),
        sa.Column("envelope_to", sa.JSON(), nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("thread_id", RowId, sa.ForeignKey("mail_threads.id")),
        sa.Column("reason", sa.Text()),
        sa.Column("is_in_doubt", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
    )
    op.create_index("incoming_mails_thread", "incoming_mails", ["thread_id", "received_at"])
    op.create_index("incoming_mails_state", "incoming_mails", ["state", "id"])
    op.create_table(
        "mail_files",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("incoming_id", RowId, sa.ForeignKey("incoming_mails.id"), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("update_change_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.String(32)),
        sa.Column("file_change_id", sa.BigInteger()),
        sa.Column("asset_id", sa.String(32)),
        sa.UniqueConstraint("update_change_id", "incoming_id", "attachment_id", name="mail_files_place"),
    )
    op.create_index("mail_files_change", "mail_files", ["file_change_id"])
    op.create_index("mail_files_incoming", "mail_files", ["incoming_id"])


def downgrade() -> None:
    for table in ("mail_files", "incoming_mails", "mail_attachments", "mails", "mail_threads"):
        op.drop_table(table)
