"""What the database's errors mean, on a real PostgreSQL."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.kit import db
from services.kit.db import SessionLock, retry_conflicts, translated
from services.kit.errors import Misconfigured, Unavailable
from tests.support.database import Server
from tests.support.ports import free_port


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = db.engine(database_url, pool_size=4, application_name="test")
    with engine.begin() as tx:
        tx.execute(text("CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)"))
        tx.execute(text("INSERT INTO item VALUES (1, 0), (2, 0)"))
    yield engine
    engine.dispose()


def end_other_sessions(engine: Engine) -> None:
    """As a restart of the server would."""
    with engine.begin() as tx:
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_sessions_speak_utc_and_name_themselves(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW timezone")) == "UTC"
        assert connection.scalar(text("SHOW application_name")) == "test"
        assert connection.scalar(text("SHOW statement_timeout")) == "30s"


def test_a_schema_may_come_first(database_url: str, engine: Engine) -> None:
    with engine.begin() as tx:
        tx.execute(text("CREATE SCHEMA g1"))
    chosen = db.engine(database_url, pool_size=1, application_name="test", schema="g1")
    with chosen.begin() as tx:
        assert tx.scalar(text("SELECT current_schema()")) == "g1"
    chosen.dispose()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    nowhere = db.engine(f"postgresql://me:pw@127.0.0.1:{free_port()}/x", pool_size=1, application_name="test")
    with pytest.raises(Unavailable) as caught, translated(), nowhere.connect():
        pass
    assert caught.value.dependency == "database"


def test_a_url_that_is_none_is_misconfigured() -> None:
    with pytest.raises(Misconfigured):
        db.engine("nonsense", pool_size=1, application_name="test")


def test_a_session_that_was_ended_is_unavailable_once(engine: Engine, database_url: str) -> None:
    other = db.engine(database_url, pool_size=1, application_name="other")

    def interrupted() -> None:
        with translated(), engine.begin() as tx:
            tx.execute(text("SELECT 1"))
            end_other_sessions(other)
            tx.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        interrupted()
    other.dispose()
    with engine.begin() as tx:
        assert tx.scalar(text("SELECT count(*) FROM item")) == 2


def test_a_statement_that_takes_too_long_is_unavailable(database_url: str) -> None:
    hasty = db.engine(database_url, pool_size=1, application_name="test", statement_timeout_ms=100)
    with pytest.raises(Unavailable), translated(), hasty.connect() as connection:
        connection.execute(text("SELECT pg_sleep(10)"))
    hasty.dispose()


def test_a_pool_that_is_used_up_is_unavailable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "POOL_TIMEOUT_S", 0.1)
    small = db.engine(database_url, pool_size=1, application_name="test")
    with small.connect(), pytest.raises(Unavailable), translated(), small.connect():
        pass
    small.dispose()


def test_a_mistake_stays_a_mistake_and_shows_no_values(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, translated(), engine.begin() as tx:
        tx.execute(text("INSERT INTO item VALUES (1, :value)"), {"value": 424_242})
    assert not db.is_conflict(caught.value)
    assert "424242" not in str(caught.value)


def test_of_two_transactions_in_each_others_way_both_succeed_in_the_end(engine: Engine) -> None:
    both_hold_one = threading.Barrier(2)
    retries: list[int] = []

    def add(first: int, second: int) -> None:
        attempts: list[int] = []

        def transaction() -> None:
            with engine.begin() as tx:
                tx.execute(text("UPDATE item SET value = value + 1 WHERE id = :id"), {"id": first})
                if not attempts:
                    attempts.append(1)
                    both_hold_one.wait(10)
                tx.execute(text("UPDATE item SET value = value + 1 WHERE id = :id"), {"id": second})

        retry_conflicts(transaction, on_retry=lambda: retries.append(1))

    threads = [threading.Thread(target=add, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT value FROM item ORDER BY id")).all() == [2, 2]
    assert retries


def test_a_transaction_that_always_loses_is_given_up_as_unavailable(engine: Engine) -> None:
    tried: list[int] = []

    def transaction() -> None:
        tried.append(1)
        with engine.begin() as tx:
            tx.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    with pytest.raises(Unavailable):
        retry_conflicts(transaction, attempts=3, sleep=lambda _: None)
    assert len(tried) == 3


def test_a_mistake_is_not_repeated(engine: Engine) -> None:
    tried: list[int] = []

    def transaction() -> None:
        tried.append(1)
        with engine.begin() as tx:
            tx.execute(text("SELECT nonsense"))

    with pytest.raises(DBAPIError):
        retry_conflicts(transaction, sleep=lambda _: None)
    assert len(tried) == 1


def test_one_session_holds_a_lock_until_it_gives_it_back(engine: Engine) -> None:
    first, second = SessionLock(engine, "evaluate"), SessionLock(engine, "evaluate")
    assert not first.held()
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    assert SessionLock(engine, "another").acquire()
    first.release()
    assert not first.held()
    assert second.acquire()


def test_a_lock_ends_with_its_session_and_the_holder_sees_it(engine: Engine, database_url: str) -> None:
    first, second = SessionLock(engine, "evaluate"), SessionLock(engine, "evaluate")
    assert first.acquire()
    other = db.engine(database_url, pool_size=1, application_name="other")
    end_other_sessions(other)
    other.dispose()
    assert second.acquire()
    assert not first.held()
    assert not first.acquire()


def test_a_database_that_its_server_lacks_is_made_once(database: Server, database_url: str) -> None:
    name = f'{database_url.rpartition("/")[2]} "new"'
    new = db.engine(database.url_of(name), pool_size=1, application_name="test")
    db.create_if_missing(new)
    db.create_if_missing(new)
    with new.connect() as connection:
        assert connection.scalar(text("select current_database()")) == name
    new.dispose()
    database._execute("DROP DATABASE {}", name)
