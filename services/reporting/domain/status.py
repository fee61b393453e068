"""The status of a cell: which rule speaks for its kind, the flags on it, and how long the answer holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from services.contracts.programme import Indicator, Programme
from services.contracts.programme.indicators import IndicatorKind
from services.reporting.domain.branches import COUNTED, NOT_OPEN
from services.reporting.domain.case import Case, Finding, FlagName, StatusName
from services.reporting.domain.coverage import coverage, signers
from services.reporting.domain.flow import flow
from services.reporting.domain.inputs import Cell, Facts, Value
from services.reporting.domain.publishing import left
from services.reporting.domain.stock import flag, ratio, stock
from services.reporting.domain.timeliness import reports_on_time
from services.reporting.domain.tips import tips_in_time, tips_received, tips_resolved
from services.reporting.domain.withheld import withheld

_RULES: Final[Mapping[IndicatorKind, Callable[[Case], Finding]]] = {
    "flag": flag,
    "coverage": coverage,
    "signers": signers,
    "flow": flow,
    "stock": stock,
    "ratio": ratio,
    "tips_received": tips_received,
    "tips_in_time": tips_in_time,
    "tips_resolved": tips_resolved,
    "reports_on_time": reports_on_time,
}


@dataclass(frozen=True, slots=True)
class Status:
    """`worst` and `best` bound the value while an input is missing; a bound without limit is None like an absent one.

    `valid_until`: the earliest instant at which anything here may change without an event; None when nothing will.
    """

    status: StatusName
    value: Value | None = None
    worst: Value | None = None
    best: Value | None = None
    flags: tuple[FlagName, ...] = ()
    valid_until: datetime | None = None

    def says_the_same_as(self, other: "Status") -> bool:
        """Equal in all that is shown; how long it holds is not."""
        return self.shown == other.shown

    @property
    def shown(self) -> tuple[object, ...]:
        return (self.status, self.value, self.worst, self.best, self.flags)


class Judged(NamedTuple):
    """A status with what was asked and what was found: all that an explanation is made from."""

    case: Case
    finding: Finding
    status: Status


def evaluate(cell: Cell, programme: Programme, facts: Facts, now: datetime) -> Status:
    """The status of a cell of the programme at an instant (timezone-aware). Pure: the same inputs, the same answer."""
    return judge(cell, programme, facts, now).status


def definition_of(cell: Cell, programme: Programme) -> Indicator:
    """The definition of the indicator by which the cell's period is judged."""
    period = programme.period(cell.period)
    if period is None:
        raise ValueError(f"no period {cell.period} in {programme.id}")
    return programme.indicator(cell.indicator, period)


def judge(cell: Cell, programme: Programme, facts: Facts, now: datetime) -> Judged:
    """As `evaluate`, with the reasons."""
    period = programme.period(cell.period)
    if period is None:
        raise ValueError(f"no period {cell.period} in {programme.id}")
    case = Case(
        programme=programme,
        indicator=programme.indicator(cell.indicator, period),
        unit=cell.unit,
        period=programme.own_period(cell.unit, period) or period,
        leaves=programme.units.leaves(cell.unit, period),
        facts=facts,
        now=now,
    )
    finding = _finding(case)
    return Judged(case, finding, _status(case, finding))


def _finding(case: Case) -> Finding:
    if case.now < case.period.opens_at:
        return Finding(NOT_OPEN, changes=(case.period.opens_at,))
    return _RULES[case.indicator.kind](case)


def _status(case: Case, finding: Finding) -> Status:
    """Whatever is not due yet, or of too few people, has neither value nor bounds; a count without a target has one."""
    kept_back = bool(withheld(case, finding))
    due = (finding.status != "not_due" or finding.branch is COUNTED) and not kept_back
    value = finding.value if due else None
    flags = finding.flags | _standing_flags(case, finding) | _restated(case, finding.status, value)
    flags |= frozenset({"withheld"} if kept_back else ())
    worst, best = (finding.low, finding.high) if case.at_least else (finding.high, finding.low)
    return Status(
        status=finding.status,
        value=value,
        worst=worst if due else None,
        best=best if due else None,
        flags=tuple(sorted(flags)),
        valid_until=min((instant for instant in finding.changes if instant > case.now), default=None),
    )


def _restated(case: Case, status: StatusName, value: Value | None) -> frozenset[FlagName]:
    """What was published stays what it was: whatever has left it since says so."""
    return frozenset({"restated"}) if has_left_published(case, status, value) else frozenset()


def has_left_published(case: Case, status: StatusName, value: Value | None) -> bool:
    published = case.facts.published.get(Cell(case.unit, case.indicator.code, case.period.code))
    return case.closed and left(published, status, value)


def _standing_flags(case: Case, finding: Finding) -> frozenset[FlagName]:
    flags: set[FlagName] = set()
    if case.period.stub or case.map_changes:
        flags.add("stub")
    if case.indicator.target.provisional or finding.branch.early:
        flags.add("provisional")
    if not case.facts.blocked.isdisjoint(case.programme.units.subtree(case.unit)):
        flags.add("blocked")
    return frozenset(flags)
