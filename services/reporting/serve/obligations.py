"""What a unit owes, and how it stands."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Final, NamedTuple

from services.contracts.programme import Obligation, Period, Programme
from services.contracts.programme.calendars import day_end
from services.contracts.readings.obligations import (
    ObligationExtension,
    ObligationRates,
    Obligations,
    ObligationState,
    ObligationStatus,
    ReportDoubt,
)
from services.contracts.readings.statuses import UnitStatus, WaitingDeadLetter
from services.contracts.values import Ratio
from services.kit.web.paging import page
from services.reporting.domain.obligations import (
    NOTHING_SAID,
    Extension,
    History,
    Share,
    Standing,
    closes_at,
    rates,
    standing,
    stands_above,
)
from services.reporting.domain.summaries import period_summary
from services.reporting.serve.doubts import doubts_about
from services.reporting.serve.lists import Asked, cells_of, programme_asked
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.serve.waiting import waiting_of
from services.reporting.store import read
from services.reporting.store.histories import read_histories
from services.reporting.store.known import then
from services.reporting.store.letters import waiting_letters_of

DEAD_LETTERS_SHOWN = 200
NOT_EVALUATED: Final = datetime.min.replace(tzinfo=UTC)
"""`now` before the first evaluation: nothing is owed yet, so nothing can be late."""


class Standings(NamedTuple):
    """How obligations stand at `now`, and what was said about each."""

    programme: Programme
    now: datetime
    listed: Sequence[tuple[Obligation, History, Standing]]

    def answers(self, view: View, known_on: date | None = None) -> list[ObligationStatus]:
        listed = [owed for owed, _, _ in self.listed]
        doubted = doubts_about(view.snapshot.connection, self.programme, listed, then(known_on))
        return [obligation_status(*one, self, doubted.get(one[0].report_id, [])) for one in self.listed]

    def rates(self) -> ObligationRates:
        found = rates(stands for _, _, stands in self.listed)
        return ObligationRates(completeness=_ratio(found.completeness), timeliness=_ratio(found.timeliness))


def obligations(view: View, asked: Asked) -> Obligations:
    """One page of what is owed, or of what was owed as it was known at the end of a day; the rates are of all pages."""
    programme, known_on = programme_asked(view, asked)
    period = period_of(programme, asked["period"])
    unit = unit_of(programme, asked.get("unit", programme.root), period)
    whole = standings_of(view, programme, obligations_within(programme, unit.id, period), known_on)
    shown, following = page(whole.listed, lambda one: str(one[0].report_id), asked.get("cursor"), asked.get("limit"))
    return Obligations(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        known_at=known_on,
        period=period_summary(period),
        unit=unit_summary(programme, unit),
        rates=whole.rates(),
        items=whole._replace(listed=shown).answers(view, known_on),
    )


def unit_status(view: View, asked: Asked) -> UnitStatus:
    """All indicators of a unit, what it and the units below it owe for the period, and the dead letters that wait."""
    programme, known_on = programme_asked(view, asked)
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
        known_at=known_on,
        period=period_summary(period),
        unit=unit_summary(programme, unit),
        indicators=cells_of(view, programme, period, [unit.id], known_on)[unit.id],
        obligations=standings_of(view, programme, owed, known_on).answers(view, known_on),
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
            for row in read.waiting_dead_letters(
                view.snapshot.connection, programme.id, below, DEAD_LETTERS_SHOWN, known_on
            )
        ],
        waiting=waiting_of(
            waiting_letters_of(view.snapshot.connection, programme.id, then(known_on)), programme, unit.id
        ),
    )


def obligations_within(programme: Programme, unit_id: str, period: Period) -> list[Obligation]:
    """The obligations of the unit's reporting units for the periods inside a period, by due date."""
    inside = [inner.code for inner in programme.periods() if period.contains(inner)]
    leaves = programme.units.leaves(unit_id, period)
    keys = product(programme.forms, leaves, inside)
    owed = [programme.obligations_of[key] for key in keys if key in programme.obligations_of]
    return sorted(owed, key=lambda one: (one.due_at, one.form, one.unit, one.period))


def standings_of(
    view: View, programme: Programme, owed: Iterable[Obligation], known_on: date | None = None
) -> Standings:
    """How some obligations stand in the view's snapshot, or stood by what was known at the end of a day."""
    listed = list(owed)
    known = read_histories(view.snapshot.connection, [one.report_id for one in listed], then(known_on))
    now = (view.now_of(programme) or NOT_EVALUATED) if known_on is None else day_end(known_on)
    found = []
    for one in listed:
        said = known.get(one.report_id, NOTHING_SAID)
        found.append((one, said, standing(one, closes_at(one, programme), programme, said, now)))
    return Standings(programme, now, found)


def obligation_status(
    owed: Obligation, said: History, stands: Standing, among: Standings, doubted: list[ReportDoubt]
) -> ObligationStatus:
    """One of the standings, as it is answered."""
    latest = stands.latest
    return ObligationStatus(
        report_id=owed.report_id,
        form=owed.form,
        unit=owed.unit,
        period=owed.period,
        owner=owed.owner,
        due_at=stands.due_at,
        first_due_at=owed.due_at,
        state=_state(stands),
        late=stands.late,
        late_days=stands.late_days(among.now),
        revision=latest.revision if latest else None,
        accepted_at=latest.accepted_at if latest else None,
        received_at=stands.received_at,
        void_decisions=latest.void_decisions if latest else 0,
        extensions=[_extension(one, owed, among.programme) for one in said.extensions],
        doubts=doubted,
    )


def _state(stands: Standing) -> ObligationState:
    approved = stands.latest is not None and stands.latest.decision == "approved"
    return "approved" if approved else stands.state


def _extension(said: Extension, owed: Obligation, programme: Programme) -> ObligationExtension:
    return ObligationExtension(
        until=said.until,
        agency=said.source,
        reason=said.reason,
        accepted_at=said.accepted_at,
        void=not stands_above(said.source, owed, programme),
    )


def _ratio(share: Share | None) -> Ratio | None:
    return None if share is None else Ratio(num=share.num, den=share.den)
