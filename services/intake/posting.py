"""One request on its way to becoming an event: who posts, under which programme version, when, with which key. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from services.contracts import details
from services.contracts.codec import seal
from services.contracts.errors import Fault, Rejected, fault
from services.contracts.events import TYPE_NAMES, Data, Event
from services.contracts.fields import FIRST_DAY, ActorId, Instant
from services.contracts.programme import Programme, Unit, judge, local_date
from services.contracts.programme.ids import event_id
from services.intake.refusal import Refused, forbid, refuse
from services.kit.auth import Caller

FIRST_YEAR: Final = FIRST_DAY.year
LAST_YEAR: Final = 2100
"""The years in which a caller's clock may stand."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`scope` is the unit (code or id) whose subtree the caller's token names; `key` the idempotency key."""

    programme: Programme
    agency: str
    actor: str | None
    scope: str
    key: str
    accepted_at: datetime

    @property
    def today(self) -> date:
        return local_date(self.accepted_at)

    def item(self, name: str) -> "Posting":
        """The posting of one item of a batch."""
        return replace(self, key=f"{self.key}/{name}")

    def event_id(self, data: type[Data]) -> UUID:
        """The id that every repetition of this request gives to its event."""
        return event_id(self.programme.id, self.agency, TYPE_NAMES[data], self.key)

    def unit(self, ref: str, on: date) -> Unit:
        """The unit meant on a day, if the caller may speak for it: within the token's subtree and the agency's."""
        units = self.programme.units
        unit = units.resolve(ref, on)
        if unit is None:
            refuse("unit", "unknown_unit", details.programme_version(self.programme.version))
        scope = units.resolve(self.scope, on)
        if scope is None or not units.within(unit.id, scope.id):
            forbid("unit")
        if not units.within(unit.id, self.programme.agencies[self.agency].unit):
            forbid("unit")
        return unit

    def unit_of_day(self, ref: str, day: date) -> Unit:
        """As `unit`, for a day on which something happened: one that has not come is told of by `day_faults`."""
        return self.unit(ref, min(day, self.today))

    def day_faults(self, field: str, day: date | None) -> list[Fault]:
        """What is wrong with a day that has not come when the request is accepted."""
        return [fault(field, "in_the_future")] if day is not None and day > self.today else []

    def sealed(self, data: Data, event: UUID | None = None) -> Event:
        """The event of this posting, as the programme allows it; Refused otherwise. `event`: its id, if known."""
        try:
            sealed = seal(
                data,
                event_id=event or self.event_id(type(data)),
                source=self.agency,
                accepted_at=self.accepted_at,
                programme_version=self.programme.version,
                actor=self.actor,
            )
            judge(sealed, self.programme)
        except Rejected as rejected:
            raise Refused([fault(rejected.field, rejected.reason.value, rejected.detail)]) from rejected
        return sealed


def opened(programme: Programme | None, caller: Caller) -> Programme:
    """The active programme that a request names, if the caller's agency and token are good for it."""
    if programme is None:
        refuse("programme", "unknown_programme")
    if caller.sandbox and not programme.sandbox:
        forbid("programme", "test_token")
    if caller.programme not in (None, programme.id):
        forbid("programme")
    if caller.agency not in programme.agencies:
        forbid("programme", "unknown_agency")
    if not _is_actor(caller.actor):
        forbid("actor")
    return programme


def _is_actor(subject: str) -> bool:
    """An opaque id, as events carry it. An e-mail address or a name in a token stays out of the log."""
    try:
        msgspec.convert(subject, ActorId)
    except msgspec.ValidationError:
        return False
    return True


def accepted_at(programme: Programme, header: str | None, now: datetime) -> datetime:
    """The instant of acceptance: `now`, or in a sandbox what the caller's Clock header says."""
    if header is None:
        return now
    if not programme.sandbox:
        refuse("Clock", "not_a_sandbox")
    try:
        said = msgspec.convert(header, Instant)
    except msgspec.ValidationError:
        refuse("Clock", "clock")
    if not FIRST_YEAR <= said.year <= LAST_YEAR:
        refuse("Clock", "clock")
    return said.astimezone(UTC)
