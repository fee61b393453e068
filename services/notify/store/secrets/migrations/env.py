"""Alembic's entry."""

from services.notify.store.migrate import SECRETS

SECRETS.run()
