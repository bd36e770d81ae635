"""Alembic's entry: runs migrations on the connection that `app.schema` hands over."""

from alembic import context

from app import schema

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=schema.metadata(),
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
