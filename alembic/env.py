"""Runs the migrations over the connection that service/db/migrations.py hands in."""

from alembic import context
from service.models import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run the migrations by `tradeflows migrate`: it opens the connection and takes the lock.")

context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
