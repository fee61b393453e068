"""The deciding loop: hear, take over from the vault, let the clock speak. One process at a time; the others stand by.

Should two believe themselves to be the one, nothing is decided twice: positions move by compare-and-set, rows of the
clock and of the vault are taken under a lock, and every id follows from what it is about.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Event as Flag
from typing import Final, Protocol

from services.contracts.records import StoredRecord
from services.kit.clock import Clock
from services.kit.errors import Fenced, Unavailable
from services.kit.eventlog.port import LogIdentity, Partition
from services.kit.logs import described, get_logger
from services.kit.runtime import Heartbeat
from services.notify.dispatch.source import Source

IDLE_S: Final = 0.5
STANDBY_S: Final = 1.0
FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 15.0
IDENTIFY_EVERY_S: Final = 10.0
Move = tuple[Partition, int, int]


class Lock(Protocol):
    def acquire(self) -> bool: ...

    def held(self) -> bool: ...


class Desk(Protocol):
    """Each a transaction of its own. Raises Unavailable; Fenced when another process was faster."""

    def places(self, begins: Mapping[Partition, int], log: LogIdentity) -> dict[Partition, int]: ...

    def hear(self, records: Iterable[StoredRecord], moves: Iterable[Move], now: datetime) -> None: ...

    def take_over(self, now: datetime) -> bool:
        """Whether there may be more."""
        ...

    def tick(self, now: datetime) -> bool: ...


class Deciding:
    """`seen` is told end offsets and positions, once a round, for the gauges."""

    def __init__(
        self,
        source: Source,
        desk: Desk,
        lock: Lock,
        clock: Clock,
        seen: Callable[[Mapping[Partition, int], Mapping[Partition, int]], None] = lambda _ends, _next: None,
    ) -> None:
        self._source = source
        self._desk = desk
        self._lock = lock
        self._clock = clock
        self._seen = seen
        self._open = False
        self._identify_at = 0.0
        self.active = False
        self.away = ""
        self.heartbeat = Heartbeat(clock)

    def run(self, stop: Flag) -> None:
        """Until asked to stop. Raises Misconfigured."""
        rest_s = FIRST_REST_S
        try:
            while not stop.is_set():
                self.heartbeat.beat()
                try:
                    stop.wait(self._round())
                    rest_s, self.away = FIRST_REST_S, ""
                except Fenced as fenced:
                    get_logger().info("fenced", detail=str(fenced))
                    self._open = False
                except Unavailable as away:
                    get_logger().warning("resting", **described(away))
                    self._open, self.away = False, str(away)
                    stop.wait(rest_s)
                    rest_s = min(2 * rest_s, LONGEST_REST_S)
        finally:
            self._source.close()

    def _round(self) -> float:
        """One round; how long to wait for the next."""
        self.active = self._lock.acquire()
        if not self.active:
            self._open = False
            return STANDBY_S
        if not self._open:
            self._source.open(self._desk.places)
            self._open = True
        self._look_around()
        heard = self.hear_once()
        while self._desk.take_over(self._clock.now()):
            self.heartbeat.beat()
        ends = self._source.ends()
        self._seen(ends, self._source.next)
        # While records wait, a deadline may already have been met: nobody is reminded because we are behind.
        if all(self._source.next[where] >= end for where, end in ends.items() if where in self._source.next):
            while self._desk.tick(self._clock.now()):
                self.heartbeat.beat()
        return 0.0 if heard else IDLE_S

    def hear_once(self) -> bool:
        """What came, in one transaction with how far it was read; whether anything did."""
        read = self._source.poll()
        moves: list[Move] = []
        records: list[StoredRecord] = []
        for where, listed in sorted(read.items()):
            fresh = [record for record in listed if record.offset >= self._source.next[where]]
            if fresh:
                moves.append((where, self._source.next[where], fresh[-1].offset + 1))
                records += fresh
        if records:
            self._desk.hear(records, moves, self._clock.now())
            self._source.next.update({where: end for where, _, end in moves})
        return bool(records)

    def _look_around(self) -> None:
        if self._clock.monotonic() < self._identify_at:
            return
        self._source.identify()
        if self._source.grown():
            self._source.open(self._desk.places)
        self._identify_at = self._clock.monotonic() + IDENTIFY_EVERY_S
