"""A polled batch sorted into what is fit, what is refused, and where it must stop. Pure: the time is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.contracts.programme.registry import Registry
from services.contracts.records import StoredRecord
from services.contracts.topics import PROGRAMME
from services.kit.eventlog.port import Partition
from services.reporting.ingest.judging import Unread, judged
from services.reporting.ingest.rejects import RejectWindow
from services.reporting.store.batch import Edition, Halt, Read, Refused


class Stop(NamedTuple):
    """A partition may not go on before the programmes are known; `last` is the last offset seen of it."""

    offset: int
    last: int


@dataclass
class Sorted:
    """`ends` are the next offsets of what was sorted; a partition that stops, or a halt, leaves the rest unread."""

    registry: Registry
    window: RejectWindow
    read: list[Read] = field(default_factory=list)
    refused: list[tuple[StoredRecord, Refused]] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    ends: dict[Partition, int] = field(default_factory=dict)
    stops: dict[Partition, Stop] = field(default_factory=dict)
    halt: Halt | None = None

    @property
    def plain(self) -> bool:
        """Whether it changes nothing by which the next batch is judged but the positions and the window."""
        return not self.stops and self.halt is None and not any(where.topic == PROGRAMME.name for where in self.ends)


def sort_out(
    records: Mapping[Partition, Sequence[StoredRecord]],
    registry: Registry,
    window: RejectWindow,
    final: Mapping[Partition, int],
    now: datetime,
) -> Sorted:
    """Judges every record in order. Up to `final` an unknown programme version is a reject, after it a stop."""
    found = Sorted(registry, window.copy())
    for partition, listed in records.items():
        for record in listed:
            if found.halt is not None or not _sort(record, partition, found, final.get(partition, -1), now):
                break
        if partition in found.stops:
            found.stops[partition] = found.stops[partition]._replace(last=listed[-1].offset)
    return found


def _sort(record: StoredRecord, partition: Partition, found: Sorted, final: int, now: datetime) -> bool:
    verdict, found.registry, edition = judged(record, found.registry, final=record.offset <= final)
    match verdict:
        case Unread():
            found.stops[partition] = Stop(record.offset, record.offset)
            return False
        case Refused():
            found.refused.append((record, verdict))
            found.window.add(verdict)
            found.halt = found.window.halt(now)
        case Read():
            found.read.append(verdict)
            found.window.add(None)
    if edition is not None:
        found.editions.append(edition)
    found.ends[partition] = record.offset + 1
    return True
