"""What the operators' commands on the facts have in common: a database, one transaction, the exit codes."""

import os
import sys
from collections.abc import Callable

from services.kit.db import Connection, engine, translated
from services.kit.runtime import run
from services.kit.settings import load
from services.reporting.settings import DatabaseSettings

LONG_STATEMENT_MS = 3_600_000


def in_transaction(work: Callable[[Connection], int | None]) -> None:
    """Runs `work` in one transaction and ends the process with what it returns."""

    def once() -> int | None:
        url = load("REPORTING_COMMAND", DatabaseSettings, os.environ).database_url
        database = engine(
            url, pool_size=1, application_name="reporting command", statement_timeout_ms=LONG_STATEMENT_MS
        )
        try:
            with translated(), database.begin() as connection:
                return work(connection)
        finally:
            database.dispose()

    sys.exit(run(lambda _: once()))
