"""A message knows what it answers: with that, it is deleted too."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("parent_id", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "parent_id")
