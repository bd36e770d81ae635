"""Files: where people put them, where their copies are, and their content on the way."""

import sqlalchemy as sa
from alembic import op

from app.db import RowId

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("story", sa.String(40), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("asset_id", sa.String(32), nullable=False),
        sa.Column("side_id", RowId, sa.ForeignKey("sides.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("copy_side_id", RowId, sa.ForeignKey("sides.id")),
        sa.Column("bearer_change_id", sa.Integer()),
        sa.Column("bearer_id", sa.String(32)),
        sa.Column("bearer_parent_id", sa.String(32)),
        sa.Column("copy_change_id", sa.Integer()),
        sa.Column("copy_account_id", sa.String(32)),
        sa.Column("copy_asset_id", sa.String(32)),
        sa.Column("link_key", sa.String(64), unique=True),
        sa.UniqueConstraint("story", "role", "place", "asset_id", name="files_place"),
    )
    op.create_index("files_bearer", "files", ["bearer_change_id"])
    op.create_index("files_copy", "files", ["copy_change_id"])
    op.create_table(
        "file_pieces",
        sa.Column("file_id", RowId, sa.ForeignKey("files.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.add_column("changes", sa.Column("not_before", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("changes", "not_before")
    op.drop_table("file_pieces")
    op.drop_table("files")
