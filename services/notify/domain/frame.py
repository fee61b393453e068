"""What a decision stands on beside the matter itself: the programme, who holds which role, what is silent, and now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from services.contracts.programme import NoticeClass, Programme, Rung, local_date
from services.notify.domain.hours import WorkHours
from services.notify.domain.notices import Cause, Contact, Matter, Recipient

STALE_AFTER: Final = timedelta(days=30)


class Silence(NamedTuple):
    """What is not told for a while, because somebody answers for that. None fits everything; it always ends.

    `unit`: it and what lies below it. `role`: of the recipient.
    """

    id: UUID
    kind: str | None
    unit: str | None
    role: str | None
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Frame:
    """`contacts`: of a role of a unit, every one that is registered. `sent_today`: messages made for a holder on the
    local day of `now`. `sandboxes`: whether programmes for trying out tell anybody.
    """

    programme: Programme
    contacts: Callable[[Recipient], Sequence[Contact]]
    now: datetime
    silences: Sequence[Silence] = ()
    sent_today: Callable[[Recipient, str], int] = lambda _recipient, _holder: 0
    sandboxes: bool = False
    stale_after: timedelta = STALE_AFTER

    @property
    def day(self) -> date:
        return local_date(self.now)

    @cached_property
    def hours(self) -> WorkHours:
        return WorkHours(self.programme.holidays, self.programme.routes.hours)

    def rungs(self, matter: Matter) -> tuple[Rung, ...]:
        """Of its ladder; none when another version of the programme has dropped it."""
        ladder = self.programme.routes.ladders.get(matter.ladder)
        return ladder.rungs if ladder else ()

    def notice_class(self, matter: Matter) -> NoticeClass | None:
        return self.programme.routes.classes.get(matter.notice_class)

    def silenced_until(self, cause: Cause, to: Recipient) -> datetime | None:
        """When the silence ends that lies on a cause for a recipient; the last of several."""
        ends = [
            silence.ends_at
            for silence in self.silences
            if silence.starts_at <= self.now < silence.ends_at
            and silence.kind in (None, cause.kind)
            and silence.role in (None, to.role)
            and (silence.unit is None or self.programme.units.within(cause.unit, silence.unit))
        ]
        return max(ends, default=None)
