"""Sweeps go on where they were, and tell what they healed."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    op.create_table(
        "sweep_runs",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("note", sa.Text),
        sa.Column("expected", sa.Integer),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("known", "items", "asked", "healed", "missing", "guarded", "requests")
        ),
        sa.Column("cursor", sa.Text),
        sa.Column("walk_began", sa.Float, nullable=False),
        sa.Column("restarts", sa.Integer, nullable=False),
        sa.Column("last_side_id", sa.Integer, nullable=False),
    )
    op.create_index(
        "sweep_runs_running",
        "sweep_runs",
        ["account_id", "board_id"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_index("sweep_runs_board", "sweep_runs", ["account_id", "board_id", "id"])
    op.create_index("sweep_runs_begun", "sweep_runs", ["begun_at"])
    op.create_table(
        "sweep_listed",
        sa.Column("run_id", _ROW_ID, sa.ForeignKey("sweep_runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("item_id", sa.String(32), primary_key=True),
    )
    op.create_table(
        "item_traces",
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("board_id", sa.String(32), primary_key=True),
        sa.Column("item_id", sa.String(32), primary_key=True),
        sa.Column("trace", sa.String(120), nullable=False),
        sa.Column("updates_at", sa.String(40), nullable=False),
    )
    op.create_table(
        "sweep_healed",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("run_id", _ROW_ID, sa.ForeignKey("sweep_runs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("item_id", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("column_key", sa.String(64)),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("sweep_healed_run", "sweep_healed", ["run_id"])
    op.drop_column("sides", "trace")


def downgrade() -> None:
    op.add_column("sides", sa.Column("trace", sa.String(120)))
    for table in ("sweep_healed", "item_traces", "sweep_listed", "sweep_runs"):
        op.drop_table(table)
