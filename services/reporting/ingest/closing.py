"""What closes dead letters has in common: who waits, in the facts; and an append to an input topic."""

import os
import sys
from collections.abc import Callable, Sequence
from time import sleep
from typing import Final, NamedTuple

import click

from services.contracts import metrics as cards
from services.contracts import topics
from services.contracts.programme.registry import Registry
from services.contracts.records import Record
from services.kit import logs, runtime
from services.kit.clock import Deadline, SystemClock
from services.kit.db import engine, translated
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka import KafkaAppender, LogSettings
from services.kit.metrics import Metrics
from services.kit.settings import load
from services.reporting.settings import LetterSettings
from services.reporting.store import generations
from services.reporting.store.programmes import read_programmes
from services.reporting.store.rejects import Letter, waiting_letters

PATIENCE_S: Final = 30.0
AT_ONCE: Final = 200
LOOK_EVERY_S: Final = 0.05
NOT_ALL: Final = 1
"""Exit code: something that was asked for was not done."""

of_topic = click.option("--topic", required=True, type=click.Choice([card.name for card in topics.INPUTS]))


class Waiting(NamedTuple):
    """What the facts know of the dead letters of a topic."""

    letters: list[Letter]
    registry: Registry


def run(work: Callable[[LetterSettings], int]) -> None:
    """Ends the process with what `work` returns; it answers on stdout, so the log goes elsewhere."""
    logs.configure("reporting-command", sys.stderr)
    sys.exit(runtime.run(lambda _: work(load("REPORTING_COMMAND", LetterSettings, os.environ))))


def waiting_on(settings: LetterSettings, topic: str) -> Waiting:
    """Raises Unavailable."""
    database = engine(settings.database_url, pool_size=1, application_name="reporting command")
    try:
        with translated(), database.begin() as connection:
            generations.lock_shared(connection)
            number = generations.current(connection)
            if number is None:
                raise Unavailable("database", detail="no generation is served yet")
            bound = generations.bind(connection, number)
            return Waiting(waiting_letters(bound, topic), read_programmes(bound).registry)
    finally:
        database.dispose()


def append(settings: LogSettings, card: topics.TopicCard, records: Sequence[Record]) -> None:
    """Raises Unavailable: some may stand there then, and a repetition of them changes nothing."""
    appender = KafkaAppender(settings, [card], Metrics(cards.CATALOGUE), SystemClock())
    appender.start()
    deadline = Deadline(SystemClock(), PATIENCE_S)
    try:
        while not appender.ready().ok:
            if deadline.left_s <= 0:
                raise Unavailable("log", detail=appender.ready().detail)
            sleep(LOOK_EVERY_S)
        for start in range(0, len(records), AT_ONCE):
            appender.append(records[start : start + AT_ONCE], PATIENCE_S)
    finally:
        appender.close(0)
