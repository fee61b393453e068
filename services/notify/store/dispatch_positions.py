"""How far dispatch has read the log: moved by compare-and-set in the transaction of what follows from it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from services.kit.errors import Fenced, Misconfigured
from services.kit.eventlog.port import LogIdentity, Partition


def open_positions(connection: Connection, starts: Mapping[Partition, int], log: LogIdentity) -> dict[Partition, int]:
    """The next offset of these partitions; one that is not known yet begins where `starts` says.

    Raises Misconfigured when a known one was of another cluster or topic.
    """
    rows = [
        {**where._asdict(), "at": at, "cluster_id": log.cluster_id, "topic_id": log.topic_ids[where.topic]}
        for where, at in sorted(starts.items())
    ]
    statement = text("""
        insert into notify.dispatch_position (topic, partition, next_offset, cluster_id, topic_id)
        values (:topic, :partition, :at, :cluster_id, :topic_id) on conflict do nothing
    """)
    if rows:
        connection.execute(statement, rows)
    asked = text("select topic, partition, next_offset, cluster_id, topic_id from notify.dispatch_position")
    found = {Partition(row.topic, row.partition): row for row in connection.execute(asked)}
    faults = [
        f"{where.topic}:{where.partition} was read from topic {found[where].topic_id} of cluster"
        f" {found[where].cluster_id}, not {log.topic_ids[where.topic]} of {log.cluster_id}"
        for where in sorted(starts)
        if (found[where].cluster_id, found[where].topic_id) != (log.cluster_id, log.topic_ids[where.topic])
    ]
    if faults:
        raise Misconfigured(faults)
    return {where: found[where].next_offset for where in starts}


def advance(connection: Connection, moves: Iterable[tuple[Partition, int, int]]) -> None:
    """(partition, from, to), in key order; raises Fenced when one is not where the batch began."""
    statement = text("""
        update notify.dispatch_position set next_offset = :end
        where topic = :topic and partition = :partition and next_offset = :start
    """)
    for where, start, end in sorted(moves):
        given = {**where._asdict(), "start": start, "end": end}
        if connection.execute(statement, given).rowcount != 1:
            raise Fenced(f"another process has moved {where.topic}:{where.partition}")
