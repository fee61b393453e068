"""Looking at what stands on the log, without a place in any group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from services.contracts.records import Position, StoredRecord
from services.kit.clock import Clock, Deadline
from services.kit.errors import Unavailable
from services.kit.eventlog.port import Admin, LogFault, Partition, Reader

PATIENCE_S: Final = 20.0
POLL_MS: Final = 200
OpenReader = Callable[[Mapping[Partition, int]], Reader]


class Read(NamedTuple):
    records: list[StoredRecord]
    unreadable: list[Position]


def whole(admin: Admin, open_reader: OpenReader, topic: str, clock: Clock) -> Read:
    """Everything that stands on a topic now; nothing of a topic that there is not. Raises Unavailable."""
    return _between(admin.beginning_offsets([topic]), admin.end_offsets([topic]), open_reader, clock)


def newest(admin: Admin, open_reader: OpenReader, topics: Sequence[str], clock: Clock) -> list[StoredRecord]:
    """The last record of every partition that has one. Raises Unavailable."""
    begins, ends = admin.beginning_offsets(topics), admin.end_offsets(topics)
    starts = {where: max(begins[where], end - 1) for where, end in ends.items()}
    return _between(starts, ends, open_reader, clock).records


def _between(
    starts: Mapping[Partition, int], ends: Mapping[Partition, int], open_reader: OpenReader, clock: Clock
) -> Read:
    at = {where: start for where, start in starts.items() if start < ends[where]}
    found = Read([], [])
    if not at:
        return found
    deadline = Deadline(clock, PATIENCE_S)
    reader = open_reader(at)
    try:
        while any(at[where] < ends[where] for where in at):
            if not deadline.left_s:
                raise Unavailable("log", detail="not read to its end")
            _take(reader, at, found)
    finally:
        reader.close()
    return found


def _take(reader: Reader, at: dict[Partition, int], found: Read) -> None:
    try:
        for where, records in reader.poll(1_000, POLL_MS).items():
            found.records.extend(records)
            at[where] = records[-1].offset + 1
    except LogFault as fault:
        if fault.kind != "corrupt":
            raise Unavailable("log", detail=str(fault)) from fault
        found.unreadable.append(fault.position)
        reader.skip(fault.position)
        at[Partition(fault.position.topic, fault.position.partition)] = fault.position.offset + 1
