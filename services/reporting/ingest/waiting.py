"""Partitions that wait for a programme version: until it is read, or until it is certain that it is not there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.contracts.topics import PROGRAMME
from services.kit.eventlog.port import Partition
from services.reporting.ingest.sorting import Stop

PROGRAMME_PARTITIONS: Final = tuple(Partition(PROGRAMME.name, number) for number in range(PROGRAMME.partitions))
Ends = Mapping[Partition, int]


class Wait(NamedTuple):
    """The record at `offset` waits. `ends` of programme.v1 were seen after every record up to `last` was."""

    offset: int
    last: int
    ends: Ends


@dataclass
class Waits:
    """`final`: up to these offsets, a version that is not known is not in the log."""

    waiting: dict[Partition, Wait] = field(default_factory=dict)
    final: dict[Partition, int] = field(default_factory=dict)

    def stop(self, stops: Mapping[Partition, Stop], ends_of: Callable[[], Ends]) -> None:
        """Raises what `ends_of` raises, and then nothing has changed."""
        if not stops:
            return
        ends = ends_of()
        for partition, (offset, last) in stops.items():
            self.waiting[partition] = Wait(offset, last, _before(ends, partition, offset))

    def settle(self, read: Ends, *, programmes_changed: bool) -> list[Partition]:
        """The partitions that may go on, given how far programme.v1 is read, or that another programme is known."""
        done = [
            partition
            for partition, wait in self.waiting.items()
            if programmes_changed or all(read.get(other, 0) >= end for other, end in wait.ends.items())
        ]
        for partition in done:
            wait = self.waiting.pop(partition)
            if not programmes_changed:
                self.final[partition] = wait.last
        return done

    def keep(self, partitions: frozenset[Partition]) -> None:
        """Forget partitions that are not ours any longer."""
        self.waiting = {partition: wait for partition, wait in self.waiting.items() if partition in partitions}


def _before(ends: Ends, partition: Partition, offset: int) -> Ends:
    """A record of programme.v1 itself waits for what stands before it, which is read when it is come to."""
    return {other: min(end, offset) if other == partition else end for other, end in ends.items()}
