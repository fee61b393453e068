"""Migrations of a database: to the newest one, or only looked at. A chain has a folder and a schema of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

_LOCK: Final = 0x62795F6D
_VERSION_TABLE: Final = "migration"


class Migrated(NamedTuple):
    """Where a database stands: `revision` None before the first migration; `known`: whether this code has it."""

    head: str
    revision: str | None
    known: bool


@dataclass(frozen=True)
class Migrations:
    """`folder` holds Alembic's `env.py` (which calls `run`) and `versions`; `schema` the table of the version too."""

    folder: Path
    schema: str
    metadata: MetaData

    def migrate(self, engine: Engine) -> None:
        """Runs what is missing in one transaction; a second process waits for it and then finds nothing to do."""
        config = self._config()
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            connection.execute(text(f"create schema if not exists {self.schema}"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def migrated(self, connection: Connection) -> Migrated:
        """Looks, and changes nothing."""
        scripts = ScriptDirectory.from_config(self._config())
        named = {"version_table": _VERSION_TABLE, "version_table_schema": self.schema}
        revision = MigrationContext.configure(connection, opts=named).get_current_revision()
        known = revision in {script.revision for script in scripts.walk_revisions()}
        return Migrated(scripts.get_current_head() or "", revision, known)

    def run(self) -> None:
        """What Alembic's `env.py` does: the connection is handed in by `migrate`, never read from a file."""
        context.configure(
            connection=context.config.attributes["connection"],
            target_metadata=self.metadata,
            version_table=_VERSION_TABLE,
            version_table_schema=self.schema,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(self.folder))
        return config
