"""A polled batch on its way into the database: sorted, dead letters away first, then one transaction.

`prepare` needs no transaction and `write` nothing that `prepare` changes: while one thread is in `write`, the thread
that reads prepares the next batch. It calls `keep` when the transaction has been committed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from services.contracts.errors import Rejected
from services.contracts.records import Position, Record, StoredRecord
from services.contracts.topics import PROGRAMME
from services.kit.clock import Clock
from services.kit.eventlog.port import Appender, Partition
from services.reporting.domain.sources import UNKNOWN
from services.reporting.ingest.gauges import Gauges
from services.reporting.ingest.rejects import RejectWindow, dead_letter, only_its_place, without_value
from services.reporting.ingest.sorting import Sorted, sort_out
from services.reporting.store.batch import Batch, Refused
from services.reporting.store.facts import Applied, Step, no_step
from services.reporting.store.programmes import NOTHING, Known

APPEND_DEADLINE_S: Final = 10.0
APPEND_AT_ONCE: Final = 200
CORRUPT: Final = "corrupt"
NO_DAY: Final = date(1970, 1, 1)
"""The day of a record whose timestamp cannot be read, in the books."""

Records = Mapping[Partition, Sequence[StoredRecord]]


class Store(Protocol):
    """The part of `store.keeper.Keeper` that is needed here."""

    def apply(self, batch: Batch) -> Applied: ...

    def programmes(self, known: Known) -> Known: ...


class Writer:
    """Without `dead_letters` (a generation being filled) rejects stay in the generation, and nothing halts."""

    def __init__(
        self, store: Store, dead_letters: Appender | None, clock: Clock, gauges: Gauges, step: Step = no_step
    ) -> None:
        self._store = store
        self._dead_letters = dead_letters
        self._clock = clock
        self._gauges = gauges
        self._step = step
        self._programmes = NOTHING
        self.forget_rejects()

    def forget_rejects(self) -> None:
        """After a halt was lifted, counting begins anew."""
        self._window = RejectWindow() if self._dead_letters else RejectWindow(least=float("inf"))

    def refresh(self) -> bool:
        """Whether the database knows more programmes than we did."""
        before, self._programmes = self._programmes, self._store.programmes(self._programmes)
        return self._programmes.registry is not before.registry

    def prepare(self, records: Records, final: Mapping[Partition, int], before: Sorted | None = None) -> Sorted:
        """Judges by what the database knows of programmes: asked before a part is added, and when one is missing.

        `before`: a plain batch that is still being written; what it leaves behind is what this one is judged after.
        """
        if any(partition.topic == PROGRAMME.name for partition in records):
            self.refresh()
        window = before.window if before else self._window
        found = self._sorted(records, final, window)
        if found.stops and self.refresh():
            return self._sorted(records, final, window)
        return found

    def _sorted(self, records: Records, final: Mapping[Partition, int], window: RejectWindow) -> Sorted:
        return sort_out(records, self._programmes.registry, window, final, self._clock.now())

    def write(self, found: Sorted, starts: Mapping[Partition, int]) -> None:
        """Raises Fenced and Unavailable, and then nothing has been written but, maybe, dead letters (again)."""
        began = self._clock.monotonic()
        self._put_away([dead_letter(record, refused) for record, refused in found.refused])
        refused = [one for _, one in found.refused]
        batch = Batch(starts, found.ends, found.read, refused, found.editions, found.halt)
        applied = self._store.apply(batch)
        self._step("committed")
        self._gauges.wrote(applied.outcomes, refused)
        self._gauges.batch_seconds.observe(self._clock.monotonic() - began)

    def keep(self, found: Sorted) -> None:
        """It is written: what comes next is judged after it."""
        self._window = found.window
        if ends := [end for partition, end in found.ends.items() if partition.topic == PROGRAMME.name]:
            self._programmes = Known(found.registry, max([self._programmes.next_offset, *ends]))

    def parked(self, position: Position) -> Sorted:
        """A record that cannot be read, put aside: a dead letter without content, and the position goes past it."""
        now = self._clock.now()
        empty = StoredRecord(*position, 0, None, None, ())
        refused = Refused(position, position, CORRUPT, "", UNKNOWN, "", "", now, NO_DAY)
        partition = Partition(position.topic, position.partition)
        window = self._window.copy()
        window.add(refused)
        found = Sorted(self._programmes.registry, window, refused=[(empty, refused)], halt=window.halt(now))
        found.ends[partition] = position.offset + 1
        return found

    def _put_away(self, letters: Sequence[Record]) -> None:
        if not letters or self._dead_letters is None:
            return
        for start in range(0, len(letters), APPEND_AT_ONCE):
            some = letters[start : start + APPEND_AT_ONCE]
            try:
                self._dead_letters.append(some, APPEND_DEADLINE_S)
            except Rejected:
                _each(self._dead_letters, some)
        self._step("dead_letters")


def _each(dead_letters: Appender, letters: Sequence[Record]) -> None:
    """One by one: whatever is too large is cut, and takes nothing from the others nor stops them."""
    for letter in letters:
        for cut in (letter, without_value(letter)):
            try:
                dead_letters.append([cut], APPEND_DEADLINE_S)
                break
            except Rejected:
                continue
        else:
            dead_letters.append([only_its_place(letter)], APPEND_DEADLINE_S)
