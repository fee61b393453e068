"""Reports in time (CT30): every form that the reporting units owe, judged on when a report first came."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Obligation
from services.reporting.domain import branches
from services.reporting.domain.adding import added_up
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, Finding
from services.reporting.domain.inputs import Value
from services.reporting.domain.parts import parts_of
from services.reporting.domain.tallies import Part


@dataclass(frozen=True, slots=True)
class Due(Cause):
    """`n` reports that are owed until `due_at`, with the extension that counts, and whether they came before that."""

    due_at: datetime
    in_time: bool
    n: int = 1

    @property
    def alike(self) -> Hashable:
        return self.due_at, self.in_time

    def with_others(self, others: Sequence["Due"]) -> "Due":
        """All of them as one; they are alike."""
        return Due(self.due_at, self.in_time, self.n + sum(one.n for one in others))

    def undecided(self, now: datetime) -> bool:
        return not self.in_time and now < self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed(Due):
    """One report, and when it first came (None: never)."""

    owed: Obligation
    first: datetime | None


def reports_on_time(case: Case) -> Finding:
    """Formula: reports that first came before they were due / reports in time, late or overdue.

    The status is judged against all reports of the period: those not yet due may still come in time.
    """
    owed = _lots(case)
    if not owed:
        return Finding(branches.NOTHING_OWED)
    undecided = [item for item in owed if item.undecided(case.now)]
    every, in_time, open_yet = _number(owed), _number(item for item in owed if item.in_time), _number(undecided)
    decided = every - open_yet
    low, high = Value(in_time, every), Value(in_time + open_yet, every)
    return Finding(
        _closed(case, low, high) if case.closed else _open(case, in_time, decided, high),
        value=Value(in_time, decided) if decided else None,
        low=low if undecided else None,
        high=high if undecided else None,
        changes=(case.period.closes_at, *(item.due_at for item in undecided)),
        causes=tuple(owed),
    )


def _lots(case: Case) -> Sequence[Due]:
    lots = added_up(case, _listed)
    if lots is not None:
        return lots
    parts = parts_of(case.indicator, case.period, case.programme, case.now)
    return [one for part in parts for one in _listed(case, part, case.leaves)]


def _listed(case: Case, part: Part, leaves: Iterable[str]) -> Iterator[Due]:
    for base in part.bases:
        for leaf in leaves:
            owed = case.programme.obligations_of.get((part.form, leaf, base))
            if owed is not None:
                due_at, first = case.due_at(owed), case.received_at(owed)
                yield Filed(due_at, first is not None and first < due_at, owed=owed, first=first)


def _number(lots: Iterable[Due]) -> int:
    """Of reports."""
    return sum(one.n for one in lots)


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
