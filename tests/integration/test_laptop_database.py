"""The laptop's database: its password, its address, and its return after a kill."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from deploy.laptop import guard, processes
from deploy.laptop.database import Database
from tests.support import database as databases
from tests.support.database import Server
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def own_database(run_folder: Path) -> Iterator[Database]:
    """One for this file; a test that ends it leaves it running again."""
    home = run_folder / "own-database"
    yield databases.start(home)
    guard.clear(home)


def _value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("said", ["postgresql://binh_yen@", "postgresql://binh_yen:wrong@"])
def test_nobody_gets_in_without_the_password(own_database: Database, said: str) -> None:
    url = f"{said}127.0.0.1:{own_database.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, passfile="/dev/null")


def test_two_servers_have_different_passwords(own_database: Database, database: Server) -> None:
    assert f":{own_database.password}@" not in database.url


def test_a_database_listens_on_the_loopback_address_only(own_database: Database) -> None:
    process = processes.recorded(own_database.home)
    assert process is not None
    connections = psutil.Process(process.pid).net_connections("all")
    assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_a_database_never_runs_as_root(own_database: Database) -> None:
    process = processes.recorded(own_database.home)
    assert process is not None
    assert 0 not in psutil.Process(process.pid).uids()


def test_the_password_lies_in_no_file_that_others_may_read(own_database: Database) -> None:
    said = own_database.password.encode()
    readable = [path for path in own_database.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert [path for path in readable if said in path.read_bytes()] == []


def test_a_committed_row_is_there_after_kill_and_start(own_database: Database) -> None:
    with psycopg.connect(own_database.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    own_database.kill()
    assert not own_database.running
    own_database.start()
    assert _value(own_database.url(), "SELECT number FROM kept") == 42


def test_a_stopped_database_can_move_to_another_port_with_its_rows(own_database: Database) -> None:
    with psycopg.connect(own_database.url()) as connection:
        connection.execute("CREATE TABLE moved AS SELECT 7 AS number")
    own_database.stop()
    port = free_port()
    moved = own_database.on(port)
    moved.start()
    assert f":{port}/" in moved.url()
    assert _value(moved.url(), "SELECT number FROM moved") == 7
    moved.stop()
    own_database.start()


def test_every_test_gets_an_empty_database_of_its_own(database: Server) -> None:
    with database.fresh() as one, database.fresh() as other:
        assert _value(one, "SELECT current_database()") != _value(other, "SELECT current_database()")
        assert _value(one, "SELECT count(*) FROM information_schema.tables WHERE table_schema='public'") == 0


def test_a_fresh_database_is_dropped_even_while_sessions_are_open(database: Server) -> None:
    with database.fresh() as url:
        session = psycopg.connect(url)
    session.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_filled_template_is_copied_with_its_rows(database: Server) -> None:
    def fill(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE filled AS SELECT 3 AS number")

    with database.fresh(database.template(fill)) as url:
        assert _value(url, "SELECT number FROM filled") == 3
