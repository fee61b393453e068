"""The independent reader of the books: it reads every topic again, on its own, and only counts.

It shares nothing with the fold but the words for a source and a day, and counts no further than ingest has read.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from services.contracts.records import Position, StoredRecord
from services.kit.clock import Clock, local_day
from services.kit.db import Engine, translated
from services.kit.errors import Fenced, Unavailable
from services.kit.eventlog.port import LogFault, Partition, Reader
from services.kit.logs import get_logger
from services.reporting.domain.sources import UNKNOWN, named, source_of
from services.reporting.ingest.writing import NO_DAY
from services.reporting.store import books, generations
from services.reporting.store.books import Counted
from services.reporting.store.positions import positions

OpenReader = Callable[[Mapping[Partition, int]], Reader]
MAX_RECORDS: Final = 5_000
POLL_MS: Final = 500


class LogCounter:
    """Counts in rounds. Several may run: what another has counted is not counted again (compare-and-set)."""

    def __init__(self, open_reader: OpenReader, database: Engine, clock: Clock) -> None:
        self._open_reader = open_reader
        self._database = database
        self._clock = clock
        self._reader: Reader | None = None
        self._starts: dict[Partition, int] = {}

    def count(self) -> int:
        """One round: at most one poll; the records it counted. Raises Unavailable.

        No more is read than may be counted: what ingest has not read would be read in vain, and again in every round.
        """
        limits = self._limits()
        if self._reader is None or limits.keys() != self._starts.keys():
            self._open(limits)
        assert self._reader is not None
        ahead = sum(max(0, limits[partition] - start) for partition, start in self._starts.items())
        if ahead == 0:
            return 0
        try:
            found = self._reader.poll(min(ahead, MAX_RECORDS), POLL_MS)
        except LogFault as fault:
            return self._count_broken(fault, limits)
        return self._count_found(found, limits)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _limits(self) -> dict[Partition, int]:
        with translated(), self._database.begin() as connection:
            generations.lock_shared(connection)
            number = generations.current(connection)
            if number is None:
                raise Unavailable("database", detail="no generation is served yet")
            return positions(generations.bind(connection, number))

    def _open(self, partitions: Mapping[Partition, int]) -> None:
        self.close()
        with translated(), self._database.begin() as connection:
            known = books.counted_to(connection)
        self._starts = {partition: known.get(partition, 0) for partition in partitions}
        self._reader = self._open_reader(self._starts)

    def _count_found(self, found: Mapping[Partition, Sequence[StoredRecord]], limits: Mapping[Partition, int]) -> int:
        counts: Counter[Counted] = Counter()
        ends: dict[Partition, int] = {}
        for partition, listed in found.items():
            ours = [one for one in listed if self._starts[partition] <= one.offset < limits[partition]]
            if ours:
                ends[partition] = ours[-1].offset + 1
                counts.update(map(_counted, ours))
            if len(ours) < len(listed) and self._reader is not None:
                self._reader.seek(partition, ends.get(partition, self._starts[partition]))
        return self._add(counts, ends)

    def _count_broken(self, fault: LogFault, limits: Mapping[Partition, int]) -> int:
        """A record that cannot be read is one record all the same; a log that has lost some is for ingest to tell."""
        place = fault.position
        partition = Partition(place.topic, place.partition)
        if fault.kind != "corrupt" or self._reader is None:
            get_logger().error("the books cannot be counted", kind=fault.kind, topic=place.topic)
            raise Unavailable("log", detail=fault.kind)
        if place.offset >= limits[partition]:
            return 0
        counted = self._add(Counter([_broken(place)]), {partition: place.offset + 1})
        if self._reader is not None:
            self._reader.skip(place)
        return counted

    def _add(self, counts: Counter[Counted], ends: Mapping[Partition, int]) -> int:
        if not ends:
            return 0
        try:
            with translated(), self._database.begin() as connection:
                books.add_counts(connection, counts, self._starts, ends, self._clock.now())
        except Fenced:
            self.close()
            return 0
        self._starts |= ends
        return counts.total()


def _counted(record: StoredRecord) -> Counted:
    day = local_day(datetime.fromtimestamp(record.timestamp_ms / 1000, UTC))
    return Counted(record.topic, record.partition, source_of(named(record.headers)), day)


def _broken(place: Position) -> Counted:
    return Counted(place.topic, place.partition, UNKNOWN, NO_DAY)
