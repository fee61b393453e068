"""The left side of the books: records in the log, counted by a reader of its own, and how far it has counted."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.kit.errors import Fenced
from services.kit.eventlog.port import Partition
from services.reporting.store.bulk import arrays


class Counted(NamedTuple):
    """`source` is the agency that a record names, or unknown; `day` the local day of the log's timestamp."""

    topic: str
    partition: int
    source: str
    day: date


def counted_to(connection: Connection) -> dict[Partition, int]:
    """The next offset to be counted, of every partition begun."""
    rows = connection.execute(text("select topic, partition, next_offset from reporting.log_count_position"))
    return {Partition(row.topic, row.partition): row.next_offset for row in rows}


def add_counts(
    connection: Connection,
    counts: Counter[Counted],
    starts: Mapping[Partition, int],
    ends: Mapping[Partition, int],
    at: datetime,
) -> None:
    """Adds records counted from `starts` to `ends`; raises Fenced when another reader has counted them meanwhile."""
    for partition in sorted(ends):
        where = {"topic": partition.topic, "partition": partition.partition}
        moved = connection.execute(
            text(_ADVANCE if starts[partition] else _BEGIN),
            {**where, "start": starts[partition], "end": ends[partition], "at": at},
        )
        if moved.rowcount != 1:
            raise Fenced(f"{partition.topic}:{partition.partition} is counted by another reader")
    if counts:
        rows = [(*place, records) for place, records in sorted(counts.items())]
        connection.execute(text(_ADD), arrays((*Counted._fields, "records"), rows))


def residuals(connection: Connection) -> dict[str, int]:
    """Per topic: records counted in the log less rows of what became of them; 0 when the books balance."""
    return {row.topic: row.residual for row in connection.execute(text(_RESIDUALS))}


_BEGIN: Final = """
    insert into reporting.log_count_position (topic, partition, next_offset, counted_at)
    values (:topic, :partition, :end, :at)
    on conflict (topic, partition) do update set next_offset = excluded.next_offset, counted_at = excluded.counted_at
    where log_count_position.next_offset = :start
"""
_ADVANCE: Final = """
    update reporting.log_count_position set next_offset = :end, counted_at = :at
    where topic = :topic and partition = :partition and next_offset = :start
"""
_ADD: Final = """
    insert into reporting.log_count as c (topic, partition, source, day, records)
    select * from unnest(
        cast(:topic as text[]), cast(:partition as int4[]), cast(:source as text[]), cast(:day as date[]),
        cast(:records as int8[])
    )
    on conflict (topic, partition, source, day) do update set records = c.records + excluded.records
"""
_RESIDUALS: Final = """
    with counted as (select topic, sum(records) as records from reporting.log_count group by topic),
    kept as (
        select e.topic, e.partition, e.log_offset from event e
        union all select c.topic, c.partition, c.log_offset from copy c
        union all select r.topic, r.partition, r.log_offset from reject r
    ),
    became as (
        select k.topic, count(*) as records from kept k
        join reporting.log_count_position p on p.topic = k.topic and p.partition = k.partition
        where k.log_offset < p.next_offset group by k.topic
    )
    select topic, cast(coalesce(counted.records, 0) - coalesce(became.records, 0) as int8) as residual
    from counted full join became using (topic) order by topic
"""
