"""Work has a priority: what people wait for goes before what is brought in or looked after."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("lanes", "changes"):
        op.add_column(table, sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("changes_board", "changes")
    op.create_index("changes_board", "changes", ["account_id", "board_id", "state", "priority", "id"])


def downgrade() -> None:
    op.drop_index("changes_board", "changes")
    op.create_index("changes_board", "changes", ["account_id", "board_id", "state", "id"])
    for table in ("changes", "lanes"):
        op.drop_column(table, "priority")
