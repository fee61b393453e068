"""A real log for tests of ingest: every topic, a producer, a look at what stands on a topic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.contracts import topics
from services.contracts.events import Event
from services.contracts.metrics import CATALOGUE
from services.contracts.records import Position, Record
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, KafkaReader, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.operations.topics import apply
from tests.support.streams import record_of
from tests.support.waiting import until

INPUTS = [card.name for card in topics.INPUTS]
ALL = (*topics.INPUTS, *topics.DEAD_LETTERS)


def ends_of(bootstrap_servers: str, names: Sequence[str]) -> dict[Partition, int]:
    admin = KafkaAdmin(LogSettings(bootstrap_servers))
    try:
        return admin.end_offsets(names)
    finally:
        admin.close()


@dataclass
class RealLog:
    """A broker with every topic, and a producer to it."""

    bootstrap_servers: str
    settings: LogSettings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = LogSettings(self.bootstrap_servers, bulk=True)
        self.admin = KafkaAdmin(self.settings)
        apply(self.admin, None, {})
        self._appender = KafkaAppender(self.settings, ALL, Metrics(CATALOGUE), SystemClock())
        self._appender.start()
        until(lambda: self._appender.ready().ok, lambda: self._appender.ready().detail)

    def post(self, events: Iterable[Event]) -> list[Position]:
        return self.append([record_of(said) for said in events])

    def append(self, records: Sequence[Record]) -> list[Position]:
        return self._appender.append(records, 20)

    def ends(self) -> dict[Partition, int]:
        return self.admin.end_offsets(INPUTS)

    def read(self, topic: str) -> list[Record]:
        """Everything that stands on a topic."""
        ends = self.admin.end_offsets([topic])
        reader = KafkaReader.of_partitions(self.settings, dict.fromkeys(ends, 0))
        found: list[Record] = []
        while len(found) < sum(ends.values()):
            for records in reader.poll(1_000, 500).values():
                found += [Record(one.topic, one.key, one.value or b"", one.headers) for one in records]
        reader.close()
        return found

    def close(self) -> None:
        self._appender.close(5)
        self.admin.close()
