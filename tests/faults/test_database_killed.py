"""PostgreSQL killed, its sessions cut in mid-transaction, and our own processes killed, while agencies post."""

import random
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
from tests.support.ingesting import rows
from tests.support.pledge_load import Load
from tests.support.services import Services
from tests.support.waiting import until
from tests.support.whole_path import Watched, WholePath

PATIENCE_S = 60.0
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


def test_ingest_and_evaluate_killed_again_and_again_under_load_leave_facts_and_statuses_exact(path: WholePath) -> None:
    chance = random.Random(20240219)
    load = path.load(path.pledge())
    victims: dict[str, Watched] = {}

    def begin(name: str) -> None:
        own = {"REPORTING_INGEST_GROUP": f"group-{len(path.watched)}"}  # nobody waits for the session of the dead
        victims[name] = path.ingest(**own) if name == "ingest" else path.evaluate()

    begin("ingest")
    begin("evaluate")
    load.begin()
    for name in ("ingest", "evaluate", "ingest", "ingest"):
        read = _events(path)
        until(lambda read=read: _events(path) > read, path.output, PATIENCE_S)
        wait_for_more(load, chance.randrange(1, 40))
        victims[name].service.kill()
        begin(name)
    load.end()

    path.assert_undisturbed(load)
    path.assert_statuses_are_computed()


def _events(path: WholePath) -> int:
    (row,) = rows(path.engine, "select count(*) as n from event")
    return int(row.n)
