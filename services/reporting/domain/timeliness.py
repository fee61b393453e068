"""Reports in time (CT30): every form that the reporting units owe, judged on when a report first came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Obligation
from services.reporting.domain import branches
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, Finding
from services.reporting.domain.inputs import Value


@dataclass(frozen=True, slots=True)
class Filed(Cause):
    """A report that is owed until `due_at`, with the extension that counts, and when it first came (None: never)."""

    owed: Obligation
    due_at: datetime
    first: datetime | None

    @property
    def in_time(self) -> bool:
        return self.first is not None and self.first < self.due_at

    def undecided(self, now: datetime) -> bool:
        return not self.in_time and now < self.due_at


def reports_on_time(case: Case) -> Finding:
    """Formula: reports that first came before they were due / reports in time, late or overdue.

    The status is judged against all reports of the period: those not yet due may still come in time.
    """
    owed = tuple(_filed(case))
    if not owed:
        return Finding(branches.NOTHING_OWED)
    in_time = sum(1 for item in owed if item.in_time)
    undecided = [item for item in owed if item.undecided(case.now)]
    decided = len(owed) - len(undecided)
    low, high = Value(in_time, len(owed)), Value(in_time + len(undecided), len(owed))
    return Finding(
        _closed(case, low, high) if case.closed else _open(case, in_time, decided, high),
        value=Value(in_time, decided) if decided else None,
        low=low if undecided else None,
        high=high if undecided else None,
        changes=(case.period.closes_at, *(item.due_at for item in undecided)),
        causes=owed,
    )


def _filed(case: Case) -> Iterator[Filed]:
    for form in case.programme.forms.values():
        for base in case.programme.base_periods(case.period, form.frequency):
            keys = ((form.code, leaf, base.code) for leaf in case.leaves)
            for key in keys:
                owed = case.programme.obligations_of.get(key)
                if owed is not None:
                    yield Filed(owed, case.due_at(owed), case.received_at(owed))


def _closed(case: Case, low: Value, high: Value) -> Branch:
    if case.passes(low.fraction):
        return branches.WORST_PASSES
    return branches.UNDECIDED if case.passes(high.fraction) else branches.WORST_FAILS


def _open(case: Case, in_time: int, decided: int, high: Value) -> Branch:
    if not case.passes(high.fraction):
        return branches.EVEN_BEST_FAILS_OPEN
    if decided == 0:
        return branches.NOTHING_DECIDED
    passes = case.passes(Value(in_time, decided).fraction)
    return branches.PASSES_SO_FAR if passes else branches.FAILS_SO_FAR
