"""What the vault's own outbox gives cause for. A notice can say no more of a tip than stands in these rows: whose it is
and when its legal date is. Pure."""

from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from services.contracts.programme import Programme, local_midnight
from services.contracts.programme.notices import NoticeKind
from services.notify.domain.hours import WorkHours
from services.notify.domain.notices import Cause, cause_id
from services.notify.domain.watched import Heard, Watched

OutboxKind = Literal["tip_received", "tip_message", "tip_moved", "tip_closed"]
"""`tip_message`: its sender wrote again. `tip_moved`: a step short of the last."""
_SETTLED: Final[frozenset[OutboxKind]] = frozenset({"tip_moved"})
_ENDED: Final[frozenset[OutboxKind]] = frozenset({"tip_closed"})


class VaultRow(NamedTuple):
    """A row of the vault's outbox but for its category. `agency`: the police that has the tip."""

    id: UUID
    kind: OutboxKind
    programme: str
    tip_id: UUID
    unit: str
    agency: str
    happened_on: date
    due_on: date


def subject_of(tip_id: UUID) -> str:
    return f"tip/{tip_id}"


def heard(known: Watched | None, row: VaultRow, programme: Programme, now: datetime) -> Heard:
    """Rows of one tip may come in any order: a tip that has moved on is not waiting, whatever is heard later."""
    subject = subject_of(row.tip_id)
    watched = known or Watched(subject=subject, programme=row.programme)
    was = watched.facts
    settled = bool(was.get("settled")) or row.kind in _SETTLED | _ENDED
    ended = bool(was.get("ended")) or row.kind in _ENDED
    due_on = max(row.due_on.isoformat(), was.get("due_on", ""))
    facts = {"unit": row.unit, "agency": row.agency, "due_on": due_on, "settled": settled, "ended": ended}
    watched = replace(watched, facts=facts)
    watched = replace(watched, next_at=None if ended else _soon(watched, programme, now))
    if ended:
        return Heard(watched, over=((subject, None),))
    at = local_midnight(row.happened_on)
    if row.kind == "tip_message":
        return Heard(watched, (_cause(watched, "tip_unacknowledged", f"message@{row.id}", at),))
    if settled:
        return Heard(watched, over=((subject, "tip_unacknowledged"),))
    if was or row.kind != "tip_received":
        return Heard(watched)
    return Heard(watched, (_cause(watched, "tip_unacknowledged", "waiting", at),))


def reminded(watched: Watched, programme: Programme, now: datetime) -> Heard:
    """The clock has reached the days before the legal date."""
    if watched.facts.get("ended"):
        return Heard(replace(watched, next_at=None))
    cause = _cause(watched, "tip_due_soon", f"due@{watched.facts['due_on']}", now)
    return Heard(replace(watched, next_at=_soon(watched, programme, now)), (cause,))


def _soon(watched: Watched, programme: Programme, after: datetime) -> datetime | None:
    hours = WorkHours(programme.holidays, programme.routes.hours)
    due_on = date.fromisoformat(watched.facts["due_on"])
    at = hours.opening_of(hours.working_days_before(due_on, programme.routes.tip_soon_days))
    return at if after < at < local_midnight(due_on + timedelta(days=1)) else None


def _cause(watched: Watched, kind: NoticeKind, state: str, at: datetime) -> Cause:
    facts = watched.facts
    return Cause(
        id=cause_id(watched.subject, kind, state),
        kind=kind,
        programme=watched.programme,
        unit=facts["unit"],
        agency=facts["agency"],
        subject=watched.subject,
        state=state,
        at=at,
        facts={"due_on": facts["due_on"]},
    )
