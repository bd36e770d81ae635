"""Feature requests, and where customers are written to."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("contact_email", sa.String(320), nullable=True))
    op.create_table(
        "wishes",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("customer_id", RowId, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("ticket", sa.String(32), nullable=True),
        sa.Column("requester", sa.String(255), nullable=False),
        sa.Column("requester_email", sa.String(320), nullable=True),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("prefilled", sa.JSON(), nullable=False),
        sa.Column("filing", sa.String(16), nullable=True),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("reference", sa.String(255), nullable=True),
        sa.Column("link", sa.String(2000), nullable=True),
        sa.Column("lead_id", RowId, sa.ForeignKey("wishes.id"), nullable=True),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("reviewed_in", sa.String(8), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
    )
    op.create_index("wishes_customer", "wishes", ["customer_id", "opened_at"])
    op.create_index("wishes_lead", "wishes", ["lead_id"])
    op.create_index("wishes_ticket", "wishes", ["ticket"], unique=True)


def downgrade() -> None:
    op.drop_table("wishes")
    op.drop_column("customers", "contact_email")
