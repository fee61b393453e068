"""What the commands on notices share: the database, an outcome as an exit code, and how something is told."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import click

from services.kit.db import Connection, engine, retry_conflicts
from services.kit.runtime import run
from services.kit.settings import load
from services.notify.settings import COMMAND, NoticeSettings

NOT_THERE: Final = 1
Work = Callable[[Connection, NoticeSettings], int]
PLAIN: Final = click.option("--json", "plain", is_flag=True, help="Trả lời bằng JSON. / Answer as JSON.")


def within(work: Work) -> None:
    """Ends with the exit codes of `kit.runtime`: one transaction on notify's database."""
    sys.exit(run(lambda _stop: _transaction(work)))


def tell(rows: Iterable[Mapping[str, Any]], *, plain: bool) -> None:
    """A line each."""
    if plain:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        click.echo("  ".join(f"{name}={value}" for name, value in row.items() if value not in (None, "")))


def _transaction(work: Work) -> int:
    settings = load(COMMAND, NoticeSettings, os.environ)
    database = engine(settings.notify_database_url, pool_size=1, application_name="notify command")

    def transaction() -> int:
        with database.begin() as connection:
            return work(connection, settings)

    try:
        return retry_conflicts(transaction)
    finally:
        database.dispose()
