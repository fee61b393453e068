"""`migrate`: brings the databases to the newest migration."""

import os
from dataclasses import dataclass

import click

from services.kit.db import engine, translated
from services.kit.settings import load, setting
from services.operations.settings import OperationsSettings
from services.reporting.store.migrate import migrate


@dataclass(frozen=True, kw_only=True)
class MigrateSettings(OperationsSettings):
    """And which database: the operators' own name of reporting's, or the shared one."""

    database_url: str = setting()


@click.command("migrate")
def command() -> None:
    """Cập nhật cơ sở dữ liệu. / Bring the database to the newest migration; harmless when it is there already."""
    settings = load("OPERATIONS", MigrateSettings, os.environ)
    database = engine(settings.database_url, pool_size=1, application_name="migrate", statement_timeout_ms=600_000)
    try:
        with translated():
            migrate(database)
    finally:
        database.dispose()
    click.echo("reporting: đã cập nhật / up to date")
