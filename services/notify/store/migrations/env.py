"""Alembic's entry."""

from services.notify.store.migrate import NOTIFY

NOTIFY.run()
