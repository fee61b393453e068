"""From a request to the public fact of a tip, and to where it goes. Pure.

What reaches Kafka has the precision of a day, in a sandbox too, and names neither sender nor officer: the source is the
police that received it (promise P11).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.contracts.codec import seal
from services.contracts.errors import Rejected, fault
from services.contracts.events import Data, Event, TipMoved, TipReceived
from services.contracts.programme import Programme, judge, local_date, local_midnight
from services.contracts.requests import MoveTip, PostTip
from services.intake.posting import Posting
from services.intake.refusal import Refused, refuse
from services.notify.domain.routing import Routed

LEGAL_LIMIT: Final = timedelta(days=20)
"""Verify and decide within 20 calendar days of receipt: Bộ luật Tố tụng hình sự 2015, Điều 147 khoản 1."""
ONLINE: Final = "online"
DIRECT: Final = "direct"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where and when a tip is booked, before it is routed. `unit` and `concerns` are unit ids."""

    unit: str
    concerns: str | None
    received_on: date
    channel: str

    @property
    def due_on(self) -> date:
        return self.received_on + LEGAL_LIMIT


def placed(posted: PostTip, programme: Programme, at: datetime, officer: Posting | None) -> Placed:
    """Raises Refused with every fault. Nobody is refused for what he leaves out."""
    day = posted.received_on or local_date(at)
    if not programme.units.by_id[programme.root].valid_on(min(day, local_date(at))):
        refuse("programme", "programme_over")
    if officer is None:
        stated = {"channel": posted.channel, "received_on": posted.received_on}
        if faults := [fault(name, "officers_only") for name, value in stated.items() if value is not None]:
            raise Refused(faults)
    unit = _unit(posted.unit, programme, day, officer)
    concerns = None if posted.concerns is None else _resolved("concerns", posted.concerns, programme, day)
    if officer is not None and (faults := officer.day_faults("received_on", day)):
        raise Refused(faults)
    return Placed(unit, concerns, day, posted.channel or (ONLINE if officer is None else DIRECT))


def received(
    tip: UUID, event: UUID, posted: PostTip, where: Placed, routed: Routed, programme: Programme, at: datetime
) -> Event:
    """The public fact: nothing of what the sender said but the category."""
    data = TipReceived(
        programme=programme.id,
        unit=routed.unit,
        occurred_on=where.received_on,
        tip_id=tip,
        category=posted.category,
        channel=where.channel,  # type: ignore[arg-type] # one of the declared, by `placed`
        due_on=where.due_on,
    )
    return _sealed(data, event, routed.agencies[0], programme, at)


def moved(tip: UUID, body: MoveTip, unit: str, posting: Posting) -> Event:
    """The public fact of a step, told by the unit that says so."""
    data = TipMoved(programme=posting.programme.id, unit=unit, occurred_on=body.moved_on, tip_id=tip, step=body.step)
    event = posting.event_id(TipMoved)
    return _sealed(data, event, posting.agency, posting.programme, posting.accepted_at)


def _unit(ref: str | None, programme: Programme, day: date, officer: Posting | None) -> str:
    """The unit of a tip; who does not know it books it at the root, and so does an officer, whatever his scope."""
    if ref is None:
        return programme.root
    if officer is not None:
        return officer.unit_of_day(ref, day).id
    return _resolved("unit", ref, programme, day, programme.root)


def _resolved(field: str, ref: str, programme: Programme, day: date, below: str | None = None) -> str:
    unit = programme.units.resolve(ref, day)
    if unit is None or (below is not None and not programme.units.within(unit.id, below)):
        refuse(field, "unknown_unit")
    return unit.id


def _sealed(data: Data, event: UUID, source: str, programme: Programme, at: datetime) -> Event:
    try:
        sealed = seal(
            data,
            event_id=event,
            source=source,
            accepted_at=local_midnight(local_date(at)),
            programme_version=programme.version,
            actor=None,
        )
        judge(sealed, programme)
    except Rejected as rejected:
        raise Refused([fault(rejected.field, rejected.reason.value, rejected.detail)]) from rejected
    return sealed
