"""One question, one answer: what every kind of indicator is asked, and what it finds."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from services.contracts.programme import Indicator, Obligation, Period, Programme, share_of
from services.contracts.programme.calendars import local_date, local_midnight
from services.reporting.domain.branches import Branch
from services.reporting.domain.inputs import Facts, Value
from services.reporting.domain.obligations import binding_extension, due_at_with, first_received_at

StatusName = Literal["met", "not_met", "on_track", "at_risk", "lost", "no_data", "overdue", "not_due"]
FlagName = Literal["provisional", "restated", "quality", "blocked", "stub", "withheld"]


@dataclass(frozen=True, slots=True)
class Case:
    """An indicator of a unit in a period at an instant, with the facts and the reporting units that count.

    `period` is the unit's own: a stub if it began or ended inside it. `leaves` stood on some day of it.
    """

    programme: Programme
    indicator: Indicator
    unit: str
    period: Period
    leaves: tuple[str, ...]
    facts: Facts
    now: datetime

    @property
    def closed(self) -> bool:
        return self.now >= self.period.closes_at

    @property
    def today(self) -> date:
        return local_date(self.now)

    @property
    def target(self) -> Fraction:
        target = self.indicator.target
        return target.of_period(self._unit_months if target.per == "unit_month" else 1, 1)

    @property
    def standing(self) -> tuple[str, ...]:
        """The reporting units of today, or of the period's last day: what holds on a day is asked of these."""
        return self.programme.units.standing(self.unit, min(self.period.end, self.today))

    @property
    def not_standing(self) -> tuple[str, ...]:
        """The reporting units of the period that are not there today: they count on other days."""
        standing = frozenset(self.standing) if self.map_changes else None
        return () if standing is None else tuple(leaf for leaf in self.leaves if leaf not in standing)

    @property
    def map_changes(self) -> tuple[datetime, ...]:
        """The instants inside the period from which other reporting units stand."""
        return tuple(local_midnight(day) for day in self.programme.units.changes_in(self.unit, self.period))

    @property
    def _unit_months(self) -> Fraction | int:
        """Months for which the reporting units stood, added up; a stub counts by its days."""
        if not self.map_changes and not self.period.stub:
            return self.period.months * len(self.leaves)
        months = self.programme.base_periods(self.period, "month")
        return sum((share_of(self._own(month), month) for month in months), Fraction(0))

    def _own(self, month: Period) -> list[Period]:
        own = (self.programme.own_period(leaf, month) for leaf in self.leaves)
        return [period for period in own if period is not None]

    @property
    def at_least(self) -> bool:
        return self.indicator.target.op == "at_least"

    def due_at(self, owed: Obligation) -> datetime:
        """The instant before which a report is in time, with the extension that counts."""
        said = self.facts.extensions.get(owed.report_id, ())
        return due_at_with(owed, binding_extension(owed, self.programme, said)) if said else owed.due_at

    def received_at(self, owed: Obligation) -> datetime | None:
        """When a report first came, on paper that was confirmed too; None while it is missing."""
        first = self.facts.first_accepted.get(owed.report_id)
        paper = first_received_at(owed, self.programme, self.facts.papers.get(owed.report_id, ()))
        return first if paper is None or first is None else min(first, paper)

    def passes(self, value: Fraction | int) -> bool:
        return value >= self.target if self.at_least else value <= self.target


class Cause:
    """An input that a finding rests on; each kind of rule has its own."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. `low` and `high` bound the value while inputs are missing; `high` None beside a `low`: no limit.

    `changes` holds instants, past ones too, at which the finding may change without an event. `causes` are the inputs
    it rests on, `aside` those that were looked at and do not count. `required`: what was asked for, where that is not
    the target of the period.
    """

    branch: Branch
    value: Value | None = None
    low: Value | None = None
    high: Value | None = None
    flags: frozenset[FlagName] = frozenset()
    changes: tuple[datetime, ...] = ()
    causes: tuple[Cause, ...] = ()
    aside: tuple[Cause, ...] = ()
    required: Fraction | None = None

    @property
    def status(self) -> StatusName:
        return self.branch.status


def best_passes(case: Case, finding: Finding) -> bool:
    """Whether the target can still be met when all that is missing turns out well."""
    if case.at_least:
        return finding.high is None or case.passes(finding.high.fraction)
    return finding.low is None or case.passes(finding.low.fraction)


def worst_passes(case: Case, finding: Finding) -> bool:
    """Whether the target is met even when all that is missing turns out badly."""
    bound = finding.low if case.at_least else finding.high
    return bound is not None and case.passes(bound.fraction)
