"""What a unit owes, and how it stands."""

from collections.abc import Iterable
from datetime import datetime
from itertools import product

from services.contracts.programme import Obligation, Period, Programme
from services.contracts.readings import ObligationState, ObligationStatus, UnitStatus, WaitingDeadLetter
from services.reporting.serve.lists import Asked, cells_of
from services.reporting.serve.paging import page
from services.reporting.serve.summaries import period_summary, unit_summary
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.store import read
from services.reporting.store.read import ReportRow

DEAD_LETTERS_SHOWN = 200


def unit_status(view: View, asked: Asked) -> UnitStatus:
    """All indicators of a unit, what it and the units below it owe for the period, and the dead letters that wait."""
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    unit = unit_of(programme, asked["unit"], period)
    owed, following = page(
        obligations_within(programme, unit.id, period),
        lambda owed: str(owed.report_id),
        asked.get("cursor"),
        asked.get("limit"),
    )
    below = sorted(programme.units.subtree(unit.id))
    return UnitStatus(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        unit=unit_summary(unit),
        indicators=cells_of(view, programme, period, [unit.id])[unit.id],
        obligations=_standing(view, programme, owed),
        dead_letters=[
            WaitingDeadLetter(
                unit=row.unit,
                topic=row.topic,
                partition=row.partition,
                offset=row.log_offset,
                reason=row.reason,
                field=row.field,
                recorded_at=row.recorded_at,
            )
            for row in read.waiting_dead_letters(view.snapshot.connection, programme.id, below, DEAD_LETTERS_SHOWN)
        ],
    )


def obligations_within(programme: Programme, unit_id: str, period: Period) -> list[Obligation]:
    """The obligations of the unit's reporting units for the periods inside a period, by due date."""
    inside = [inner.code for inner in programme.periods() if period.contains(inner)]
    leaves = programme.units.leaves(unit_id, period)
    keys = product(programme.forms, leaves, inside)
    owed = [programme.obligations_of[key] for key in keys if key in programme.obligations_of]
    return sorted(owed, key=lambda one: (one.due_at, one.form, one.unit, one.period))


def obligation_status(
    owed: Obligation, closes_at: datetime, report: ReportRow | None, now: datetime | None
) -> ObligationStatus:
    """The standing of one obligation at `now` (None: nothing is evaluated yet, so nothing can be late)."""
    return ObligationStatus(
        report_id=owed.report_id,
        form=owed.form,
        unit=owed.unit,
        period=owed.period,
        owner=owed.owner,
        due_at=owed.due_at,
        state=_state(owed, closes_at, report, now),
        late=_late(owed, report, now),
        revision=report.revision if report else None,
        accepted_at=report.accepted_at if report else None,
        void_decisions=report.void_decisions if report else 0,
    )


def _state(owed: Obligation, closes_at: datetime, report: ReportRow | None, now: datetime | None) -> ObligationState:
    if report is None:
        if now is None or now < closes_at:
            return "not_due"
        return "due" if now < owed.due_at else "overdue"
    if report.decision == "approved":
        return "approved"
    if report.decision == "returned":
        return "returned"
    return "late" if report.first_accepted_at >= owed.due_at else "received"


def _late(owed: Obligation, report: ReportRow | None, now: datetime | None) -> bool:
    if report is not None:
        return report.first_accepted_at >= owed.due_at
    return now is not None and now >= owed.due_at


def _standing(view: View, programme: Programme, owed: Iterable[Obligation]) -> list[ObligationStatus]:
    listed = list(owed)
    known = read.reports(view.snapshot.connection, [one.report_id for one in listed])
    now = view.now_of(programme)
    closes = {period.code: period.closes_at for period in programme.periods()}
    return [obligation_status(one, closes[one.period], known.get(one.report_id), now) for one in listed]
