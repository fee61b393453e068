"""Reading from Kafka: from where the database says, and never spinning on a broken record."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import (
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from services.contracts.records import Headers, Position, StoredRecord
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka.corrupt import corrupt_partition
from services.kit.eventlog.kafka.options import (
    LogSettings,
    consumer_options,
    group_options,
    require_compiled_crc32c,
    translated,
)
from services.kit.eventlog.port import CommitFailed, LogFault, Partition

PositionOf = Callable[[frozenset[Partition]], Mapping[Partition, int]]
POLL_SLICE_MS = 500
OFFSETS_TIMEOUT_MS = 1_000
CLOSE_TIMEOUT_MS = 2_000
COMMIT_TIMEOUT_MS = 2_000


class KafkaReader:
    """Made by `of_group` or `of_partitions`, which connect and raise Unavailable when they cannot."""

    def __init__(self, settings: LogSettings, consumer: Any, position_of: PositionOf) -> None:
        self._settings = settings
        self._consumer = consumer
        self._position_of = position_of
        self._lock = threading.Lock()
        self._generation = 0
        self._unplaced: frozenset[Partition] = frozenset()
        self._held: set[Partition] = set()
        self._corrupt: Position | None = None

    @classmethod
    def of_group(
        cls, settings: LogSettings, group: str, topics: Sequence[str], position_of: PositionOf
    ) -> "KafkaReader":
        """A member of a group. `position_of` says where to begin, at each assignment, for all of the partitions asked.

        It is called by the client's own thread (and again by `poll` if it raised Unavailable there): it must be one
        short query, or memory.
        """
        require_compiled_crc32c()
        with translated("consumer"):
            consumer = KafkaConsumer(**group_options(settings, group))
        reader = cls(settings, consumer, position_of)
        consumer.subscribe(topics=list(topics), listener=_Placing(reader))
        return reader

    @classmethod
    def of_partitions(cls, settings: LogSettings, positions: Mapping[Partition, int]) -> "KafkaReader":
        """Of fixed partitions, from given offsets; in no group, so nothing can be committed."""
        require_compiled_crc32c()
        with translated("consumer"):
            consumer = KafkaConsumer(**consumer_options(settings))
        reader = cls(settings, consumer, lambda asked: {partition: positions[partition] for partition in asked})
        consumer.assign([TopicPartition(*partition) for partition in positions])
        reader.assigned(positions)
        return reader

    @property
    def generation(self) -> int:
        return self._generation

    def assignment(self) -> frozenset[Partition]:
        return frozenset(Partition(*each) for each in self._consumer.assignment() or ())

    def assigned(self, partitions: Iterable[Partition]) -> None:
        """The rebalance listener's work: find the place, seek, and nothing that could raise or wait."""
        with self._lock:
            self._unplaced = frozenset(partitions)
            self._generation += 1
        try:
            self._place()
        except Unavailable:
            # `poll` tries again. Until then nothing may come, for it would come from the committed offset.
            self._held |= self._unplaced
            self._consumer.pause(*_theirs(self._unplaced))

    def lost(self, partitions: Iterable[Partition]) -> None:
        with self._lock:
            self._unplaced -= frozenset(partitions)

    def _place(self) -> None:
        with self._lock:
            waiting = self._unplaced
        if not waiting:
            return
        positions = self._position_of(waiting)
        for partition in waiting:
            self.seek(partition, positions[partition])
        with self._lock:
            self._unplaced -= waiting
        if self._held:
            self.resume(list(self._held))
            self._held.clear()

    def poll(self, max_records: int, timeout_ms: int) -> Mapping[Partition, list[StoredRecord]]:
        self._place()
        if self._still_corrupt():
            raise LogFault("corrupt", [self._corrupt] if self._corrupt else [])
        self._finish_joining()
        try:
            found = self._consumer.poll(timeout_ms=min(timeout_ms, POLL_SLICE_MS), max_records=max_records)
        except OffsetOutOfRangeError as error:
            return self._out_of_range(error.args[0])
        except LogTruncationError as error:
            raise LogFault("beyond_end", _positions(error.divergent_offsets)) from error
        except CorruptRecordError as error:
            raise self._corruption(error) from error
        except NoOffsetForPartitionError:
            with self._lock:
                self._unplaced = self.assignment()
            return {}
        except KafkaError as error:  # a lost connection mostly passes unseen, but now and then comes up here
            raise Unavailable("log", detail=f"poll: {type(error).__name__}") from error
        return {Partition(*where): [_ours(record) for record in records] for where, records in found.items()}

    def _finish_joining(self) -> None:
        """kafka-python (3.0.12) forgets to go on with a join, made because partitions were added or first heard of,
        when a poll's time ended in the middle of it: it would neither read nor beat again. Told to, it goes on."""
        coordinator = self._consumer._coordinator  # noqa: SLF001 - there is no public way
        if coordinator.rejoining:
            coordinator.request_rejoin()

    def _out_of_range(self, offsets: Mapping[Any, int]) -> Mapping[Partition, list[StoredRecord]]:
        """Kafka says that these are outside; which side decides whether it is a gap or another log."""
        asked = [Partition(*where) for where in offsets]
        begins, ends = self.beginning_offsets(asked), self.end_offsets(asked)
        positions = _positions(offsets)
        if beyond := [p for p in positions if p.offset > ends[Partition(p.topic, p.partition)]]:
            raise LogFault("beyond_end", beyond)
        if before := [p for p in positions if p.offset < begins[Partition(p.topic, p.partition)]]:
            raise LogFault("truncated", before)
        return {}

    def _corruption(self, error: Exception) -> LogFault:
        where = corrupt_partition(self._settings, error, self._places())
        if where is None:
            raise Unavailable("log", detail="an unreadable record could not be located") from error
        self._corrupt = Position(*where, self._consumer.position(TopicPartition(*where)))
        return LogFault("corrupt", [self._corrupt])

    def _places(self) -> dict[Partition, int]:
        open_ones = (self._consumer.assignment() or set()) - self._consumer.paused()
        return {Partition(*each): self._consumer.position(each, timeout_ms=OFFSETS_TIMEOUT_MS) for each in open_ones}

    def _still_corrupt(self) -> bool:
        """Polling a consumer that stands at a corrupt record never returns, so it must not be done."""
        if self._corrupt is None:
            return False
        where = TopicPartition(self._corrupt.topic, self._corrupt.partition)
        return where in (self._consumer.assignment() or ()) and where not in self._consumer.paused()

    def seek(self, partition: Partition, offset: int) -> None:
        try:
            self._consumer.seek(TopicPartition(*partition), offset)
        except ValueError:  # no longer ours
            return
        if self._corrupt is not None and partition == (self._corrupt.topic, self._corrupt.partition):
            self._corrupt = None if offset != self._corrupt.offset else self._corrupt

    def skip(self, position: Position) -> None:
        self.seek(Partition(position.topic, position.partition), position.offset + 1)

    def pause(self, partitions: Sequence[Partition]) -> None:
        self._consumer.pause(*self._owned(partitions))

    def resume(self, partitions: Sequence[Partition]) -> None:
        owned = self._owned(partitions)
        self._forget_parked(owned)
        self._consumer.resume(*owned)

    def _forget_parked(self, owned: Iterable[Any]) -> None:
        """What kafka-python (3.0.12) has read ahead of a paused partition it parks, and fetches nothing more until that
        is taken back, which may never be. Without it, the partition is read on from its position."""
        fetcher = self._consumer._fetcher  # noqa: SLF001 - there is no public way
        for each in owned:
            fetcher._paused_partition_records.pop(each, None)  # noqa: SLF001
            fetcher._paused_completed_fetches.pop(each, None)  # noqa: SLF001

    def _owned(self, partitions: Iterable[Partition]) -> list[Any]:
        owned = self._consumer.assignment() or ()
        return [each for each in _theirs(partitions) if each in owned]

    def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        asked = {TopicPartition(*where): OffsetAndMetadata(offset, "", -1) for where, offset in next_offsets.items()}
        try:
            self._consumer.commit(asked, timeout_ms=COMMIT_TIMEOUT_MS)
        except (KafkaError, AssertionError) as error:  # the assertion: a reader without a group
            raise CommitFailed(type(error).__name__) from error

    def end_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
        return self._offsets(self._consumer.end_offsets, partitions)

    def beginning_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
        return self._offsets(self._consumer.beginning_offsets, partitions)

    def _offsets(self, ask: Callable[..., Any], partitions: Iterable[Partition] | None) -> dict[Partition, int]:
        asked = list(self.assignment() if partitions is None else partitions)
        if not asked:
            return {}
        with translated("offsets"):
            found = ask(_theirs(asked), timeout_ms=OFFSETS_TIMEOUT_MS)
        return {Partition(*where): offset for where, offset in found.items()}

    def close(self) -> None:
        try:
            self._consumer.close(autocommit=False, timeout_ms=CLOSE_TIMEOUT_MS)
        except KafkaError:
            return  # the process ends, or builds another reader; the position is in the database


class _Placing(ConsumerRebalanceListener):  # type: ignore[misc]
    """Runs in the client's I/O thread, where a commit would raise and an exception would spoil every later poll."""

    def __init__(self, reader: KafkaReader) -> None:
        self._reader = reader

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        self._reader.assigned([Partition(*each) for each in assigned])

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self._reader.lost([Partition(*each) for each in revoked])

    def on_partitions_lost(self, lost: Iterable[Any]) -> None:
        self._reader.lost([Partition(*each) for each in lost])


def _theirs(partitions: Iterable[Partition]) -> list[Any]:
    return [TopicPartition(*partition) for partition in partitions]


def _positions(offsets: Mapping[Any, Any]) -> list[Position]:
    return [Position(where.topic, where.partition, getattr(at, "offset", at) or 0) for where, at in offsets.items()]


def _ours(record: Any) -> StoredRecord:
    return StoredRecord(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        _headers(record.headers),
    )


def _headers(theirs: Sequence[tuple[str, bytes | None]]) -> Headers:
    """Kafka has headers without a value, which kafka-python reads, but never writes: they are empty here."""
    for _, value in theirs:
        if value is None:
            return tuple((name, each or b"") for name, each in theirs)
    return cast("Headers", tuple(theirs))
