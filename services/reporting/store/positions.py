"""How far the log has been read: state like any other, moved by compare-and-set in the transaction of its effects."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from services.kit.errors import Fenced, Misconfigured
from services.kit.eventlog.port import LogIdentity, Partition
from services.reporting.store.bulk import insert_rows
from services.reporting.store.schema import position

_COLUMNS = ("topic", "partition", "next_offset", "cluster_id", "topic_id")


def open_positions(connection: Connection, partitions: Iterable[Partition], log: LogIdentity) -> None:
    """Partitions not known yet begin at 0. Raises Misconfigured when a known one was of another cluster or topic."""
    asked = sorted(partitions)
    rows = [(*partition, 0, log.cluster_id, log.topic_ids[partition.topic]) for partition in asked]
    insert_rows(connection, position, _COLUMNS, rows)
    found = connection.execute(text("select topic, partition, cluster_id, topic_id from position"))
    faults = [
        f"{row.topic}:{row.partition} was read from topic {row.topic_id} of cluster {row.cluster_id}, "
        f"not {log.topic_ids.get(row.topic)} of {log.cluster_id}"
        for row in found
        if (row.topic, row.partition) in asked
        and (row.cluster_id, row.topic_id) != (log.cluster_id, log.topic_ids[row.topic])
    ]
    if faults:
        raise Misconfigured(faults)


def positions(connection: Connection) -> dict[Partition, int]:
    """The next offset of every partition known."""
    rows = connection.execute(text("select topic, partition, next_offset from position order by 1, 2"))
    return {Partition(row.topic, row.partition): row.next_offset for row in rows}


def hold(connection: Connection, starts: Mapping[Partition, int]) -> None:
    """Raises Fenced at once when somebody else has moved a position; `advance` is what makes sure."""
    known = positions(connection)
    moved = [partition for partition, start in starts.items() if known.get(partition) != start]
    if moved:
        raise Fenced(f"the position of {moved[0].topic}:{moved[0].partition} is {known.get(moved[0])}")


def advance(
    connection: Connection, starts: Mapping[Partition, int], ends: Mapping[Partition, int], log: LogIdentity
) -> None:
    """Compare-and-set of every position, in key order; raises Fenced when one is not where the batch began."""
    statement = text("""
        update position
        set next_offset = :end
        where topic = :topic and partition = :partition and next_offset = :start
            and cluster_id = :cluster_id and topic_id = :topic_id
    """)
    for partition in sorted(starts):
        row = {
            "topic": partition.topic,
            "partition": partition.partition,
            "start": starts[partition],
            "end": ends[partition],
            "cluster_id": log.cluster_id,
            "topic_id": log.topic_ids[partition.topic],
        }
        if connection.execute(statement, row).rowcount != 1:
            raise Fenced(f"another owner has moved {partition.topic}:{partition.partition}")


def note_caught_up(connection: Connection, ends: Mapping[Partition, tuple[int, datetime]]) -> None:
    """Until when a partition was read to its end: (end offset, when it was seen). True whoever writes it.

    An instant that has not come, by the database's clock, is left out: it was seen by a clock that had jumped.
    """
    statement = text("""
        update position set caught_up_at = :at
        where topic = :topic and partition = :partition and next_offset >= :end
            and (caught_up_at is null or caught_up_at < :at) and :at <= clock_timestamp() + interval '2 s'
    """)
    for partition in sorted(ends):
        end, at = ends[partition]
        row = {"topic": partition.topic, "partition": partition.partition, "end": end, "at": at}
        connection.execute(statement, row)
