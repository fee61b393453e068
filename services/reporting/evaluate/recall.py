"""What was told already, read back from status.v1 and obligation.v1, from where the database knows them (ADR 18).

A database that was restored is older than what was told: it would number other changes as those that consumers have,
and they would not listen. Whoever is about to publish reads first what stands there, and waits until the facts
that it was told on are read again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from services.contracts.codec import decode
from services.contracts.errors import Rejected
from services.contracts.events import Event
from services.contracts.programme import Programme, is_cell
from services.contracts.programme.registry import Registry
from services.contracts.records import StoredRecord
from services.contracts.topics import STATUS
from services.kit.clock import Clock, Deadline
from services.kit.errors import Unavailable
from services.kit.eventlog.port import Admin, LogFault, Partition, Reader
from services.kit.health import Check
from services.reporting.domain.inputs import Cell
from services.reporting.evaluate.said import Said, status_said
from services.reporting.store.lease import Work
from services.reporting.store.told import has_read, move_told_positions, remember
from services.reporting.store.watched import remember_told, watch

SILENT_S: Final = 20.0
"""So long the log may say nothing before it counts as away."""
POLL_MS: Final = 500
AT_ONCE: Final = 5_000

Ends = Mapping[int, int]
OpenReader = Callable[[Mapping[Partition, int]], Reader]


class Recalled(NamedTuple):
    """`said`: the last telling of each thing, by programme; `positions`: of the facts they stand on, the highest."""

    said: dict[str, dict[Any, Said]]
    positions: dict[str, list[int]]
    ends: dict[int, int]


@dataclass(frozen=True)
class Recall:
    """Reads a topic from the offsets that are known to its end. `beat` is called all the while.

    `understand`: what an event of it tells; None for one that is of no concern.
    """

    admin: Admin
    open_reader: OpenReader
    clock: Clock
    ready: Callable[[], Check] = lambda: Check(True)
    topic: str = STATUS.name
    understand: Callable[[Event], Said | None] = status_said

    def __call__(self, known: Ends, beat: Callable[[], None]) -> Recalled:
        """Raises Unavailable, also while it is not known to be the right log."""
        log = self.ready()
        if not log.ok:
            raise Unavailable("log", detail=log.detail)
        begins, ends = self.admin.beginning_offsets([self.topic]), self.admin.end_offsets([self.topic])
        starts = {where: max(begins[where], known.get(where.partition, 0)) for where in ends}
        recalled = Recalled({}, {}, {where.partition: end for where, end in ends.items()})
        for record in self._between(starts, ends, beat):
            self._hear(record, recalled)
        return recalled

    def _hear(self, record: StoredRecord, recalled: Recalled) -> None:
        try:
            event = decode(record)
        except Rejected:
            return
        said = self.understand(event)
        if said is None:
            return
        known = recalled.said.setdefault(event.data.programme, {})
        if said.of not in known or known[said.of].sequence < said.sequence:
            known[said.of] = said
        for topic, offsets in said.positions.items():
            recalled.positions[topic] = _highest(recalled.positions.get(topic, []), offsets)

    def _between(
        self, starts: Mapping[Partition, int], ends: Mapping[Partition, int], beat: Callable[[], None]
    ) -> Iterator[StoredRecord]:
        at = {where: start for where, start in starts.items() if start < ends[where]}
        if not at:
            return
        reader = self.open_reader(at)
        try:
            patience = Deadline(self.clock, SILENT_S)
            while any(at[where] < ends[where] for where in at):
                beat()
                if records := _polled(reader, at):
                    patience = Deadline(self.clock, SILENT_S)
                    yield from records
                elif not patience.left_s:
                    raise Unavailable("log", detail=f"{self.topic} is not read to its end")
        finally:
            reader.close()


def _polled(reader: Reader, at: dict[Partition, int]) -> list[StoredRecord]:
    """What comes next; `at` moves with it, and past a record that cannot be read."""
    try:
        polled = reader.poll(AT_ONCE, POLL_MS)
    except LogFault as fault:
        if fault.kind != "corrupt":
            raise Unavailable("log", detail=str(fault)) from fault
        reader.skip(fault.position)
        at[Partition(fault.position.topic, fault.position.partition)] = fault.position.offset + 1
        return []
    for where, records in polled.items():
        at[where] = records[-1].offset + 1
    return [record for records in polled.values() for record in records]


def _highest(one: list[int], other: list[int]) -> list[int]:
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return [*map(max, longer, shorter), *longer[len(shorter) :]]


def nothing_told(_known: Ends, _beat: Callable[[], None]) -> Recalled:
    """Where nothing is published."""
    return Recalled({}, {}, {})


Recalling = Callable[[Ends, Callable[[], None]], Recalled]


@dataclass
class Memory:
    """Of one holder of the lock: what it has recalled and not yet taken over. `waiting`: its facts are not read yet.

    Whoever held the lock before may have been of a release that tells of no obligations, and have worked off marks:
    so every obligation is looked at once.
    """

    recall: Recalling = nothing_told
    recall_obligations: Recalling = nothing_told
    _recalled: tuple[Recalled, Recalled] | None = field(default=None, init=False)

    @property
    def waiting(self) -> bool:
        return self._recalled is not None

    def forget(self) -> None:
        self._recalled = None

    def read(self, known: Ends, known_obligations: Ends, beat: Callable[[], None]) -> None:
        """Once for each holder. Raises Unavailable."""
        if self._recalled is None:
            self._recalled = self.recall(known, beat), self.recall_obligations(known_obligations, beat)

    def take_over(self, work: Work, registry: Registry) -> bool:
        """In the caller's transaction; False, and nothing is written, while the facts are not yet read."""
        if self._recalled is None or not all(has_read(work.connection, one.positions) for one in self._recalled):
            return False
        statuses, obligations = self._recalled
        for programme, said in sorted(statuses.said.items()):
            remarks = [one.remark for one in said.values()]
            remember(
                work.connection, programme, remarks, partial(_is_cell, registry.active(programme)), statuses.positions
            )
        for programme, said in sorted(obligations.said.items()):
            remember_told(work.connection, programme, [one.remark for one in said.values()])
        for programme in registry.ids():
            _watch_all(work, registry.active(programme))
        move_told_positions(work.connection, statuses.ends)
        move_told_positions(work.connection, obligations.ends, "obligation_told_position")
        return True


def _watch_all(work: Work, programme: Programme | None) -> None:
    if programme is not None and not programme.sandbox:
        watch(work.connection, programme.id, programme.obligation_of_report)


def _is_cell(programme: Programme | None, cell: Cell) -> bool:
    return programme is not None and is_cell(programme, *cell)
