"""Alembic's entry."""

from services.reporting.store.migrate import MIGRATIONS

MIGRATIONS.run()
