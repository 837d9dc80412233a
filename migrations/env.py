"""Runs the migrations over the connection that `consultation.storage.store.migrate` passes in."""

from alembic import context
from sqlmodel import SQLModel

import consultation.storage.tables  # noqa: F401 - the tables register themselves

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run 'sayso migrate' (it passes the database of your data folder), not alembic by itself.")
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
