"""Brings the database of reporting to the newest migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from services.reporting.store.columns import SHARED

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x62795F6D


def migrate(engine: Engine) -> None:
    """Runs what is missing in one transaction; a second process waits for it and then finds nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(f"create schema if not exists {SHARED}"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
