"""What was filed of feature requests, and what is on its way."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("wish_id", RowId, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("mail_id", RowId),
        sa.Column("external_id", sa.String(50), nullable=False, unique=True),
        sa.Column("reference", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
    )
    op.create_index("filings_mail", "filings", ["mail_id"])
    op.create_index("filings_state", "filings", ["state"])


def downgrade() -> None:
    op.drop_table("filings")
