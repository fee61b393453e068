"""What the loop of ingest asks of the database: each a transaction of its own, in the generation it works for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from services.kit.db import retry_conflicts, translated
from services.kit.errors import Unavailable
from services.kit.eventlog.port import LogIdentity, Partition
from services.reporting.store import facts, generations, rejects
from services.reporting.store.batch import Batch, Halt
from services.reporting.store.positions import note_caught_up, open_positions, positions
from services.reporting.store.programmes import Known, folded, unread

FROZEN_AFTER_S: Final = 20
"""Longer than any pause between two statements of ours, shorter than anybody would wait for."""
CheckClock = Callable[[Callable[[], datetime]], object]
"""Is given how to ask the database for its time, at the beginning of every transaction. May raise Unavailable."""


def unchecked(ask: Callable[[], datetime]) -> object:
    return ask()


class Keeper:
    """`generation` is fixed to fill one; without it the current one is kept, whichever that is at the time.

    Every method raises Unavailable when the database is away. A process that freezes in the middle of a transaction
    loses it after `frozen_after_s`: its locks must not outlive its ownership. `check_clock` may refuse to begin.
    `switching` is set by whoever holds the lock of the switch already.
    """

    def __init__(
        self,
        engine: Engine,
        log: LogIdentity,
        generation: int | None = None,
        *,
        step: facts.Step = facts.no_step,
        on_conflict: Callable[[], None] = lambda: None,
        frozen_after_s: int = FROZEN_AFTER_S,
        check_clock: CheckClock = unchecked,
    ) -> None:
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")
        limit = f"set_config('idle_in_transaction_session_timeout', '{frozen_after_s}s', true)"
        # One round trip for both.
        self._begin = text(f"select {limit}, clock_timestamp()")
        self._check_clock = check_clock
        self.switching = False
        self._log = log
        self._generation = generation
        self._step = step
        self._on_conflict = on_conflict

    def open(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The next offset of these partitions, which begin at 0 when they are new.

        Raises Misconfigured when they were read from another cluster or topic.
        """
        asked = frozenset(partitions)
        with self._transaction() as connection:
            open_positions(connection, asked, self._log)
            return {partition: at for partition, at in positions(connection).items() if partition in asked}

    def places(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Where to begin, without a word on whether this is the right log: for a client's own thread."""
        known = self.positions()
        return {partition: known.get(partition, 0) for partition in partitions}

    def positions(self) -> dict[Partition, int]:
        with self._transaction() as connection:
            return positions(connection)

    def programmes(self, known: Known) -> Known:
        with self._transaction() as connection:
            found = unread(connection, known)
        return folded(known, found)

    def apply(self, batch: Batch) -> facts.Applied:
        """Writes a batch, again when it lost against another transaction. Raises Fenced."""

        def transaction() -> facts.Applied:
            with self._transaction() as connection:
                return facts.apply(connection, batch, self._log, self._step)

        return retry_conflicts(transaction, on_retry=self._on_conflict)

    def note_caught_up(self, seen: Mapping[Partition, tuple[int, datetime]]) -> None:
        with self._transaction() as connection:
            note_caught_up(connection, seen)

    def halted(self) -> Halt | None:
        with self._transaction() as connection:
            return rejects.halted(connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with translated(), self._engine.begin() as connection:
            self._check_clock(partial(self._limited, connection))
            if not self.switching:
                generations.lock_shared(connection)
            yield generations.bind(connection, self._generation or _current(connection))

    def _limited(self, connection: Connection) -> datetime:
        """Says how long this transaction may stand still, and is told the time."""
        _, told = connection.execute(self._begin).one()
        found: datetime = told
        return found


def _current(connection: Connection) -> int:
    try:
        number = generations.current(connection)
    except ProgrammingError as error:
        raise Unavailable("database", detail="not migrated") from error
    if number is None:
        raise Unavailable("database", detail="no generation is served yet")
    return number
