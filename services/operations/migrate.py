"""`migrate`: brings the databases to the newest migration."""

import os
from collections.abc import Callable

import click

from services.kit.db import Engine, create_if_missing, engine, translated
from services.kit.settings import load
from services.notify.store.migrate import NOTIFY, SECRETS
from services.operations.settings import PREFIX, InstallationSettings
from services.reporting.store.migrate import migrate


@click.command("migrate")
def command() -> None:
    """Cập nhật các cơ sở dữ liệu, tạo cái còn thiếu. / Bring the databases to the newest migration.

    One that its server does not have yet is made, if we may. Harmless when there is nothing to do.
    """
    settings = load(PREFIX, InstallationSettings, os.environ)
    _bring("reporting", settings.database_url, migrate)
    _bring("notify", settings.notify_database_url, NOTIFY.migrate)
    _bring("notify secrets", settings.notify_secrets_database_url, SECRETS.migrate)


def _bring(name: str, url: str, to_newest: Callable[[Engine], None]) -> None:
    database = engine(url, pool_size=1, application_name="migrate", statement_timeout_ms=600_000)
    try:
        with translated():
            create_if_missing(database)
            to_newest(database)
    finally:
        database.dispose()
    click.echo(f"{name}: đã cập nhật / up to date")
