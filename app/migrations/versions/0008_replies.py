"""A message's copy knows what it answers on its side."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("copy_parent_id", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "copy_parent_id")
