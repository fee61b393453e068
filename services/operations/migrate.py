"""`migrate`: brings the databases to the newest migration."""

import os

import click

from services.kit.db import engine, translated
from services.kit.settings import load
from services.operations.settings import PREFIX, InstallationSettings
from services.reporting.store.migrate import migrate


@click.command("migrate")
def command() -> None:
    """Cập nhật cơ sở dữ liệu. / Bring the database to the newest migration; harmless when it is there already."""
    settings = load(PREFIX, InstallationSettings, os.environ)
    database = engine(settings.database_url, pool_size=1, application_name="migrate", statement_timeout_ms=600_000)
    try:
        with translated():
            migrate(database)
    finally:
        database.dispose()
    click.echo("reporting: đã cập nhật / up to date")
