"""Logs to test against, in memory and on the real broker, with the same handles."""

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, TopicPartition

from services.contracts import metrics as cards
from services.contracts.records import Position, Record, StoredRecord
from services.contracts.topics import TopicCard
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, KafkaReader, LogSettings
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Admin, Appender, LogFault, Partition, Reader
from services.kit.metrics import Metrics
from services.operations.topic_plan import configs

PositionOf = Callable[[frozenset[Partition]], Mapping[Partition, int]]
PATIENCE_S = 20.0
_BATCH_OVERHEAD = 12  # base offset and batch length stand before what the length counts


def make_topic(admin: KafkaAdmin, card: TopicCard) -> None:
    """A topic on the test's broker of one node, as its card says."""
    if card.name not in admin.partitions([card.name]):
        admin.create(card.name, card.partitions, 1, configs(card, 1))


class Bench(Protocol):
    """One fresh topic on some log, and what can be done to it."""

    card: TopicCard
    admin: Admin

    def appender(self, *, bulk: bool = False) -> Appender: ...
    def reader(self, positions: Mapping[Partition, int]) -> Reader: ...
    def group_reader(self, group: str, position_of: PositionOf) -> Reader: ...
    def corrupt_batch(self, batch: Sequence[Position]) -> None: ...
    def truncate(self, partition: Partition, before: int) -> None: ...
    def recreate(self) -> None: ...
    def close(self) -> None: ...


def fresh_card(partitions: int = 2, max_message_bytes: int = 20_000) -> TopicCard:
    return TopicCard(f"t-{uuid4().hex[:12]}.v1", "", (), (), (), partitions, max_message_bytes=max_message_bytes)


class MemoryBench:
    def __init__(self) -> None:
        self.card = fresh_card()
        names = {self.card.name: self.card.partitions}
        self.log = MemoryLog(names, max_message_bytes=self.card.max_message_bytes)
        self.admin: Admin = self.log

    def appender(self, *, bulk: bool = False) -> Appender:
        return self.log.appender()

    def reader(self, positions: Mapping[Partition, int]) -> Reader:
        return self.log.reader(positions)

    def group_reader(self, group: str, position_of: PositionOf) -> Reader:
        return self.log.group_reader(group, [self.card.name], position_of)

    def corrupt_batch(self, batch: Sequence[Position]) -> None:
        for position in batch:
            self.log.corrupt(position)

    def truncate(self, partition: Partition, before: int) -> None:
        self.log.truncate(partition, before)

    def recreate(self) -> None:
        self.log.recreate(self.card.name)

    def close(self) -> None:
        """Nothing to end."""


class KafkaBench:
    """`data`: the broker's data folder, needed for `corrupt_batch` only."""

    def __init__(self, bootstrap_servers: str, data: Path | None = None) -> None:
        self.card = fresh_card()
        self.settings = LogSettings(bootstrap_servers, probe_every_s=0.2)
        self.admin: Admin = KafkaAdmin(self.settings)
        self.died: list[tuple[int, str]] = []
        self._data = data
        self._open: list[Any] = []
        make_topic(KafkaAdmin(self.settings), self.card)

    def appender(self, *, bulk: bool = False) -> KafkaAppender:
        settings = replace(self.settings, bulk=bulk)
        appender = KafkaAppender(
            settings, [self.card], Metrics(cards.CATALOGUE), SystemClock(), lambda *ended: self.died.append(ended)
        )
        appender.start()
        self._open.append(lambda: appender.close(0))
        wait_until(lambda: appender.ready().ok, lambda: appender.ready().detail)
        return appender

    def reader(self, positions: Mapping[Partition, int]) -> Reader:
        return self._kept(KafkaReader.of_partitions(self.settings, positions))

    def group_reader(self, group: str, position_of: PositionOf) -> Reader:
        return self._kept(KafkaReader.of_group(self.settings, group, [self.card.name], position_of))

    def _kept(self, reader: KafkaReader) -> Reader:
        self._open.append(reader.close)
        return reader

    def corrupt_batch(self, batch: Sequence[Position]) -> None:
        position = batch[0]
        if self._data is None:
            pytest.skip("damaging a record needs the broker's files: unset KAFKA_BOOTSTRAP_SERVERS")
        flip_byte(self._data / f"{position.topic}-{position.partition}" / f"{0:020d}.log", position.offset)

    def truncate(self, partition: Partition, before: int) -> None:
        with_client(self.settings, lambda client: client.delete_records({TopicPartition(*partition): before}))

    def recreate(self) -> None:
        with_client(self.settings, lambda client: client.delete_topics([self.card.name]))
        wait_until(lambda: not self.admin.partitions([self.card.name]))
        make_topic(KafkaAdmin(self.settings), self.card)

    def close(self) -> None:
        for close in self._open:
            close()
        self.admin.close()


def with_client(settings: LogSettings, act: Callable[[Any], object]) -> None:
    client = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    try:
        act(client)
    finally:
        client.close()


def flip_byte(segment: Path, offset: int) -> None:
    """Damage the batch that holds `offset`, in its last byte."""
    content = bytearray(segment.read_bytes())
    at = 0
    while at < len(content):
        base, length = struct.unpack_from(">qi", content, at)
        last = base + struct.unpack_from(">i", content, at + 23)[0]
        end = at + _BATCH_OVERHEAD + length
        if base <= offset <= last:
            with segment.open("r+b") as file:
                file.seek(end - 1)
                file.write(bytes([content[end - 1] ^ 0xFF]))
            return
        at = end
    raise AssertionError(f"no batch holds offset {offset}")


def wait_until(
    holds: Callable[[], object], why: Callable[[], str] = lambda: "", patience_s: float = PATIENCE_S
) -> None:
    """Ask again and again until it holds; a fault after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain: {why()}"
        time.sleep(0.02)


def read(reader: Reader, count: int) -> list[StoredRecord]:
    """Poll until at least `count` records came."""
    found: list[StoredRecord] = []

    def polled() -> bool:
        for records in reader.poll(100, 100).values():
            found.extend(records)
        return len(found) >= count

    wait_until(polled, lambda: f"{len(found)} of {count} records")
    return found


def fault_of(reader: Reader) -> tuple[LogFault, list[StoredRecord]]:
    """Poll until the log's fault shows; with what was read before it."""
    found: list[StoredRecord] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            for records in reader.poll(100, 100).values():
                found.extend(records)
        except LogFault as fault:
            return fault, found
    raise AssertionError("no fault came")


def records(card: TopicCard, count: int, key: bytes | None = b"k") -> list[Record]:
    return [Record(card.name, key, f"value {n}".encode()) for n in range(count)]


def from_start(bench: Bench) -> dict[Partition, int]:
    return {Partition(bench.card.name, number): 0 for number in range(bench.card.partitions)}


def appended(bench: Bench, batches: Sequence[Sequence[Record]]) -> list[Position]:
    appender = bench.appender()
    return [position for batch in batches for position in appender.append(batch, 10)]
