"""What was taken away lately is counted, and when a board was followed again is known."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("boards", sa.Column("released_at", UtcDateTime()))
    op.create_table(
        "losses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("story", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("losses_link", "losses", ["account_id", "board_id", "at"])


def downgrade() -> None:
    op.drop_table("losses")
    op.drop_column("boards", "released_at")
