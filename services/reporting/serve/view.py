"""What one answer is made from: a snapshot, the programmes as it knows them, and the wall clock."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from services.contracts.errors import fault
from services.contracts.programme import Period, Programme, Registry, Unit
from services.contracts.readings.pages import AsOf, ReadUpTo
from services.contracts.topics import TIP
from services.kit.web import ProblemError
from services.reporting.store.now import programme_now
from services.reporting.store.read import Snapshot


@dataclass(frozen=True)
class View:
    snapshot: Snapshot
    registry: Registry
    wall: datetime
    _now: dict[str, datetime | None] = field(default_factory=dict, compare=False, repr=False)

    def programme(self, programme_id: str) -> Programme:
        """The active version. Raises ProblemError 404."""
        found = self.registry.active(programme_id)
        if found is None:
            raise ProblemError(404, "unknown_programme", [fault("programme", "unknown_programme")])
        return found

    def programmes(self) -> list[Programme]:
        """The active versions of all programmes, by id."""
        found = (self.registry.active(programme_id) for programme_id in self.registry.ids())
        return [programme for programme in found if programme is not None]

    def now_of(self, programme: Programme) -> datetime | None:
        if programme.id not in self._now:
            self._now[programme.id] = programme_now(self.snapshot.connection, programme.id)
        return self._now[programme.id]

    def as_of(self, programme: Programme | None = None) -> AsOf:
        """Positions, and for a programme also its `now` with its age.

        Anyone may read this, so the topic of tips is not in it: its offsets would tell the second of every tip.
        """
        whole = self.whole_as_of(programme)
        return msgspec.structs.replace(whole, positions=[row for row in whole.positions if row.topic != TIP.name])

    def whole_as_of(self, programme: Programme | None = None) -> AsOf:
        """As `as_of`, with the position of every topic: for operators, and an agency asking for its own event."""
        now = self.now_of(programme) if programme else None
        aging = now is not None and programme is not None and not programme.sandbox
        return AsOf(
            generation=self.snapshot.generation,
            positions=[
                ReadUpTo(
                    topic=row.topic, partition=row.partition, next_offset=row.next_offset, caught_up_at=row.caught_up_at
                )
                for row in self.snapshot.positions
            ],
            now=now,
            age_s=max(0, int((self.wall - now).total_seconds())) if now is not None and aging else None,
        )


def period_of(programme: Programme, code: str) -> Period:
    """Raises ProblemError 404 when the programme has no such period."""
    found = programme.period(code)
    if found is None:
        raise ProblemError(404, "not_found", [fault("period", "not_found")])
    return found


def unit_of(programme: Programme, ref: str, period: Period) -> Unit:
    """A unit by id, or by code as the map was when the period ended, else at any time in it; 404 if there is none."""
    found = (
        programme.units.by_id.get(ref) or programme.units.resolve(ref, period.end) or _within(programme, ref, period)
    )
    if found is None or not found.overlaps(period.start, period.end):
        raise ProblemError(404, "unknown_unit", [fault("unit", "unknown_unit")])
    return found


def _within(programme: Programme, code: str, period: Period) -> Unit | None:
    held = (
        unit for unit in programme.units.by_id.values() if unit.code == code and unit.overlaps(period.start, period.end)
    )
    return max(held, key=lambda unit: unit.valid_from, default=None)
