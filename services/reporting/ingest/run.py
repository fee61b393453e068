"""`ingest`: the process that turns the log into facts, and `ingest --generation N`, which fills another generation."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from typing import Final, TypeVar

import click

from services.contracts import topics
from services.contracts.metrics import CATALOGUE
from services.kit import logs
from services.kit.clock import Clock, SystemClock
from services.kit.clock_guard import ClockGuard
from services.kit.db import Engine, engine
from services.kit.errors import Misconfigured, Unavailable
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, KafkaReader
from services.kit.eventlog.port import Admin, LogIdentity, Partition, mismatches
from services.kit.http_server import HealthServer
from services.kit.logs import described, get_logger
from services.kit.metrics import Metrics
from services.kit.runtime import StuckDetector, run
from services.kit.settings import load
from services.reporting.ingest.bookkeeping import Bookkeeping
from services.reporting.ingest.checks import health
from services.reporting.ingest.counting import LogCounter
from services.reporting.ingest.fill import fill
from services.reporting.ingest.gauges import Gauges
from services.reporting.ingest.interpreter import Collecting, suit_batches
from services.reporting.ingest.loop import Ingest, Terms
from services.reporting.ingest.writing import Writer
from services.reporting.settings import IngestSettings
from services.reporting.store.facts import Step, no_step
from services.reporting.store.keeper import Keeper

PREFIX: Final = "REPORTING_INGEST"
INPUTS: Final = [card.name for card in topics.INPUTS]
TRY_EVERY_S: Final = 1.0
CLOSE_DEADLINE_S: Final = 5.0
T = TypeVar("T")


@dataclass(frozen=True)
class Workshop:
    """What every way of running ingest is made of."""

    settings: IngestSettings
    clock: Clock
    metrics: Metrics
    database: Engine
    admin: Admin


@click.command("ingest", help="Đọc nhật ký thành dữ kiện. / Turn the log into facts.")
@click.option("--generation", type=click.IntRange(1), help="Làm đầy một thế hệ khác rồi dừng. / Fill one, then stop.")
def command(generation: int | None) -> None:
    logs.configure("reporting-ingest")
    sys.exit(run(lambda stop: work(load(PREFIX, IngestSettings, os.environ), stop, generation)))


def work(settings: IngestSettings, stop: Flag, generation: int | None = None, step: Step = no_step) -> None:
    """Until it is asked to stop, or until the generation is filled."""
    suit_batches()
    metrics, clock = Metrics(CATALOGUE), SystemClock()
    database = engine(
        settings.database_url,
        pool_size=6,
        application_name="reporting ingest",
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    shop = Workshop(settings, clock, metrics, database, KafkaAdmin(settings.log()))
    try:
        if generation is None:
            ingest(shop, stop, step)
        else:
            log = patiently(lambda: identity(shop), stop)
            fill(database, log, generation, settings.log(), Gauges(metrics), clock, stop)
    finally:
        shop.admin.close()
        database.dispose()


def ingest(shop: Workshop, stop: Flag, step: Step) -> None:
    """As a member of the group. Waits for the log and the database, and says meanwhile that it is not ready."""
    appender = KafkaAppender(shop.settings.log(), (*topics.INPUTS, *topics.DEAD_LETTERS), shop.metrics, shop.clock)
    appender.start()
    running: list[Ingest] = []
    guard = ClockGuard(shop.clock, "database", shop.metrics)
    server = HealthServer(
        port=shop.settings.address()[1],
        health=health(running, appender.ready, guard.ready, shop.settings.live_within_s, shop.metrics),
        metrics=shop.metrics,
        host=shop.settings.address()[0],
    )
    server.start()
    try:
        _as_member(shop, appender, guard, running, stop, step)
    finally:
        appender.close(CLOSE_DEADLINE_S)
        server.stop()


def _as_member(
    shop: Workshop, appender: KafkaAppender, guard: ClockGuard, running: list[Ingest], stop: Flag, step: Step
) -> None:
    log = patiently(lambda: identity(shop), stop)
    gauges = Gauges(shop.metrics)
    keeper = Keeper(shop.database, log, step=step, on_conflict=gauges.conflicts.inc, check_clock=guard.check)
    reader = patiently(
        lambda: KafkaReader.of_group(shop.settings.log(), shop.settings.group, INPUTS, keeper.places), stop
    )
    writer = Writer(keeper, appender, shop.clock, gauges, step)
    tidy = Collecting(shop.clock)
    terms = Terms(shop.settings.batch_max_records, lambda: meet(shop.admin, log, keeper), step=step, tidy=tidy)
    loop = Ingest(reader, keeper, writer, shop.clock, gauges, terms)
    running.append(loop)
    stuck = StuckDetector(loop.heartbeat, shop.settings.stuck_after_s)
    stuck.start()
    counter = LogCounter(lambda at: KafkaReader.of_partitions(shop.settings.log(), at), shop.database, shop.clock)
    books = Bookkeeping(counter, shop.database, shop.clock, shop.metrics)
    books.start()
    try:
        loop.run(stop)
    finally:
        stuck.stop()
        books.stop()
        reader.close()


def patiently(attempt: Callable[[], T], stop: Flag) -> T:
    """The first success; an outage at the start is waited for like any other."""
    while True:
        try:
            return attempt()
        except Unavailable as away:
            get_logger().warning("waiting", **described(away))
        if stop.wait(TRY_EVERY_S):
            raise Unavailable("log", detail="stopped before it was there")


def identity(shop: Workshop) -> LogIdentity:
    """Which log this is, with every input topic. Raises Misconfigured when it is not the one named in the settings."""
    found = shop.admin.identity(INPUTS)
    missing = [name for name in INPUTS if name not in found.topic_ids]
    if missing:
        raise Unavailable("log", detail=f"no topic {', '.join(missing)}: run topics apply")
    settings = shop.settings
    expected = LogIdentity(settings.log_cluster_id or found.cluster_id, settings.log_topic_ids)
    if faults := mismatches(expected, found):
        raise Misconfigured(faults)
    return found


def meet(admin: Admin, log: LogIdentity, keeper: Keeper) -> None:
    """Opens a position for every partition that the log has, whoever reads it: `now` is to wait for all of them.

    Raises Misconfigured when the log has become another one.
    """
    if faults := mismatches(log, admin.identity(INPUTS)):
        raise Misconfigured(faults)
    totals = admin.partitions(INPUTS)
    keeper.open(Partition(topic, number) for topic, total in totals.items() for number in range(total))
