"""Lanes of one account have shares, and each share gets its turn."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lanes", sa.Column("share", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("lanes", "share")
