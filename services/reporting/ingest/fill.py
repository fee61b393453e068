"""Filling another generation from the log, up to where the served one has read, with no group and nothing published."""

from threading import Event as Flag

from services.kit.clock import Clock
from services.kit.db import Engine, translated
from services.kit.eventlog.kafka import KafkaReader, LogSettings
from services.kit.eventlog.port import LogIdentity, Reader
from services.kit.logs import get_logger
from services.reporting.ingest.gauges import Gauges
from services.reporting.ingest.interpreter import Collecting
from services.reporting.ingest.loop import Ingest, Terms
from services.reporting.ingest.writing import Writer
from services.reporting.store import generations
from services.reporting.store.keeper import Keeper


def fill(
    database: Engine, log: LogIdentity, generation: int, settings: LogSettings, gauges: Gauges, clock: Clock, stop: Flag
) -> None:
    """Makes the generation if it is not there, and reads on from its own positions. Rejects stay in it."""
    prepare(database, generation)
    limits = Keeper(database, log).positions()
    keeper = Keeper(database, log, generation, on_conflict=gauges.conflicts.inc)
    reader = KafkaReader.of_partitions(settings, keeper.open(frozenset(limits)))
    try:
        filling(reader, keeper, clock, gauges, Terms(limits=limits, tidy=Collecting(clock))).run(stop)
    finally:
        reader.close()
    get_logger().info("generation filled", generation=generation, positions=len(limits))


def filling(reader: Reader, keeper: Keeper, clock: Clock, gauges: Gauges, terms: Terms) -> Ingest:
    return Ingest(reader, keeper, Writer(keeper, None, clock, gauges, terms.step), clock, gauges, terms)


def prepare(database: Engine, generation: int) -> None:
    with translated(), database.begin() as connection:
        if not generations.exists(connection, generation):
            generations.create(connection, generation)
            generations.make_known(connection, generation)
