"""What of a poll follows our positions: below is ours already, above is a gap. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from services.contracts.records import StoredRecord
from services.kit.eventlog.port import Partition


class Fitting(NamedTuple):
    """`seek`: partitions of which nothing fits, and where to read on."""

    records: dict[Partition, Sequence[StoredRecord]]
    seek: dict[Partition, int]


def fitting(
    records: Mapping[Partition, Sequence[StoredRecord]],
    known: Mapping[Partition, int],
    sought: AbstractSet[tuple[Partition, int]],
    limits: Mapping[Partition, int] | None = None,
) -> Fitting:
    """`sought` are the places gone back to already: a gap that is still there is the log's own (a marker)."""
    found = Fitting({}, {})
    for partition, listed in records.items():
        start = known.get(partition)
        if start is None or not listed:
            continue
        limit = None if limits is None else limits.get(partition, 0)
        ours = [one for one in listed if one.offset >= start and (limit is None or one.offset < limit)]
        if listed[-1].offset < start or (listed[0].offset > start and (partition, start) not in sought):
            found.seek[partition] = start
        elif ours:
            found.records[partition] = ours
    return found
