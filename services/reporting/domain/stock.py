"""What holds at a cut-off: stocks (open hotspots), flags (a plan exists) and ratios of two stocks.

A quarter is not the sum of three months: of every reporting unit that stands only the current report counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.reporting.domain import branches
from services.reporting.domain.adding import added_up
from services.reporting.domain.case import Case, Finding, best_passes, worst_passes
from services.reporting.domain.inputs import Value
from services.reporting.domain.received import Input, Lot, any_overdue, counted, flags_of, inputs_by_leaf, listed

Measured = Callable[[Sequence[Lot]], Finding]
"""Value and bounds of current inputs, whatever their decision will be."""


def stock(case: Case) -> Finding:
    """Formula: the sum over reporting units of the current report's number; a missing one may be anything from 0."""
    return _decided(case, _sum, early_not_met=not case.at_least)


def flag(case: Case) -> Finding:
    """Formula: reporting units that say yes / reporting units; a missing one may be yes or no."""
    return _decided(case, _share, early_not_met=False)


def ratio(case: Case) -> Finding:
    """Formula: sum of numerators / sum of denominators, never an average; while one is missing anything in 0..1."""
    return _decided(case, _quotient, early_not_met=False)


def _decided(case: Case, measured: Measured, *, early_not_met: bool) -> Finding:
    current, aside = _looked_at(case)
    finding = replace(
        measured(current),
        flags=flags_of(case, (item for item in current if not item.missing)),
        changes=(
            *(base.closes_at for base in case.programme.base_periods(case.period, case.indicator.frequency)),
            case.period.closes_at,
            *case.map_changes,
            *(item.due_at for item in current if item.missing),
        ),
        causes=tuple(current),
        aside=aside,
    )
    if not current:
        return finding
    if case.indicator.auxiliary:
        return replace(finding, branch=counted(case, current))
    return _closed(case, finding, current, early_not_met) if case.closed else _open(case, finding, current)


def _looked_at(case: Case) -> tuple[Sequence[Lot], tuple[Lot, ...]]:
    """The current reports, and those that do not count; what was added up beforehand tells nothing of these."""
    lots = added_up(case, listed)
    if lots is not None:
        return lots, ()
    chosen = [(_current(case, of_leaf), of_leaf) for of_leaf in inputs_by_leaf(case, case.standing)]
    others = (
        *(item for one, of_leaf in chosen for item in of_leaf if item is not one),
        *(item for of_leaf in inputs_by_leaf(case, case.not_standing) for item in of_leaf),
    )
    return [item for item, _ in chosen if item is not None], others


def _current(case: Case, inputs: tuple[Input, ...]) -> Input | None:
    """The last one of a closed period; of an open one the latest owed, or a later one that has come early."""
    if case.closed:
        return inputs[-1]
    expected = [item for item in inputs if item.owed(case.now) or not item.missing]
    return expected[-1] if expected else None


def _closed(case: Case, finding: Finding, current: Sequence[Lot], early_not_met: bool) -> Finding:
    missing = [item for item in current if item.missing]
    if not missing:
        if finding.value is None:
            return replace(finding, branch=branches.DENOMINATOR_ZERO)
        return replace(finding, branch=branches.PASSES if case.passes(finding.value.fraction) else branches.FAILS)
    if early_not_met and not best_passes(case, finding):
        return replace(finding, branch=branches.EVEN_BEST_FAILS)
    if worst_passes(case, finding):
        return replace(finding, branch=branches.EVEN_WORST_PASSES)
    return replace(finding, branch=branches.OVERDUE if any_overdue(missing, case.now) else branches.MISSING)


def _open(case: Case, finding: Finding, current: Sequence[Lot]) -> Finding:
    missing = [item for item in current if item.missing]
    if missing:
        return replace(finding, branch=branches.OVERDUE if any_overdue(missing, case.now) else branches.MISSING)
    if finding.value is None:
        return replace(finding, branch=branches.DENOMINATOR_ZERO)
    passes = case.passes(finding.value.fraction)
    return replace(finding, branch=branches.PASSES_SO_FAR if passes else branches.FAILS_SO_FAR)


def _sum(current: Sequence[Lot]) -> Finding:
    received, missing = _received(current)
    known = Value(sum(sum(measures) for measures in received))
    return Finding(branches.NOTHING_OWED, value=known if received else None, low=known if missing else None)


def _share(current: Sequence[Lot]) -> Finding:
    received, missing = _received(current)
    yes, every = sum(measures[0] for measures in received), sum(item.n for item in current)
    value = Value(yes, every) if received else None
    if not missing:
        return Finding(branches.NOTHING_OWED, value=value)
    return Finding(branches.NOTHING_OWED, value, low=Value(yes, every), high=Value(yes + missing, every))


def _quotient(current: Sequence[Lot]) -> Finding:
    received, missing = _received(current)
    num, den = sum(measures[0] for measures in received), sum(measures[1] for measures in received)
    value = Value(num, den) if den else None
    return (
        Finding(branches.NOTHING_OWED, value, low=Value(0), high=Value(1))
        if missing
        else Finding(branches.NOTHING_OWED, value)
    )


def _received(current: Sequence[Lot]) -> tuple[list[tuple[int, ...]], int]:
    """The measures received, and how many reports are missing."""
    received = [item.measures for item in current if item.measures is not None]
    return received, sum(item.n for item in current if item.missing)
