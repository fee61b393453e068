"""The evaluator's connection: the session that holds its lock is the one that writes, so a lost lock cannot write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from services.kit.db import sqlstate, translated
from services.kit.errors import Fenced, Unavailable
from services.reporting.store import generations
from services.reporting.store.facts import CHANNEL

EVALUATE_LOCK: Final = 0x62796576
"""Advisory lock, together with the number of the generation."""
LOCK_NOT_AVAILABLE: Final = "55P03"
FROZEN_AFTER_S: Final = 30
"""Longer than any pause between two statements of ours: a step of thousands of cells, an answer of the log."""


@dataclass(frozen=True)
class Work:
    """A transaction of the evaluator. `served`: the generation that is served."""

    connection: Connection
    generation: int
    served: int | None

    @property
    def publishes(self) -> bool:
        return self.generation == self.served


class Lease:
    """Held by one process for a generation until it is closed or its session ends, however that comes about."""

    def __init__(self, connection: Connection, generation: int, *, follows_current: bool) -> None:
        self._connection = connection
        self._follows_current = follows_current
        self.generation = generation

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One REPEATABLE READ transaction. Raises Fenced when another generation is served now, and Unavailable.

        The lock against a switch is taken before BEGIN: the snapshot must not be older than what it protects.
        """
        with translated(), self._against_a_switch(), self._transaction() as connection:
            current = generations.current(connection)
            if self._follows_current and current != self.generation:
                raise Fenced(f"generation {current} is served now")
            yield Work(connection, self.generation, served=current)

    def wait(self, timeout_s: float) -> bool:
        """Waits for word of new facts, at most so long; whether it came."""
        with translated():
            driver = self._connection.connection.driver_connection
        assert driver is not None
        try:
            return next(driver.notifies(timeout=timeout_s, stop_after=1), None) is not None
        except psycopg.OperationalError as error:  # not seen by SQLAlchemy, which knows nothing of notifications
            raise Unavailable("database", detail=error.sqlstate or "the session has ended") from error

    def touch(self) -> None:
        """Shows that we are not frozen, where we are busy with something else. Raises Unavailable."""
        with translated():
            self._connection.execute(text("select 1"))

    @contextmanager
    def alone(self, within_ms: int) -> Iterator[None]:
        """Nobody else begins to work on a served generation meanwhile: ingest and every evaluator wait.

        Raises Unavailable when those who are at work do not end within so long. Whatever is raised inside, the lease
        must be closed: the session's end gives back what it holds.
        """
        lock = {"lock": generations.SWITCH_LOCK}
        self._connection.execute(text(f"set lock_timeout = '{within_ms}ms'"))
        try:
            self._connection.execute(text("select pg_advisory_lock(:lock)"), lock)
        except DBAPIError as error:
            if sqlstate(error) != LOCK_NOT_AVAILABLE:
                raise
            raise Unavailable("lock", detail="others are still at work") from error
        self._connection.execute(text(f"set lock_timeout = 0; set statement_timeout = '{within_ms}ms'"))
        yield
        self._connection.execute(text("select pg_advisory_unlock(:lock)"), lock)

    def close(self) -> None:
        """Ends the session, and with it the lock."""
        _end(self._connection)

    @contextmanager
    def _against_a_switch(self) -> Iterator[None]:
        lock = {"lock": generations.SWITCH_LOCK}
        self._connection.execute(text("select pg_advisory_lock_shared(:lock)"), lock)
        yield
        self._connection.execute(text("select pg_advisory_unlock_shared(:lock)"), lock)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        connection = _isolated(self._connection, "REPEATABLE READ")
        try:
            with connection.begin():
                yield generations.bind(connection, self.generation)
        finally:
            if not connection.invalidated:
                _isolated(connection, "AUTOCOMMIT")


def acquire(engine: Engine, generation: int | None = None, frozen_after_s: int = FROZEN_AFTER_S) -> Lease | None:
    """The lease of a generation (None: the one that is served); None while another process holds it.

    The database ends the session of a holder that has said nothing for `frozen_after_s`: the kernel answers for a
    frozen process for ever. Raises Unavailable, also before the first migration.
    """
    with translated():
        connection = _isolated(engine.connect(), "AUTOCOMMIT")
        try:
            number = generation or _served(connection)
            if _locked(connection, number):
                _end_when_frozen(connection, frozen_after_s)
                connection.execute(text(f"listen {CHANNEL}"))
                return Lease(connection, number, follows_current=generation is None)
        except (DBAPIError, Unavailable):
            _end(connection)
            raise
        connection.close()
        return None


def _end(connection: Connection) -> None:
    """Closing alone would give the session back to the pool, with its locks."""
    connection.invalidate()
    connection.close()


def _served(connection: Connection) -> int:
    number = generations.current(connection)
    if number is None:
        raise Unavailable("database", detail="no generation is served yet")
    return number


def _locked(connection: Connection, generation: int) -> bool:
    given = {"lock": EVALUATE_LOCK, "generation": generation}
    return bool(connection.scalar(text("select pg_try_advisory_lock(:lock, :generation)"), given))


def _end_when_frozen(connection: Connection, after_s: int) -> None:
    for state in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"set {state} = '{after_s}s'"))


def _isolated(connection: Connection, level: str) -> Connection:
    """Between transactions only; what SQLAlchemy began by itself is ended first."""
    connection.rollback()
    return connection.execution_options(isolation_level=level)
