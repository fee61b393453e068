"""The loop of ingest: read, sort, put dead letters away, write one transaction, go on.

While a batch is in its transaction the next one is read and sorted, on the assumption that the transaction succeeds; it
is begun only when that is certain. Only what comes without waiting is read so, and nothing is in flight between rounds.

Positions live in the database. The loop remembers them (`_known`), drops what lies below them and seeks back when a
batch begins above them; whenever it is in doubt it forgets them, and the next round asks the database and seeks.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event as Flag
from typing import Final, Protocol

from services.contracts.records import Position
from services.contracts.topics import PROGRAMME
from services.kit.clock import Clock
from services.kit.errors import Fenced, Misconfigured, Unavailable
from services.kit.eventlog.port import CommitFailed, LogFault, Partition, Reader
from services.kit.logs import described, get_logger
from services.kit.runtime import Heartbeat
from services.reporting.ingest.fitting import fitting
from services.reporting.ingest.flight import Flight
from services.reporting.ingest.gauges import Gauges
from services.reporting.ingest.progress import CaughtUp, Seen
from services.reporting.ingest.waiting import PROGRAMME_PARTITIONS, Waits
from services.reporting.ingest.writing import Records, Writer
from services.reporting.store.batch import Halt
from services.reporting.store.facts import Step, no_step

POLL_MS: Final = 500
LOOK_EVERY_S: Final = 1.0
IDENTIFY_EVERY_S: Final = 2.0
FIRST_REST_S: Final = 0.2
LONGEST_REST_S: Final = 5.0


class Store(Protocol):
    """The part of `store.keeper.Keeper` that is needed here."""

    def open(self, partitions: frozenset[Partition]) -> dict[Partition, int]: ...

    def positions(self) -> dict[Partition, int]: ...

    def note_caught_up(self, seen: Mapping[Partition, Seen]) -> None: ...

    def halted(self) -> Halt | None: ...


@dataclass(frozen=True)
class Terms:
    """`identify` raises Misconfigured when the log is not the one we know. `tidy` is called about once a second.

    With `limits` (a generation being filled) nothing at or above them is read, halts are not obeyed, and the loop ends
    when all are reached.
    """

    batch_max_records: int = 5_000
    identify: Callable[[], None] = lambda: None
    limits: Mapping[Partition, int] | None = None
    step: Step = no_step
    tidy: Callable[[], None] = lambda: None


class Ingest:
    """One consumer, which one thread uses; another thread is in the transaction of the batch before (`Flight`)."""

    def __init__(
        self, reader: Reader, store: Store, writer: Writer, clock: Clock, gauges: Gauges, terms: Terms = Terms()
    ) -> None:
        self._reader = reader
        self._store = store
        self._writer = writer
        self._flight = Flight(writer)
        self._clock = clock
        self._gauges = gauges
        self._terms = terms
        self._limits = terms.limits
        self._stop = Flag()
        self._step = terms.step
        self._known: dict[Partition, int] | None = None
        self._generation = -1
        self._sought: set[tuple[Partition, int]] = set()
        self._waits = Waits()
        self._caught_up = CaughtUp()
        self._rest_until = self._look_at = self._identify_at = 0.0
        self._rest_s = FIRST_REST_S
        self.heartbeat = Heartbeat(clock)
        self.truncated: dict[Partition, int] = {}
        self.halt: Halt | None = None
        self.unread: frozenset[Partition] | None = None

    def run(self, stop: Flag) -> None:
        """Until asked to stop, between two batches, or until everything up to the limits is read."""
        self._stop = stop
        while not stop.is_set() and not self.done:
            self.once()
        if self._known:
            self._commit(self._known)

    @property
    def resting(self) -> bool:
        """Whether something that ingest needs is away."""
        return self._clock.monotonic() < self._rest_until

    @property
    def done(self) -> bool:
        if self._limits is None or self._known is None:
            return False
        return all(self._known.get(partition, 0) >= limit for partition, limit in self._limits.items())

    def once(self) -> None:
        """One round, of at most half a second of waiting, and of the batches that come without more of it."""
        try:
            try:
                self._round()
            finally:
                self._land()
        except Unavailable as away:
            self._rest(away)
        except Fenced as fenced:
            self._gauges.fenced.inc()
            get_logger().info("fenced", detail=str(fenced))
            self._known = None

    def _round(self) -> None:
        self.heartbeat.beat()
        if not self.resting:
            self._look_around()
        if self.resting or self.halt is not None:
            self._idle()
            return
        if self._known is None or self._reader.generation != self._generation:
            self._resync()
        wait_ms = POLL_MS
        while self._read(wait_ms) and not self._stop.is_set() and not self._halted_meanwhile():
            wait_ms = 0
        self._land()
        self._rest_s = FIRST_REST_S

    def _read(self, wait_ms: int) -> bool:
        """One batch as far as its transaction, which goes on; whether another one may be read meanwhile."""
        try:
            records = self._reader.poll(self._terms.batch_max_records, wait_ms)
        except LogFault as fault:
            self._land()
            self._on_fault(fault)
            return False
        self._step("polled")
        if self._reader.generation != self._generation:
            self._known = None  # what was polled may be another owner's by now; it comes again if it is ours
            return False
        self._take(records)
        return self._flight.batch is not None and bool(records)

    def _halted_meanwhile(self) -> bool:
        self.heartbeat.beat()
        self._look_around()
        return self.halt is not None

    def _idle(self) -> None:
        """Stay a member of the group without taking anything."""
        self._reader.pause(list(self._reader.assignment()))
        self._known = None
        try:
            self._reader.poll(1, POLL_MS)
        except LogFault as fault:
            self._on_fault(fault)

    def _resync(self) -> None:
        """Asks the database where we stand, and tells the reader."""
        generation, assigned = self._reader.generation, self._reader.assignment()
        self._terms.identify()
        known = self._store.open(assigned)
        for partition, offset in known.items():
            self._reader.seek(partition, offset)
        self._waits.keep(assigned)
        self.truncated = {where: at for where, at in self.truncated.items() if known.get(where) == at}
        held = self._waits.waiting.keys() | self.truncated.keys()
        self._reader.resume(list(assigned - held))
        self._reader.pause(list(held))
        self._known, self._generation = known, generation

    def _take(self, records: Records) -> None:
        """Programmes first, so that what comes with them in one batch finds them."""
        found = fitting(records, self._flight.positions(self._known or {}), self._sought, self._limits)
        for partition, offset in found.seek.items():
            self._sought.add((partition, offset))
            self._reader.seek(partition, offset)
        programmes = {where: listed for where, listed in found.records.items() if where.topic == PROGRAMME.name}
        others = {where: listed for where, listed in found.records.items() if where.topic != PROGRAMME.name}
        for group in (programmes, others):
            if group and self.halt is None:
                self._write(group)

    def _write(self, records: Records) -> None:
        found = self._writer.prepare(records, self._waits.final, self._flight.batch)
        self._step("sorted")
        self._land()
        if found.ends:
            self._flight.begin(found, self._known or {})
        if not found.plain:
            self._land()
        self._waits.stop(found.stops, lambda: self._reader.end_offsets(PROGRAMME_PARTITIONS))
        for partition, stop in found.stops.items():
            self._reader.pause([partition])
            self._reader.seek(partition, stop.offset)

    def _land(self) -> None:
        """Until the batch in flight is written. Raises when it is not, and whoever read on from it must forget that."""
        written = self._flight.land()
        if written is None or self._known is None:
            return
        if written.halt is not None:
            self._halted(written.halt)
        self._known.update(written.ends)
        self._sought -= {place for place in self._sought if place[0] in written.ends}
        self._commit(written.ends)

    def _look_around(self) -> None:
        """Once a second, busy or idle: how far the log goes, whether we are halted, what waits."""
        if self._clock.monotonic() < self._look_at:
            return
        self._look_at = self._clock.monotonic() + LOOK_EVERY_S
        self._terms.tidy()
        if self._look_at >= self._identify_at:
            self._terms.identify()  # a topic made again may have a record where we stand, and raises nothing
            self._identify_at = self._look_at + IDENTIFY_EVERY_S
        known = self._known or {}
        if self._limits is None:
            self._halted(self._store.halted())
        seen_at = self._clock.now()
        ends = self._reader.end_offsets(sorted(known)) if known else {}
        self._caught_up.saw(ends, seen_at)
        reached = self._caught_up.reached(known)
        if reached:
            self._store.note_caught_up(reached)
        self._gauges.lag(ends, known)
        if self._known is not None and self._generation > 0:
            asked = frozenset(known) if self.unread is None else self.unread & known.keys()
            self.unread = asked - reached.keys()
        if self._waits.waiting:
            changed = self._writer.refresh()
            self._reader.resume(self._waits.settle(self._store.positions(), programmes_changed=changed))

    def _halted(self, halt: Halt | None) -> None:
        if halt is None and self.halt is not None:
            self._writer.forget_rejects()
            self._known = None
        if halt is not None and self.halt is None:
            get_logger().critical("halted", topic=halt.topic, source=halt.source, reason=halt.reason)
        self.halt = halt
        self._gauges.halted.set(0 if halt is None else 1)

    def _rest(self, away: Unavailable) -> None:
        """Backs off with jitter; paused partitions go on being polled, so that the group does not lose us."""
        (self._gauges.database_away if away.dependency == "database" else self._gauges.outages).inc()
        get_logger().warning("resting", **described(away))
        self._rest_until = self._clock.monotonic() + self._rest_s * random.uniform(0.5, 1)  # noqa: S311
        self._rest_s = min(self._rest_s * 2, LONGEST_REST_S)
        self._known = None

    def _on_fault(self, fault: LogFault) -> None:
        self._gauges.log_fault(fault.kind)
        get_logger().critical("log fault", kind=fault.kind, at=[str(tuple(place)) for place in fault.positions])
        if fault.kind == "beyond_end":
            raise Misconfigured([f"{fault}: our position is after the end, so this is another or a wiped log"])
        for place in fault.positions:
            if fault.kind == "truncated":
                self._lose(place)
            else:
                self._park(place)

    def _lose(self, place: Position) -> None:
        """What was at our position is gone from the log: stand still there, loudly, and go on with the others."""
        partition = Partition(place.topic, place.partition)
        self.truncated[partition] = place.offset
        self._reader.pause([partition])

    def _park(self, place: Position) -> None:
        partition = Partition(place.topic, place.partition)
        start = (self._known or {}).get(partition)
        if start is None:
            return
        if start != place.offset and (start > place.offset or (partition, start) not in self._sought):
            self._sought.add((partition, start))
            self._reader.seek(partition, start)
            return
        self._flight.begin(self._writer.parked(place), {partition: start})
        self._land()
        self._reader.skip(place)

    def _commit(self, ends: Mapping[Partition, int]) -> None:
        """For the log's own tools only."""
        try:
            self._reader.commit(ends)
        except CommitFailed:
            self._gauges.commit_failures.inc()
        self._step("acknowledged")
