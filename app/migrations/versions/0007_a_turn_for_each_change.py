"""Changes have shares, so that each customer's get their turn on a board that all of them write."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("share", sa.String(80), nullable=False, server_default=""))
    op.drop_index("changes_board", "changes")
    op.create_index(
        "changes_board", "changes", ["account_id", "board_id", "state", "priority", "share", "id"]
    )


def downgrade() -> None:
    op.drop_index("changes_board", "changes")
    op.create_index("changes_board", "changes", ["account_id", "board_id", "state", "priority", "id"])
    op.drop_column("changes", "share")
