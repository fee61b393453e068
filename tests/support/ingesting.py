"""Ingest on a log in memory and a real database, round by round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, text

from services.contracts import topics
from services.contracts.events import Event
from services.contracts.records import Position, Record
from services.kit.clock import FakeClock
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.ingest.gauges import CARDS, Gauges
from services.reporting.ingest.loop import Ingest, Terms
from services.reporting.ingest.run import meet
from services.reporting.ingest.writing import Writer
from services.reporting.store import generations
from services.reporting.store.facts import Step, no_step
from services.reporting.store.keeper import Keeper
from tests.support.streams import NOON, W1, activated, event, record_of, signed

INPUTS = [card.name for card in topics.INPUTS]


def new_log(clock: FakeClock | None = None) -> MemoryLog:
    cards = (*topics.INPUTS, *topics.DEAD_LETTERS)
    return MemoryLog({card.name: card.partitions for card in cards}, clock or FakeClock(NOON))


@dataclass
class Process:
    """An ingest process; `clock` is its own."""

    ingest: Ingest
    metrics: Metrics
    clock: FakeClock

    def rounds(self, number: int = 4) -> None:
        """So many rounds, a second apart."""
        for _ in range(number):
            self.ingest.once()
            self.clock.advance(1)


def process(
    log: MemoryLog,
    engine: Engine,
    *,
    step: Step = no_step,
    generation: int | None = None,
    dead: bool = True,
    batch_max_records: int = 5_000,
    tidy: Callable[[], None] = lambda: None,
) -> Process:
    clock, metrics = FakeClock(NOON), Metrics(CARDS)
    known = log.identity(INPUTS)
    keeper = Keeper(engine, known, generation, step=step, frozen_after_s=1)
    gauges = Gauges(metrics)
    writer = Writer(keeper, log.appender() if dead else None, clock, gauges, step)
    reader = log.group_reader("ingest", INPUTS, keeper.places)
    terms = Terms(batch_max_records, identify=lambda: meet(log, known, keeper), step=step, tidy=tidy)
    return Process(Ingest(reader, keeper, writer, clock, gauges, terms), metrics, clock)


def post(log: MemoryLog, events: Sequence[Event]) -> list[Position]:
    return [log.append(record_of(said)) for said in events]


def post_programme(log: MemoryLog, **named: object) -> list[Position]:
    return post(log, activated(**named))  # type: ignore[arg-type]


def outcomes(engine: Engine, generation: int = 1) -> dict[str, int]:
    """Records by outcome, as the books have them."""
    return {
        row.outcome: row.n for row in rows(engine, "select outcome, count(*) as n from outcome group by 1", generation)
    }


def rows(engine: Engine, statement: str, generation: int = 1) -> list[Row[Any]]:
    with engine.begin() as connection:
        return list(generations.bind(connection, generation).execute(text(statement)))


def positions(engine: Engine, generation: int = 1) -> dict[Partition, int]:
    found = rows(engine, "select topic, partition, next_offset from position", generation)
    return {Partition(row.topic, row.partition): row.next_offset for row in found}


def marks(engine: Engine) -> set[tuple[str, str]]:
    return {(row.unit, row.source) for row in rows(engine, "select unit, source from mark")}


def letters(log: MemoryLog, topic: str) -> list[Record]:
    return [
        Record(one.topic, one.key, one.value or b"", one.headers) for one in log.stored(Partition(topic, 0)).records
    ]


def nonsense(key: object = "nonsense", unit: str = W1) -> Record:
    return record_of(event(signed([1], unit), key=key))._replace(value=b"{")
