"""One question, one answer: what every kind of indicator is asked, and what it finds."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from services.contracts.programme import Indicator, Period, Programme
from services.contracts.programme.calendars import local_date
from services.reporting.domain.inputs import Facts, Value

StatusName = Literal["met", "not_met", "on_track", "at_risk", "lost", "no_data", "overdue", "not_due"]
FlagName = Literal["provisional", "restated", "quality", "blocked"]


@dataclass(frozen=True, slots=True)
class Case:
    """An indicator of a unit in a period at an instant, with the facts and the reporting units that count."""

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
        return self.indicator.target.of_period(self.period.months, len(self.leaves))

    @property
    def at_least(self) -> bool:
        return self.indicator.target.op == "at_least"

    def passes(self, value: Fraction | int) -> bool:
        return value >= self.target if self.at_least else value <= self.target


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. `low` and `high` bound the value while inputs are missing; `high` None beside a `low`: no limit.

    `changes` holds instants, past ones too, at which the finding may change without an event.
    """

    status: StatusName
    value: Value | None = None
    low: Value | None = None
    high: Value | None = None
    flags: frozenset[FlagName] = frozenset()
    changes: tuple[datetime, ...] = ()


def best_passes(case: Case, finding: Finding) -> bool:
    """Whether the target can still be met when all that is missing turns out well."""
    if case.at_least:
        return finding.high is None or case.passes(finding.high.fraction)
    return finding.low is None or case.passes(finding.low.fraction)


def worst_passes(case: Case, finding: Finding) -> bool:
    """Whether the target is met even when all that is missing turns out badly."""
    bound = finding.low if case.at_least else finding.high
    return bound is not None and case.passes(bound.fraction)
