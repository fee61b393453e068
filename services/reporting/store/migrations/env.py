"""Alembic's entry: the connection is handed in by `services.reporting.store.migrate`, never read from a file."""

from alembic import context

from services.reporting.store.columns import SHARED, metadata
from services.reporting.store.migrate import VERSION_TABLE

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=SHARED,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
