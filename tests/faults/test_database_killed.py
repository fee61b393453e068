"""PostgreSQL killed, and its sessions cut in mid-transaction, while agencies post."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from deploy.laptop.broker import Broker
from deploy.laptop.database import Database
from services.reporting.store.migrate import migrate
from tests.support.database import start
from tests.support.doors import install
from tests.support.pledge_load import Load
from tests.support.services import Services
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
_CUT = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'reporting ingest' and xact_start is not null and pid <> pg_backend_pid()
"""


@pytest.fixture
def own_database(run_folder: Path) -> Iterator[Database]:
    """A server of this test's own."""
    database = start(run_folder / "killed-database")
    yield database
    database.stop()
    database.remove()


def wait_for_more(load: Load, more: int) -> None:
    wanted = len(load.of(202)) + more
    until(lambda: len(load.of(202)) >= wanted, lambda: f"{load.answers[-5:]}", PATIENCE_S)


def cut_in_mid_transaction(database: Database, times: int) -> None:
    """Ends sessions of ingest that are in the middle of a transaction, so many."""
    with psycopg.connect(database.url("binh_yen"), autocommit=True) as connection:
        cut = 0

        def cut_some() -> bool:
            nonlocal cut
            cut += len(connection.execute(_CUT).fetchall())
            return cut >= times

        until(cut_some, lambda: f"only {cut} were in a transaction", PATIENCE_S)


def test_a_database_killed_and_its_sessions_cut_under_load_leave_exact_totals(
    breakable: Broker, own_database: Database, start_service: Services, tmp_path: Path
) -> None:
    engine = create_engine(own_database.url(), pool_pre_ping=True)
    migrate(engine)
    installation = install(breakable.bootstrap_servers, tmp_path / "installation")
    path = WholePath(installation, engine, start_service)
    ingest = path.ingest()
    load = path.load(path.pledge())
    load.begin()
    wait_for_more(load, 20)
    cut_in_mid_transaction(own_database, 5)
    own_database.kill()
    wait_for_more(load, 20)  # nothing that is posted waits for reporting's database
    until(lambda: ingest.metric("database_unavailable_total") > 0, path.output, PATIENCE_S)
    own_database.start()
    wait_for_more(load, 20)
    load.end()

    path.assert_undisturbed(load)
    assert '"resting"' in ingest.service.output
    assert ingest.service.process.alive
    assert load.of(503) == []
    engine.dispose()
