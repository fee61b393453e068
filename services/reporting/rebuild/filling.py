"""The new generation reads the log up to where the served one stands, a batch at a time, whatever the log's length."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.kit.clock import Clock
from services.kit.db import Engine
from services.kit.eventlog.port import LogIdentity, Partition, Reader
from services.kit.metrics import Metrics
from services.reporting.ingest.fill import filling
from services.reporting.ingest.gauges import CARDS, Gauges
from services.reporting.ingest.loop import Terms
from services.reporting.store.keeper import Keeper

OpenReader = Callable[[Mapping[Partition, int]], Reader]


class Progress(NamedTuple):
    """Records read, of those that the served generation has read."""

    read: int
    of: int

    @property
    def behind(self) -> int:
        return max(0, self.of - self.read)


@dataclass
class Filling:
    """One generation and a reader of its own, in no group; dead letters stay in it."""

    database: Engine
    log: LogIdentity
    number: int
    open_reader: OpenReader
    clock: Clock
    _reader: Reader | None = field(default=None, init=False)
    _partitions: frozenset[Partition] = field(default=frozenset(), init=False)

    def __post_init__(self) -> None:
        self.served = Keeper(self.database, self.log)
        self.own = Keeper(self.database, self.log, self.number)
        self._gauges = Gauges(Metrics(CARDS))

    def hold_off(self, *, switching: bool) -> None:
        """While the lock of the switch is held by this process, nobody takes it again."""
        self.served.switching = self.own.switching = switching

    def progress(self) -> Progress:
        limits, known = self.served.positions(), self.own.positions()
        return Progress(sum(min(known.get(place, 0), end) for place, end in limits.items()), sum(limits.values()))

    def read_on(self, may_go_on: Callable[[], bool]) -> bool:
        """To where the served generation stands now; whether it got there. Raises Unavailable."""
        limits = self.served.positions()
        known = self.own.open(frozenset(limits))
        if all(known[place] >= end for place, end in limits.items()):
            return True
        ingest = filling(self._reader_of(known), self.own, self.clock, self._gauges, Terms(limits=limits))
        while not ingest.done and may_go_on():
            ingest.once()
        return ingest.done

    def _reader_of(self, known: Mapping[Partition, int]) -> Reader:
        if self._reader is None or self._partitions != known.keys():
            self.close()
            self._reader, self._partitions = self.open_reader(known), frozenset(known)
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
