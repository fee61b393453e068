"""The door to PostgreSQL: an engine, what its errors mean, retries of conflicts, and locks that end with a session."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg.types.array import ListBinaryDumper
from psycopg.types.json import set_json_loads
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.kit.errors import Misconfigured, Unavailable

__all__ = [
    "Connection",
    "Engine",
    "SessionLock",
    "create_if_missing",
    "engine",
    "is_conflict",
    "is_unavailable",
    "retry_conflicts",
    "sqlstate",
    "translated",
]

T = TypeVar("T")
POOL_TIMEOUT_S = 2
CONNECT_TIMEOUT_S = 2
_CONFLICTS = ("40001", "40P01", "55P03")  # serialisation failure, deadlock, lock not available
_AWAY = ("08", "53", "57", "25006")  # connection, resources, operator intervention, read-only after a failover
_FIRST_BACKOFF_S = 0.01
_LONGEST_BACKOFF_S = 0.5


def engine(
    url: str, *, pool_size: int, application_name: str, statement_timeout_ms: int = 30_000, schema: str | None = None
) -> Engine:
    """An engine for psycopg 3, which connects on first use. `schema` goes first in the search path.

    Parameters are never shown in errors, because they are people's data.
    """
    try:
        target = make_url(url).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise Misconfigured(["the database's URL cannot be parsed"]) from error
    made = create_engine(
        target,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "application_name": application_name,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": _session_options(statement_timeout_ms, schema),
        },
    )
    event.listen(made, "connect", _suit_bulk)
    return made


def _suit_bulk(connection: psycopg.Connection[Any], _record: object) -> None:
    """Lists go as binary arrays: as text, every word of them would be searched for what must be escaped."""
    connection.adapters.register_dumper(list, ListBinaryDumper)
    set_json_loads(msgspec.json.decode, connection)


def _session_options(statement_timeout_ms: int, schema: str | None) -> str:
    options = {
        "statement_timeout": str(statement_timeout_ms),
        "timezone": "UTC",
        # A peer that died without a word must not hold its locks for two hours.
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        **({"search_path": schema} if schema else {}),
    }
    return " ".join(f"-c {name}={value}" for name, value in options.items())


def create_if_missing(engine: Engine) -> None:
    """Makes the database that the engine's URL names where its server does not have it; our role must be allowed to."""
    try:
        engine.connect().close()
    except OperationalError as error:
        if f'"{engine.url.database}" does not exist' not in str(error.orig):  # no SQLSTATE comes with it
            raise
        server = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT", hide_parameters=True)
        with server.connect() as connection:
            connection.execute(text(f"create database {_quoted(str(engine.url.database))}"))
        server.dispose()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sqlstate(error: BaseException) -> str:
    """The five letters of PostgreSQL, or empty."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""


def is_conflict(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is repeated."""
    return isinstance(error, DBAPIError) and sqlstate(error) in _CONFLICTS


def is_unavailable(error: BaseException) -> bool:
    """Whether the database is away, full, or too slow: try later."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = sqlstate(error)
    lost = error.connection_invalidated or (isinstance(error, (OperationalError, InterfaceError)) and not state)
    return lost or state.startswith(_AWAY)


@contextmanager
def translated() -> Iterator[None]:
    """What means "try later" becomes Unavailable; conflicts and mistakes pass as they are."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if is_unavailable(error):
            raise Unavailable("database", detail=sqlstate(error) or type(error).__name__) from error
        raise


def retry_conflicts(
    transaction: Callable[[], T],
    attempts: int = 8,
    on_retry: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Run a whole transaction, again when it lost against another. Raises Unavailable at the end of the attempts."""
    last: DBAPIError | None = None
    for attempt in range(attempts):
        try:
            with translated():
                return transaction()
        except DBAPIError as error:
            if not is_conflict(error):
                raise
            last = error
        on_retry()
        sleep(_backoff_s(attempt))
    raise Unavailable("database", detail=f"lost {attempts} times against other transactions") from last


def _backoff_s(attempt: int) -> float:
    """Between nothing and a bound that doubles: two who met once must not meet again."""
    bound_s = min(_LONGEST_BACKOFF_S, _FIRST_BACKOFF_S * 2**attempt)
    return random.uniform(0, bound_s)  # noqa: S311 - not a secret


class SessionLock:
    """A lock by name that one session of the whole database holds, and that its end gives back.

    It takes a connection out of the pool for as long as it is held.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._key = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
        self._guard = threading.Lock()
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Try once. Raises Unavailable."""
        if self.held():
            return True
        with self._guard, translated():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                got = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key})
            except DBAPIError:
                connection.invalidate()
                raise
            if not got:
                connection.close()
                return False
            self._connection = connection
            return True

    def held(self) -> bool:
        """Whether our session is alive, and so the lock still ours. Asks the database."""
        with self._guard:
            if self._connection is None:
                return False
            try:
                self._connection.scalar(text("SELECT 1"))
            except DBAPIError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
                return False
            return True

    def release(self) -> None:
        with self._guard:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.scalar(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
            connection.close()
        except DBAPIError:
            connection.invalidate()  # the server ends the session, and the lock with it
