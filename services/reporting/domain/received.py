"""The inputs of a report-fed cell: one for every reporting unit and base period that owes a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Obligation, Period
from services.reporting.domain import branches
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, FlagName
from services.reporting.domain.inputs import Report


@dataclass(frozen=True, slots=True)
class Input(Cause):
    """A report owed once its base period has closed. `measures` is None while it is missing (missing is never zero).

    `due_at` is with the extension that counts; `report` is what was received, also when it does not count.
    """

    owing: Obligation
    closes_at: datetime
    due_at: datetime
    measures: tuple[int, ...] | None
    report: Report | None = None

    @property
    def missing(self) -> bool:
        return self.measures is None

    def owed(self, now: datetime) -> bool:
        return self.closes_at <= now

    @property
    def late(self) -> bool:
        """Whether what was received came when it was due or later."""
        return self.report is not None and self.report.accepted_at >= self.due_at


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
            measures = _measures(report, case.indicator.measures)
            yield Input(owed, own.closes_at, case.due_at(owed), measures, report)


def _measures(report: Report | None, codes: tuple[str, ...]) -> tuple[int, ...] | None:
    if report is None or report.returned:
        return None
    values = [report.measure(code) for code in codes]
    known = [value for value in values if value is not None]
    return tuple(known) if len(known) == len(values) else None


def any_overdue(inputs: Iterable[Input], now: datetime) -> bool:
    return any(item.missing and now >= item.due_at for item in inputs)


def counted(case: Case, expected: Sequence[Input]) -> Branch:
    """Of what has no target: whether a report that is expected is missing, and nothing else."""
    missing = [item for item in expected if item.missing]
    if missing:
        return branches.OVERDUE if any_overdue(missing, case.now) else branches.MISSING
    return branches.COUNTED if expected else branches.NOTHING_OWED


def flags_of(case: Case, counting: Iterable[Input]) -> frozenset[FlagName]:
    """`restated`: a closed period counts a report that was accepted when it was due or later."""
    return frozenset({"restated"}) if case.closed and any(item.late for item in counting) else frozenset()
