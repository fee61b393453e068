"""What the deciding loop asks of the database: each a transaction, repeated when it lost against another."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from services.contracts.records import StoredRecord
from services.kit.db import Connection, Engine, retry_conflicts
from services.kit.eventlog.port import LogIdentity, Partition
from services.kit.logs import get_logger
from services.notify.dispatch.deciding import Done, Terms, take, tick
from services.notify.dispatch.hearing import listen, take_over
from services.notify.store.book import Book
from services.notify.store.dispatch_positions import advance, open_positions

AT_ONCE: Final = 200
T = TypeVar("T")


class DispatchDesk:
    """`programmes`: the ids of all that are known. `done` is told what each transaction came to, once it is kept."""

    def __init__(
        self,
        engine: Engine,
        terms: Terms,
        programmes: Callable[[], Collection[str]],
        done: Callable[[Done], None] = lambda _done: None,
        skipped: Callable[[str, str], None] = lambda _topic, _reason: None,
    ) -> None:
        self._engine = engine
        self._terms = terms
        self._programmes = programmes
        self._done = done
        self._skipped = skipped

    def places(self, begins: Mapping[Partition, int], log: LogIdentity) -> dict[Partition, int]:
        return self._within(lambda connection: open_positions(connection, begins, log))

    def hear(self, records: Iterable[StoredRecord], moves: Iterable[tuple[Partition, int, int]], now: datetime) -> None:
        def transaction(connection: Connection) -> tuple[Done, list[tuple[StoredRecord, str]]]:
            advance(connection, moves)
            book = Book(connection)
            found = listen(book, records, self._terms.programme, self._programmes())
            return take(book, found.heard, now, self._terms), found.skipped

        done, skipped = self._within(transaction)
        for record, reason in skipped:
            get_logger().critical("record skipped", topic=record.topic, offset=record.offset, reason=reason)
            self._skipped(record.topic, reason)
        self._done(done)

    def take_over(self, now: datetime) -> bool:
        def transaction(connection: Connection) -> tuple[Done, bool]:
            book = Book(connection)
            rows = book.vault_rows(AT_ONCE)
            done = take(book, take_over(book, rows, self._terms.programme, now), now, self._terms)
            return done, len(rows) == AT_ONCE

        done, more = self._within(transaction)
        self._done(done)
        return more

    def tick(self, now: datetime) -> bool:
        done = self._within(lambda connection: tick(Book(connection), now, self._terms, AT_ONCE))
        self._done(done)
        return done.more

    def _within(self, work: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return retry_conflicts(transaction)
