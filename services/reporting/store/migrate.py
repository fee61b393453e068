"""Brings the database of reporting to the newest migration."""

from pathlib import Path
from typing import Final, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from services.reporting.store.columns import SHARED

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x62795F6D
VERSION_TABLE: Final = "migration"


class Migrated(NamedTuple):
    """Where a database stands: `revision` None before the first migration; `known`: whether this code has it."""

    head: str
    revision: str | None
    known: bool


def migrate(engine: Engine) -> None:
    """Runs what is missing in one transaction; a second process waits for it and then finds nothing to do."""
    config = _config()
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(f"create schema if not exists {SHARED}"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def migrated(connection: Connection) -> Migrated:
    """Looks, and changes nothing."""
    scripts = ScriptDirectory.from_config(_config())
    named = {"version_table": VERSION_TABLE, "version_table_schema": SHARED}
    revision = MigrationContext.configure(connection, opts=named).get_current_revision()
    known = revision in {script.revision for script in scripts.walk_revisions()}
    return Migrated(scripts.get_current_head() or "", revision, known)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
