"""What is compared, each in a process of its own: python -m bench.loops NAME JOB (JSON) prints the seconds it took.

bare    polls with kafka-python and decodes JSON: what any consumer in Python must do
fold    ingest: from the log to facts and positions in PostgreSQL
sql     new signers in set-based SQL alone: a binary COPY and one insert a transaction
"""

import json
import sys
from collections.abc import Callable, Mapping
from os import urandom
from time import perf_counter
from typing import Any

import msgspec
import psycopg
from kafka import KafkaConsumer, TopicPartition

from bench.signed_sheets import WARDS
from services.contracts.topics import PROGRAMME
from services.kit.clock import SystemClock
from services.kit.db import engine
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader, LogSettings
from services.kit.eventlog.kafka.options import consumer_options
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.ingest.gauges import CARDS, Gauges
from services.reporting.ingest.interpreter import Collecting, suit_batches
from services.reporting.ingest.loop import Ingest, Terms
from services.reporting.ingest.writing import Writer
from services.reporting.store.keeper import Keeper

_AT_ONCE = 5_000
_POLL_MS = 500
_TOKENS_A_TRANSACTION = 20_000


class Job(msgspec.Struct, kw_only=True):
    """Read each partition from its start to its end, (topic, partition, start, end); or write `tokens` new ones."""

    servers: str
    database: str
    read: list[tuple[str, int, int, int]] = []
    generation: int = 0
    tokens: int = 0

    def ends(self) -> dict[Partition, int]:
        return {Partition(topic, number): end for topic, number, _, end in self.read}


def bare(job: Job) -> float:
    consumer = KafkaConsumer(**consumer_options(LogSettings(job.servers)))
    pledges = [one for one in job.read if one[0] != PROGRAMME.name]
    starts = {TopicPartition(topic, number): start for topic, number, start, _ in pledges}
    consumer.assign(list(starts))
    _from(consumer, starts)
    while not consumer.poll(_POLL_MS, max_records=1):
        """Until it is connected, which is left out of the time."""
    _from(consumer, starts)
    left = sum(end - start for _, _, start, end in pledges)
    began = perf_counter()
    while left > 0:
        for records in consumer.poll(_POLL_MS, max_records=_AT_ONCE).values():
            for record in records:
                json.loads(record.value)
            left -= len(records)
    took_s = perf_counter() - began
    consumer.close(autocommit=False)
    return took_s


def _from(consumer: KafkaConsumer, starts: Mapping[TopicPartition, int]) -> None:
    for partition, start in starts.items():
        consumer.seek(partition, start)


def fold(job: Job) -> float:
    suit_batches()
    settings, ends = LogSettings(job.servers), job.ends()
    admin = KafkaAdmin(settings)
    database = engine(job.database, pool_size=6, application_name="bench")
    keeper = Keeper(database, admin.identity([topic for topic, *_ in job.read]), job.generation)
    programmes = {partition: end for partition, end in ends.items() if partition.topic == PROGRAMME.name}
    pledges = {partition: end for partition, end in ends.items() if partition.topic != PROGRAMME.name}
    _read(keeper, settings, programmes)
    took_s = _read(keeper, settings, pledges)
    database.dispose()
    admin.close()
    return took_s


def _read(keeper: Keeper, settings: LogSettings, limits: Mapping[Partition, int]) -> float:
    reader = KafkaReader.of_partitions(settings, keeper.open(frozenset(limits)))
    clock, gauges = SystemClock(), Gauges(Metrics(CARDS))
    writer = Writer(keeper, None, clock, gauges)
    writer.refresh()
    places = keeper.positions()
    if any(places[partition] < end for partition, end in limits.items()):
        while not reader.poll(1, _POLL_MS):
            """As above: the loop goes back to where the database says by itself."""
    loop = Ingest(reader, keeper, writer, clock, gauges, Terms(limits=limits, tidy=Collecting(clock)))
    began = perf_counter()
    while not loop.done:
        loop.once()
    took_s = perf_counter() - began
    reader.close()
    return took_s


def sql(job: Job) -> float:
    rows = [(WARDS[number % len(WARDS)], "household", urandom(16)) for number in range(job.tokens)]
    with psycopg.connect(job.database) as connection:
        connection.execute(
            'create temporary table incoming (ward text collate "C", kind text collate "C", token bytea)'
            " on commit delete rows"
        )
        connection.commit()
        began = perf_counter()
        for start in range(0, len(rows), _TOKENS_A_TRANSACTION):
            _insert(connection, rows[start : start + _TOKENS_A_TRANSACTION])
        return perf_counter() - began


def _insert(connection: psycopg.Connection[Any], rows: list[tuple[str, str, bytes]]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("copy incoming from stdin (format binary)") as staging:
            staging.set_types(("text", "text", "bytea"))
            for row in rows:
                staging.write_row(row)
        cursor.execute("""
            with added as (
                insert into bare.signer select * from incoming order by ward, kind, token on conflict do nothing
                returning ward, kind)
            select ward, kind, count(*) from added group by ward, kind
        """)
        assert sum(count for *_, count in cursor) == len(rows)
    connection.commit()


_LOOPS: Mapping[str, Callable[[Job], float]] = {"bare": bare, "fold": fold, "sql": sql}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(_LOOPS[sys.argv[1]](msgspec.json.decode(sys.argv[2], type=Job))))
