"""A log in memory, for tests of code that must not know which log it speaks to. Faults are switches on `MemoryLog`."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from services.contracts.errors import Reason, Rejected
from services.contracts.records import Position, Record, StoredRecord
from services.kit.clock import Clock, SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.port import LogFault, LogIdentity, Partition

PositionOf = Callable[[frozenset[Partition]], Mapping[Partition, int]]


@dataclass
class _Stored:
    first: int = 0
    records: list[StoredRecord] = field(default_factory=list)
    corrupt: set[int] = field(default_factory=set)

    @property
    def end(self) -> int:
        return self.first + len(self.records)


class _Topic(NamedTuple):
    id: str
    partitions: int


class MemoryLog:
    """`down`: nothing is answered. `losing_acknowledgements`: appends are written, and not confirmed."""

    def __init__(
        self,
        topics: Mapping[str, int],
        clock: Clock | None = None,
        cluster_id: str = "memory",
        max_message_bytes: int = 1_048_576,
    ) -> None:
        self.down = False
        self.losing_acknowledgements = False
        self.max_message_bytes = max_message_bytes
        self.cluster_id = cluster_id
        self.lock = threading.RLock()
        self.groups: dict[str, list[object]] = {}
        self._clock = clock or SystemClock()
        self._topics = {name: _Topic(f"{name}#1", count) for name, count in topics.items()}
        self._stored: dict[Partition, _Stored] = {}
        self.committed: dict[tuple[str, Partition], int] = {}

    def appender(self) -> "MemoryAppender":
        return MemoryAppender(self)

    def append(self, record: Record) -> Position:
        with self.lock:
            topic = self._topics.get(record.topic)
            if topic is None or self.down:
                raise Unavailable("log")
            number = crc32(record.key or b"") % topic.partitions
            stored = self.stored(Partition(record.topic, number))
            timestamp_ms = int(self._clock.now().timestamp() * 1000)
            stored.records.append(
                StoredRecord(record.topic, number, stored.end, timestamp_ms, record.key, record.value, record.headers)
            )
            return stored.records[-1].position

    def stored(self, partition: Partition) -> _Stored:
        return self._stored.setdefault(partition, _Stored())

    def partitions_of(self, topics: Iterable[str]) -> list[Partition]:
        known = (name for name in topics if name in self._topics)
        return [Partition(name, number) for name in known for number in range(self._topics[name].partitions)]

    def identity(self, topics: Sequence[str]) -> LogIdentity:
        if self.down:
            raise Unavailable("log")
        ids = {name: self._topics[name].id for name in topics if name in self._topics}
        return LogIdentity(self.cluster_id, ids)

    def partitions(self, topics: Sequence[str]) -> dict[str, int]:
        return {name: self._topics[name].partitions for name in topics if name in self._topics}

    def end_offsets(self, topics: Sequence[str]) -> dict[Partition, int]:
        return self.offsets(self.partitions_of(topics), lambda stored: stored.end)

    def beginning_offsets(self, topics: Sequence[str]) -> dict[Partition, int]:
        return self.offsets(self.partitions_of(topics), lambda stored: stored.first)

    def offsets(self, partitions: Iterable[Partition], which: Callable[[_Stored], int]) -> dict[Partition, int]:
        if self.down:
            raise Unavailable("log")
        with self.lock:
            return {partition: which(self.stored(partition)) for partition in partitions}

    def close(self) -> None:
        """As an Admin: nothing to end."""

    def corrupt(self, position: Position) -> None:
        """Make one record unreadable."""
        self.stored(Partition(position.topic, position.partition)).corrupt.add(position.offset)

    def truncate(self, partition: Partition, before: int) -> None:
        """Forget the records below an offset, as retention does."""
        with self.lock:
            stored = self.stored(partition)
            del stored.records[: before - stored.first]
            stored.first = before

    def recreate(self, topic: str) -> None:
        """Delete the topic and make it again: empty, and another one."""
        with self.lock:
            old = self._topics[topic]
            generation = int(old.id.rpartition("#")[2]) + 1
            self._topics[topic] = _Topic(f"{topic}#{generation}", old.partitions)
            for partition in self.partitions_of([topic]):
                self._stored[partition] = _Stored()

    def group_reader(self, group: str, topics: Sequence[str], position_of: PositionOf) -> "MemoryReader":
        return MemoryReader(self, group, tuple(topics), position_of)

    def reader(self, positions: Mapping[Partition, int]) -> "MemoryReader":
        reader = MemoryReader(self, None, (), lambda asked: {partition: positions[partition] for partition in asked})
        reader.assign(frozenset(positions))
        return reader


class MemoryAppender:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._closed = False

    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:
        if any(_size(record) > self._log.max_message_bytes for record in records):
            raise Rejected(Reason.TOO_LARGE)
        if self._closed or deadline_s <= 0:
            raise Unavailable("log")
        positions = [self._log.append(record) for record in records]
        if self._log.losing_acknowledgements:
            raise Unavailable("log")
        return positions

    def close(self, deadline_s: float) -> int:  # noqa: ARG002
        self._closed = True
        return 0


def _size(record: Record) -> int:
    return len(record.key or b"") + len(record.value) + sum(len(name) + len(value) for name, value in record.headers)


class MemoryReader:
    """Of a group (`group` given) or of fixed partitions. Members of a group share its partitions evenly."""

    def __init__(self, log: MemoryLog, group: str | None, topics: tuple[str, ...], position_of: PositionOf) -> None:
        self._log = log
        self._group = group
        self._topics = topics
        self._position_of = position_of
        self._positions: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._told: set[Position] = set()
        self.generation = 0
        if group is not None:
            with log.lock:
                log.groups.setdefault(group, []).append(self)

    def assign(self, partitions: frozenset[Partition]) -> None:
        self._positions = dict(self._position_of(partitions))
        self._paused &= partitions
        self.generation += 1

    def assignment(self) -> frozenset[Partition]:
        return frozenset(self._positions)

    def _rejoin(self) -> None:
        if self._group is None:
            return
        with self._log.lock:
            members = self._log.groups[self._group]
            share = self._log.partitions_of(self._topics)[members.index(self) :: len(members)]
        if frozenset(share) != self.assignment():
            self.assign(frozenset(share))

    def poll(self, max_records: int, timeout_ms: int) -> Mapping[Partition, list[StoredRecord]]:  # noqa: ARG002
        self._rejoin()
        if self._log.down:
            return {}
        read: dict[Partition, list[StoredRecord]] = {}
        faults: list[LogFault] = []
        with self._log.lock:
            for partition in sorted(self.assignment() - self._paused):
                left = max_records - sum(map(len, read.values()))
                if fault := self._fault(partition):
                    faults.append(fault)
                elif left > 0 and (records := self._take(partition, left)):
                    read[partition] = records
        self._tell(faults, nothing_else=not read)
        for partition, records in read.items():
            self._positions[partition] = records[-1].offset + 1
        return read

    def _tell(self, faults: list[LogFault], *, nothing_else: bool) -> None:
        """A fault is told once at once, and again whenever there is nothing else: the others flow in between."""
        for fault in faults:
            if nothing_else or fault.position not in self._told:
                self._told.add(fault.position)
                raise fault

    def _take(self, partition: Partition, limit: int) -> list[StoredRecord]:
        """What stands readable at the position."""
        stored = self._log.stored(partition)
        start = self._positions[partition] - stored.first
        records = stored.records[start : start + limit]
        good = next((n for n, record in enumerate(records) if record.offset in stored.corrupt), len(records))
        return records[:good]

    def _fault(self, partition: Partition) -> LogFault | None:
        stored = self._log.stored(partition)
        offset = self._positions[partition]
        here = [Position(partition.topic, partition.partition, offset)]
        if offset < stored.first:
            return LogFault("truncated", here)
        if offset > stored.end:
            return LogFault("beyond_end", here)
        return LogFault("corrupt", here) if offset in stored.corrupt else None

    def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._positions:
            self._positions[partition] = offset

    def skip(self, position: Position) -> None:
        self.seek(Partition(position.topic, position.partition), position.offset + 1)

    def pause(self, partitions: Sequence[Partition]) -> None:
        self._paused |= set(partitions) & self.assignment()

    def resume(self, partitions: Sequence[Partition]) -> None:
        self._paused -= set(partitions)

    def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        for partition, offset in next_offsets.items():
            self._log.committed[(self._group or "", partition)] = offset

    def end_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
        return self._log.offsets(partitions or self.assignment(), lambda stored: stored.end)

    def beginning_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
        return self._log.offsets(partitions or self.assignment(), lambda stored: stored.first)

    def close(self) -> None:
        self._positions = {}
        if self._group is not None:
            with self._log.lock:
                self._log.groups[self._group].remove(self)
            self._group = None
