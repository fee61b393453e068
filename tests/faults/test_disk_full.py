"""A disk full to the last byte, the broker's or the database's, while agencies post; then there is room again."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from deploy.laptop.account import account
from deploy.laptop.broker import Broker
from deploy.laptop.database import Database
from deploy.laptop.ports import free_port, free_ports
from services.reporting.store.migrate import migrate
from tests.faults.conftest import Paths
from tests.support.broker import Jars
from tests.support.doors import LIVE, DoorProcess, install, open_door
from tests.support.ingesting import rows
from tests.support.pledge_load import DECLARED_DEADLINE_S, Load
from tests.support.replay import assert_ends_as_undisturbed
from tests.support.services import Services
from tests.support.small_disk import SmallDisk, small_disk
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
ANSWERED_WITHIN_S = 2 * DECLARED_DEADLINE_S
"""The promise is the deadline; the rest is for a busy machine, on which the client measures itself too."""
LEFT_BYTES = 400_000
DISK_FULL = "53100"
REPORT: dict[str, Any] = {
    "programme": LIVE,
    "form": "BC-THANG-UBND",
    "unit": "18115",
    "nil": True,
}


def wait_for_more(load: Load, status: int, more: int, path: WholePath) -> None:
    wanted = len(load.of(status)) + more
    until(lambda: len(load.of(status)) >= wanted, lambda: f"{load.answers[-5:]} {path.output()}", PATIENCE_S)


@pytest.fixture
def cramped(run_folder: Path, broker_jars: Jars, tmp_path: Path) -> Iterator[tuple[Broker, SmallDisk]]:
    """A broker whose log lies on a small disk."""
    broker = Broker.create(run_folder / "cramped-broker", broker_jars, free_ports(2))
    data, kept = broker.home / "n1" / "data", tmp_path / "formatted"
    shutil.copytree(data, kept)
    with small_disk(data, megabytes=96) as disk:
        shutil.copytree(kept, data, dirs_exist_ok=True)
        broker.start()
        yield broker, disk
        broker.kill()


def test_a_full_disk_of_the_broker_is_answered_503_in_time_and_loses_and_doubles_nothing(
    path_on: Paths, cramped: tuple[Broker, SmallDisk]
) -> None:
    broker, disk = cramped
    path = path_on(broker)
    loops = [path.ingest(), path.evaluate()]
    door = path.pledge()
    load = path.load(door)
    load.begin()
    wait_for_more(load, 202, 40, path)
    disk.fill(LEFT_BYTES)
    wait_for_more(load, 503, 8, path)
    until(lambda: not door.ready(), lambda: "still ready", PATIENCE_S)
    until(lambda: not broker.running, lambda: "the broker goes on without a disk", PATIENCE_S)
    wait_for_more(load, 503, 4, path)  # of each client one, which it had in hand
    accepted = len(load.of(202))
    wait_for_more(load, 503, 4, path)
    assert len(load.of(202)) == accepted, "accepted by nobody"
    assert "No space left on device" in (broker.home / "n1" / "broker.log").read_text()
    disk.make_room()
    broker.start()
    wait_for_more(load, 202, 40, path)
    load.end()

    assert max(answer.took_s for answer in load.of(503)) < ANSWERED_WITHIN_S
    assert all(loop.service.process.alive for loop in loops)
    assert_ends_as_undisturbed(path, load)


@pytest.fixture
def cramped_database(run_folder: Path, tmp_path: Path) -> Iterator[tuple[Database, SmallDisk]]:
    """A server whose data lie on a small disk."""
    database = Database.create(run_folder / "cramped-database", account(), free_port())
    kept = tmp_path / "initialised"
    subprocess.run(["cp", "--archive", str(database.data), str(kept)], check=True)
    with small_disk(database.data, megabytes=128) as disk:
        subprocess.run(["cp", "--archive", f"{kept}/.", str(database.data)], check=True)
        database.start()
        yield database, disk
        database.kill()
    database.remove()


@dataclass(frozen=True)
class Town:
    """Everything that reads and writes; the database is for this test to break."""

    path: WholePath
    database: Database
    disk: SmallDisk
    reports: DoorProcess
    reading: DoorProcess

    def statuses(self) -> int:
        """What a reader is answered."""
        return self.reading.client.get("/v1/status", params={"programme": LIVE, "period": "2024-M03"}).status_code

    def report(self, period: str) -> int:
        """What an agency is answered that sends a plain report."""
        body, token = {**REPORT, "period": period}, self.path.installation.token("report")
        return self.reports.post("/v1/reports", body, token, f"report-of-{period}").status_code

    def log(self) -> str:
        return (self.database.home / "database.log").read_text(errors="replace")

    def use_up_the_journal(self) -> bool:
        """Writes to the journal alone; whether the server has gone down over it."""
        try:
            with psycopg.connect(self.database.url(), autocommit=True) as connection:
                connection.execute("select pg_logical_emit_message(false, 'test', repeat('x', 1000000))")
        except psycopg.OperationalError:
            return "PANIC" in self.log()
        return False


@pytest.fixture
def town(
    breakable: Broker, cramped_database: tuple[Database, SmallDisk], start_service: Services, tmp_path: Path
) -> Iterator[Town]:
    database, disk = cramped_database
    engine = create_engine(database.url(), pool_pre_ping=True)
    migrate(engine)
    path = WholePath(install(breakable.bootstrap_servers, tmp_path / "installation"), engine, start_service)
    reports = open_door(start_service, path.installation, "REPORTING_INTAKE", "services.reporting", "intake")
    reading = path.installation.with_environment(DATABASE_URL=path.database_url)
    serve = open_door(start_service, reading, "REPORTING_SERVE", "services.reporting", "serve")
    yield Town(path, database, disk, reports, serve)
    engine.dispose()


def test_a_full_disk_of_the_database_is_waited_out_and_all_is_exact_when_there_is_room_again(town: Town) -> None:
    path = town.path
    ingest, evaluate = path.ingest(), path.evaluate()
    load = path.load(path.pledge())
    load.begin()
    until(lambda: rows(path.engine, "select 1 from status limit 1"), path.output, PATIENCE_S)
    town.disk.fill()
    until(lambda: DISK_FULL in ingest.service.output, path.output, PATIENCE_S)
    until(lambda: ingest.metric("database_unavailable_total") > 0, path.output, PATIENCE_S)
    until(lambda: not ingest.ready(), path.output, PATIENCE_S)
    wait_for_more(load, 202, 20, path)  # nothing that is posted waits for reporting's database
    assert town.report("2024-M02") == 202
    assert town.statuses() in (200, 503)
    until(town.use_up_the_journal, town.log, PATIENCE_S)
    until(lambda: town.statuses() == 503, town.log, PATIENCE_S)
    wait_for_more(load, 202, 20, path)
    assert town.report("2024-M03") == 202
    town.disk.make_room()
    town.database.start()
    until(lambda: town.statuses() == 200, town.log, PATIENCE_S)
    wait_for_more(load, 202, 20, path)
    load.end()

    assert load.of(503) == []
    assert (ingest.service.process.alive, evaluate.service.process.alive) == (True, True)
    assert_ends_as_undisturbed(path, load)
