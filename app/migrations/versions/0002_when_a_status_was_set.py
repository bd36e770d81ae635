"""Each status has its moment, not only the solved one."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("tickets", "solved_at", new_column_name="status_at")


def downgrade() -> None:
    op.alter_column("tickets", "status_at", new_column_name="solved_at")
