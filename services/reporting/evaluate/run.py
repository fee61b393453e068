"""`python -m services.reporting evaluate [--generation N] [--check]`."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import Final

import click

from services.contracts import metrics as cards
from services.contracts.topics import OBLIGATION, STATUS
from services.kit import logs, runtime
from services.kit.clock import Clock, SystemClock
from services.kit.clock_guard import ClockGuard
from services.kit.db import engine
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, KafkaReader
from services.kit.health import Check, Health
from services.kit.http_server import HealthServer
from services.kit.metrics import Metrics
from services.kit.runtime import StuckDetector
from services.kit.settings import load, masked
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator, every
from services.reporting.evaluate.recall import Memory, Recall
from services.reporting.evaluate.relay import Relay
from services.reporting.evaluate.said import obligation_said
from services.reporting.evaluate.settings import PREFIX, EvaluateSettings
from services.reporting.evaluate.turn import Limits
from services.reporting.store.snapshots import Engine, snapshot_of

CONNECTIONS: Final = 3  # the lease, the relay, the gauges
CLOSE_S: Final = 2.0
CARDS: Final = (
    cards.STATUS_FRESHNESS,
    cards.EVALUATE_SECONDS,
    cards.EVALUATED_CELLS,
    cards.EVALUATE_ACTIVE,
    cards.EVALUATE_HEARTBEAT_AGE,
    cards.MARKS_OLDEST_AGE,
    cards.NOW_LAG,
    cards.OUTBOX_AGE,
    cards.OBLIGATIONS_PUBLISHED,
    cards.STATUS_PUBLISHED,
    cards.STATUSES,
    cards.UNIT_STATUS,
    cards.DATABASE_UNAVAILABLE,
    cards.LOG_APPEND_SECONDS,
    cards.LOG_IN_FLIGHT,
    cards.LOG_OLDEST_IN_FLIGHT,
    cards.LOG_UNAVAILABLE,
    cards.LOG_PROBE_AGE,
    cards.CLOCK_SKEW,
)


@click.command("evaluate")
@click.option(
    "--generation", type=click.IntRange(min=1), help="Chỉ tính một thế hệ. / One generation only, to fill it."
)
@click.option("--check", is_flag=True, help="Chỉ in cấu hình. / Only print the settings.")
def command(generation: int | None, check: bool) -> None:
    """Tính tình trạng từ dữ kiện. / Turns facts into statuses."""
    sys.exit(runtime.run(partial(_check if check else _evaluate, generation)))


def _check(_generation: int | None, _stop: Flag) -> None:
    settings = load(PREFIX, EvaluateSettings, os.environ)
    click.echo(json.dumps(masked(settings), indent=2, ensure_ascii=False))


def _evaluate(generation: int | None, stop: Flag) -> None:
    logs.configure("reporting evaluate")
    settings = load(PREFIX, EvaluateSettings, os.environ)
    clock, metrics = SystemClock(), Metrics(CARDS)
    database = engine(settings.database_url, pool_size=CONNECTIONS, application_name="reporting evaluate")
    appender = KafkaAppender(settings.log(), [STATUS, OBLIGATION], metrics, clock)
    admin = KafkaAdmin(settings.log())
    recall = Recall(admin, partial(KafkaReader.of_partitions, settings.log()), clock, appender.ready)
    obligations = replace(recall, topic=OBLIGATION.name, understand=obligation_said)
    evaluator = _evaluator(settings, database, clock, metrics, Memory(recall, obligations), generation)
    metrics.gauge(cards.EVALUATE_HEARTBEAT_AGE).set_function(evaluator.heartbeat.age_s)
    host, port = settings.address
    server = HealthServer(port, _health(evaluator, appender, settings), metrics, host)
    stuck = StuckDetector(evaluator.heartbeat, settings.stuck_after_s)
    for part in (appender, server, stuck):
        part.start()
    relay = Relay(database, appender, clock, metrics, evaluator.publishing)
    _run_beside(
        evaluator, [relay.run, partial(every, settings.look_every_s, partial(_look, database, evaluator))], stop
    )
    appender.close(CLOSE_S)  # what was not acknowledged is still in the outbox
    stuck.stop()
    server.stop()
    admin.close()
    database.dispose()


def _evaluator(
    settings: EvaluateSettings, database: Engine, clock: Clock, metrics: Metrics, memory: Memory, generation: int | None
) -> Evaluator:
    return Evaluator(
        database,
        clock,
        Gauges(metrics, settings.status_units),
        generation,
        Limits(settings.cells_per_transaction, settings.marks_per_transaction),
        memory=memory,
        guard=ClockGuard(clock, "database", metrics),
        frozen_after_s=settings.frozen_after_s,
    )


def _run_beside(evaluator: Evaluator, tasks: Sequence[Callable[[Flag], None]], stop: Flag) -> None:
    """The evaluator in this thread, each task in one of its own; all of them end when the evaluator does."""
    threads = [Thread(target=_guarded, args=(task, stop), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        evaluator.run(stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _guarded(task: Callable[[Flag], None], stop: Flag) -> None:
    """A thread that ends before its time takes the process with it: nobody would notice a silent relay."""
    try:
        task(stop)
    finally:
        if not stop.is_set():
            runtime.die(runtime.BUG, f"{task!r} has ended")


def _health(evaluator: Evaluator, appender: KafkaAppender, settings: EvaluateSettings) -> Health:
    return Health(
        live={"loop": lambda: evaluator.heartbeat.check(settings.stuck_after_s)},
        ready={
            "database": lambda: Check(not evaluator.away, evaluator.away or evaluator.standing),
            "log": appender.ready,
        },
    )


def _look(database: Engine, evaluator: Evaluator) -> None:
    """Nothing is shown by a standby."""
    generation = evaluator.evaluates
    if generation is None:
        return
    with snapshot_of(database, generation) as connection:
        evaluator.gauges.look(connection, evaluator.known.registry, evaluator.clock.now())
