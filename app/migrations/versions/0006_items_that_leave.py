"""Items that leave their boards are remembered: who took them away, when, and how that is known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sides", sa.Column("unseen_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "tombstones",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("side_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story", sa.String(40), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("item_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("by_user_id", sa.String(32), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_by", sa.String(16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["side_id"], ["sides.id"]),
        sa.ForeignKeyConstraint(["replaced_by"], ["sides.id"]),
    )
    op.create_index("tombstones_side", "tombstones", ["side_id"])
    op.create_index("tombstones_story", "tombstones", ["story"])


def downgrade() -> None:
    op.drop_table("tombstones")
    op.drop_column("sides", "unseen_since")
