"""A store of facts for tests: batches straight into a generation, without a log."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, text

from services.contracts.events import Event
from services.kit.eventlog.port import Partition
from services.reporting.store import facts, generations
from services.reporting.store.batch import Batch, Read
from services.reporting.store.positions import open_positions
from services.reporting.store.schema import GENERATION_TABLES
from tests.support.streams import LOG, read, topic_of

Step = Callable[[str], None]


@dataclass
class Stream:
    """One ingest process: it owns a partition of every topic and writes what it is given, in that order."""

    engine: Engine
    partition: int = 0
    generation: int = 1
    ends: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))

    def reads(self, events: Sequence[Event]) -> list[Read]:
        """The events as the next records of this process's partitions."""
        found = []
        for said in events:
            place = Partition(topic_of(said), self.partition)
            found.append(read(said, self.partition, self.ends[place]))
            self.ends[place] += 1
        return found

    def batch(self, events: Sequence[Event]) -> Batch:
        starts = dict(self.ends)
        reads = self.reads(events)
        partitions = sorted({Partition(*one.position[:2]) for one in reads})
        return Batch(
            starts={one: starts.get(one, 0) for one in partitions},
            ends={one: self.ends[one] for one in partitions},
            read=reads,
        )

    def write(self, events: Sequence[Event], step: Step = facts.no_step) -> facts.Applied:
        return self.apply(self.batch(events), step)

    def apply(self, batch: Batch, step: Step = facts.no_step) -> facts.Applied:
        with self.engine.begin() as connection:
            bound = generations.bind(connection, self.generation)
            open_positions(bound, batch.starts, LOG)
            return facts.apply(bound, batch, LOG, step)


def empty(connection: Connection, generation: int = 1) -> None:
    """Forget everything a generation holds. For the few rows of a test, deleting is faster than truncating."""
    schema = generations.schema_name(generation)
    connection.execute(text(";".join(f"delete from {schema}.{table.name}" for table in GENERATION_TABLES)))
