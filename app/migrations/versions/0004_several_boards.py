"""An account may have several boards of one template, and each says whose tickets stand there."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The first migration named no constraint; PostgreSQL and SQLite name them each their own way.
_NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    op.add_column("boards", sa.Column("slot", sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE boards SET slot = key")
    for column in (
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("held_by", sa.String(64), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=True),
    ):
        op.add_column("boards", column)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("boards", naming_convention=_NAMES) as boards:
        boards.alter_column("slot", server_default=None)
        boards.drop_constraint("uq_boards_account_id" if on_sqlite else "boards_account_id_key_key")
        boards.create_unique_constraint("boards_slot", ["account_id", "slot"])
    with op.batch_alter_table("board_runs") as runs:
        runs.alter_column("key", new_column_name="slot", type_=sa.String(64), existing_nullable=False)
    with op.batch_alter_table("customers") as customers:
        customers.alter_column("slug", existing_type=sa.String(120), nullable=True)
    op.add_column("customers", sa.Column("shared_board", sa.Boolean(), nullable=False, server_default="0"))
    op.create_table(
        "links",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("customer_id", RowId, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("account_id", "board_id"),
    )
    op.create_index("links_customer", "links", ["customer_id"])
    op.execute(
        "INSERT INTO links (account_id, board_id, customer_id, origin, linked_at)"
        " SELECT boards.account_id, boards.board_id, customers.id, 'own', CURRENT_TIMESTAMP"
        " FROM boards JOIN customers ON customers.account_id = boards.account_id"
        " WHERE boards.key = 'tickets'"
    )


def downgrade() -> None:
    op.drop_table("links")
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("shared_board")
        customers.alter_column("slug", existing_type=sa.String(120), nullable=False)
    with op.batch_alter_table("board_runs") as runs:
        runs.alter_column("slot", new_column_name="key", type_=sa.String(32), existing_nullable=False)
    with op.batch_alter_table("boards") as boards:
        boards.drop_constraint("boards_slot", type_="unique")
        boards.create_unique_constraint("boards_account_id_key_key", ["account_id", "key"])
        for column in ("held_at", "held_by", "held_reason", "slot"):
            boards.drop_column(column)
