"""From a posted report, decision, extension or sandbox clock to its event. Pure.

A report happens on the last day of its period on which the unit stood: that day says which unit is meant, whenever the
report is posted.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date
from uuid import UUID

from services.contracts import details
from services.contracts.errors import Fault, fault
from services.contracts.events import (
    Event,
    ObligationExtended,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
)
from services.contracts.programme import Period, Unit, local_date
from services.contracts.programme.ids import report_id
from services.contracts.requests import DecideReport, ExtendObligation, NameReport, PostReport, ReturnReport, SetClock
from services.intake.posting import Posting
from services.intake.refusal import Refused, forbid, refuse
from services.reporting.domain.obligations import stands_above


def accept_report(body: PostReport, posting: Posting) -> Event:
    """A revision of a report, or a nil report."""
    owner = body.owner or posting.agency
    unit, period = _meant(body.unit, body.period, owner, posting)
    _speak_for(owner, posting)
    if faults := _report_faults(body, period, posting):
        raise Refused(faults)
    return posting.sealed(
        ReportSubmitted(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=period.end,
            report_id=report_id(posting.programme.id, body.form, unit.id, period.code, owner),
            form=body.form,
            period=period.code,
            owner=owner,
            revision=body.revision,
            received_on=body.received_on,
            received_via=body.received_via,
            nil=body.nil,
            values=body.values,
            rows=body.rows,
        )
    )


def accept_approval(body: DecideReport, posting: Posting, named: UUID) -> Event:
    """The approval of exactly one body of one revision; `named` is the report id of the path."""
    unit, period = _decided(body, posting, named)
    return posting.sealed(
        ReportApproved(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=period.end,
            report_id=named,
            revision=body.revision,
            body_hash=body.body_hash,
        )
    )


def accept_return(body: ReturnReport, posting: Posting, named: UUID) -> Event:
    """The return of exactly one body of one revision, with a reason."""
    unit, period = _decided(body, posting, named)
    return posting.sealed(
        ReportReturned(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=period.end,
            report_id=named,
            revision=body.revision,
            body_hash=body.body_hash,
            reason=body.reason,
        )
    )


def accept_extension(body: ExtendObligation, posting: Posting, named: UUID) -> Event:
    """A later day for a report that is owed; from an agency above only (`domain.obligations` asks the same later)."""
    unit, period = _named(body, posting, named)
    owed = posting.programme.obligation_of_report.get(named)
    if owed is None:
        refuse("report_id", "invalid_field", details.NOBODY_OWES)
    if not stands_above(posting.agency, owed, posting.programme):
        forbid("owner", "not_above")
    return posting.sealed(
        ObligationExtended(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=period.end,
            report_id=named,
            until=body.until,
            reason=body.reason,
        )
    )


def accept_clock(body: SetClock, posting: Posting, ends: Mapping[str, list[int]]) -> Event:
    """A sandbox's `now`, with the end offsets of all input topics by partition, taken before this is appended.

    It stands in the programme's years or a year beside them. It is accepted at the instant that it sets, whatever the
    wall clock says: so every play is the same.
    """
    programme = posting.programme
    if not programme.sandbox:
        refuse("programme", "not_a_sandbox")
    first, last = programme.starts_on.year - 1, programme.ends_on.year + 1
    if not first <= body.now.year <= last:
        refuse("now", "out_of_range", details.plain(f"{first}–{last}"))
    now = body.now.astimezone(UTC)
    day = _within_years(local_date(now), posting)
    root = posting.unit(programme.root, day)
    return replace(posting, accepted_at=now).sealed(
        ProgrammeClock(programme=programme.id, unit=root.id, occurred_on=day, now=now, ends={**ends})
    )


def _within_years(day: date, posting: Posting) -> date:
    """The programme's nearest day: its root unit need not stand outside its days, and a clock may run on."""
    return min(max(day, posting.programme.starts_on), posting.programme.ends_on)


def _meant(ref: str, code: str, owner: str, posting: Posting) -> tuple[Unit, Period]:
    """The unit that owes the report, and its own days of the period.

    A code that passed from one unit to another inside the period means the one that the owner belongs to, else the
    later one.
    """
    programme = posting.programme
    period = programme.period(code)
    if period is None:
        refuse("period", "invalid_field", details.NO_PERIOD)
    held = programme.units.during(ref, period.start, period.end)
    seat = programme.agencies[owner].unit if owner in programme.agencies else None
    meant = next((unit for unit in held if unit.id == seat), held[-1] if held else None)
    own = programme.own_period(meant.id, period) if meant else None
    if meant is None or own is None:
        return posting.unit(ref, period.end), period
    return posting.unit(meant.id, own.end), own


def _speak_for(owner: str, posting: Posting) -> None:
    """An agency reports for itself, or for an agency of a unit below its own (paper that it received)."""
    if owner == posting.agency:
        return
    agencies = posting.programme.agencies
    below = agencies[owner].unit if owner in agencies else None
    if below is None or agencies[posting.agency].unit not in posting.programme.units.ancestors(below):
        forbid("owner", "not_your_report")


def _report_faults(body: PostReport, period: Period, posting: Posting) -> list[Fault]:
    faults = posting.day_faults("received_on", body.received_on)
    if posting.accepted_at < period.opens_at:
        faults.append(fault("period", "period_not_open"))
    return faults


def _decided(body: DecideReport, posting: Posting, named: UUID) -> tuple[Unit, Period]:
    """Unit and period of the decided report. That another person decides is checked by agency here, by actor later."""
    found = _named(body, posting, named)
    if body.owner == posting.agency:
        forbid("owner", "own_report")
    return found


def _named(body: NameReport, posting: Posting, named: UUID) -> tuple[Unit, Period]:
    """Unit and period of the report that path and body name: both must name the same one."""
    unit, period = _meant(body.unit, body.period, body.owner, posting)
    if named != report_id(posting.programme.id, body.form, unit.id, period.code, body.owner):
        refuse("report_id", "report_mismatch")
    return unit, period
