"""What obligations give cause for: soon due, due today, overdue, returned. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.contracts.events import (
    Event,
    ObligationOpened,
    ObligationOverdue,
    ObligationPostponed,
    ObligationReceived,
    ObligationReturned,
)
from services.contracts.programme import Programme, local_date
from services.contracts.programme.notices import NoticeKind
from services.notify.domain.hours import WorkHours
from services.notify.domain.notices import Cause, cause_id
from services.notify.domain.watched import Heard, Watched

Fact = ObligationOpened | ObligationPostponed | ObligationReceived | ObligationReturned | ObligationOverdue
FACTS: Final = (ObligationOpened, ObligationPostponed, ObligationReceived, ObligationReturned, ObligationOverdue)


def subject_of(fact: Fact) -> str:
    return f"obligation/{fact.programme}/{fact.report_id}"


def heard(known: Watched | None, event: Event, programme: Programme) -> Heard:
    """One fact of an obligation. Of one subject a sequence that is not higher says nothing new."""
    fact = event.data
    assert isinstance(fact, FACTS)
    watched = known or Watched(subject=subject_of(fact), programme=fact.programme)
    if fact.sequence <= watched.facts.get("sequence", 0):
        return Heard(watched)
    facts = {
        "sequence": fact.sequence,
        "unit": fact.unit,
        "form": fact.form,
        "period": fact.period,
        "owner": fact.owner,
        "due_at": fact.due_at.isoformat(),
    }
    watched = replace(watched, facts=facts, next_at=None)
    match fact:
        case ObligationOpened() | ObligationPostponed():
            waits = replace(watched, next_at=_next_reminder(watched, programme, event.accepted_at))
            return Heard(waits, over=((watched.subject, None),))
        case ObligationOverdue():
            cause = _cause(watched, "report_overdue", f"overdue@{fact.due_at:%Y-%m-%d}", event.accepted_at, event.id)
            return Heard(watched, (cause,), _reminders(watched))
        case ObligationReturned():
            cause = _cause(watched, "report_returned", f"returned@{fact.revision}", event.accepted_at, event.id)
            return Heard(watched, (cause,), ((watched.subject, None),))
        case _:
            return Heard(watched, over=((watched.subject, None),))


def reminded(watched: Watched, programme: Programme, now: datetime) -> Heard:
    """The clock has reached `next_at`: the last reminder that is due by now, and when the next one is."""
    due = [one for one in _timeline(watched, programme) if one[0] <= now]
    waits = replace(watched, next_at=_next_reminder(watched, programme, now))
    if not due:
        return Heard(waits)
    at, kind = due[-1]
    day = local_date(_due_at(watched)).isoformat()
    cause = _cause(watched, kind, f"{kind}@{day}", at, cause_id(watched.subject, kind, day))
    return Heard(waits, (cause,), tuple((watched.subject, earlier) for _, earlier in due[:-1]))


def _timeline(watched: Watched, programme: Programme) -> list[tuple[datetime, NoticeKind]]:
    """When each reminder is due: at the opening of the working day before, and of the day itself."""
    due_at = _due_at(watched)
    last = local_date(due_at - timedelta(microseconds=1))
    hours = WorkHours(programme.holidays, programme.routes.hours)
    soon = hours.opening_of(hours.working_days_before(last, programme.routes.soon_working_days))
    found: list[tuple[datetime, NoticeKind]] = [(soon, "report_due_soon"), (hours.opening_of(last), "report_due")]
    return [one for one in found if one[0] < due_at]


def _next_reminder(watched: Watched, programme: Programme, after: datetime) -> datetime | None:
    return next((at for at, _ in _timeline(watched, programme) if at > after), None)


def _due_at(watched: Watched) -> datetime:
    return datetime.fromisoformat(watched.facts["due_at"])


def _reminders(watched: Watched) -> tuple[tuple[str, str | None], ...]:
    return ((watched.subject, "report_due_soon"), (watched.subject, "report_due"))


def _cause(watched: Watched, kind: NoticeKind, state: str, at: datetime, its_id: UUID) -> Cause:
    facts = watched.facts
    return Cause(
        id=its_id,
        kind=kind,
        programme=watched.programme,
        unit=facts["unit"],
        agency=facts["owner"],
        subject=watched.subject,
        state=state,
        at=at,
        facts={name: facts[name] for name in ("form", "period", "due_at")},
    )
