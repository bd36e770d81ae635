"""Alembic's entry: runs migrations on the connection that `app.schema` hands over."""

from typing import Any, Literal

from alembic import context

from app import schema
from app.db import RowId, UtcDateTime


def _render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Spell our own column types by their names."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and item is RowId:
        return "RowId"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=schema.metadata(),
    render_item=_render,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
