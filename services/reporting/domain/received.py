"""The inputs of a report-fed cell: one for every reporting unit and base period that owes a report."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Indicator, Obligation, Period
from services.reporting.domain import branches
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, FlagName
from services.reporting.domain.inputs import Report
from services.reporting.domain.tallies import Part


@dataclass(frozen=True, slots=True)
class Lot(Cause):
    """`n` reports that no rule tells apart, owed once their base period has closed; what they say is added up.

    `measures` is None while they are missing (missing is never zero), `due_at` is with the extension that counts,
    `late`: what was received came when it was due or later.
    """

    closes_at: datetime
    due_at: datetime
    measures: tuple[int, ...] | None
    late: bool = False
    n: int = 1

    @property
    def missing(self) -> bool:
        return self.measures is None

    def owed(self, now: datetime) -> bool:
        return self.closes_at <= now

    @property
    def alike(self) -> Hashable:
        return self.closes_at, self.due_at, self.missing, self.late

    def with_others(self, others: Sequence["Lot"]) -> "Lot":
        """All of them as one; they are alike."""
        said = [one.measures for one in (self, *others) if one.measures is not None]
        measures = tuple(map(sum, zip(*said, strict=True))) if said else None
        return Lot(self.closes_at, self.due_at, measures, self.late, self.n + sum(one.n for one in others))


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Lot):
    """One report; `report` is what was received, also when it does not count."""

    owing: Obligation
    report: Report | None = None


def listed(case: Case, part: Part, leaves: Iterable[str]) -> Iterator[Lot]:
    """What some reporting units have of a part."""
    bases = [base for code in part.bases if (base := case.programme.period(code)) is not None]
    owed = None if part.owed is None else part.bases[: part.owed]
    for leaf in leaves:
        inputs = tuple(_inputs(case, leaf, bases))
        yield from inputs if owed is None else _last(inputs, owed)


def _last(inputs: Sequence[Input], owed: Collection[str]) -> Sequence[Input]:
    """The last one that came or is owed."""
    return [item for item in inputs if item.owing.period in owed or not item.missing][-1:]


def inputs_by_leaf(case: Case, leaves: Iterable[str]) -> list[tuple[Input, ...]]:
    """The inputs of reporting units, in the order of their base periods; a unit that owes nothing is left out."""
    bases = case.programme.base_periods(case.period, case.indicator.frequency)
    by_leaf = (tuple(_inputs(case, leaf, bases)) for leaf in leaves)
    return [inputs for inputs in by_leaf if inputs]


def _inputs(case: Case, leaf: str, bases: Iterable[Period]) -> Iterable[Input]:
    form = case.indicator.form or ""
    for base in bases:
        owed = case.programme.obligations_of.get((form, leaf, base.code))
        own = case.programme.own_period(leaf, base)
        if owed is not None and own is not None:
            report = case.facts.reports.get(owed.report_id)
            measures = _measures(report, case.indicator)
            due_at = case.due_at(owed)
            late = report is not None and report.accepted_at >= due_at
            yield Input(own.closes_at, due_at, measures, late, owing=owed, report=report)


def _measures(report: Report | None, indicator: Indicator) -> tuple[int, ...] | None:
    """A flag is 1 for yes and else 0, so that it can be added up."""
    if report is None or report.returned:
        return None
    values = [report.measure(code) for code in indicator.measures]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return tuple(int(value == 1) for value in known) if indicator.kind == "flag" else tuple(known)


def any_overdue(inputs: Iterable[Lot], now: datetime) -> bool:
    return any(item.missing and now >= item.due_at for item in inputs)


def counted(case: Case, expected: Sequence[Lot]) -> Branch:
    """Of what has no target: whether a report that is expected is missing, and nothing else."""
    missing = [item for item in expected if item.missing]
    if missing:
        return branches.OVERDUE if any_overdue(missing, case.now) else branches.MISSING
    return branches.COUNTED if expected else branches.NOTHING_OWED


def flags_of(case: Case, counting: Iterable[Lot]) -> frozenset[FlagName]:
    """`restated`: a closed period counts a report that was accepted when it was due or later."""
    return frozenset({"restated"}) if case.closed and any(item.late for item in counting) else frozenset()
