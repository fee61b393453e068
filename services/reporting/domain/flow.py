"""Flows: things that happen and are added up, such as propaganda sessions (CT11) or lines newly found (CT14)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from services.reporting.domain import branches
from services.reporting.domain.adding import added_up
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Finding, best_passes, worst_passes
from services.reporting.domain.inputs import Value
from services.reporting.domain.received import Lot, any_overdue, counted, flags_of, inputs_by_leaf, listed


def flow(case: Case) -> Finding:
    """Formula: the sum over all reporting units and base periods of what was received, whenever it was received.

    What is missing may still be anything from 0 upwards.
    """
    inputs = _lots(case)
    received = [item for item in inputs if not item.missing]
    missing = [item for item in inputs if item.missing]
    known = Value(sum(sum(item.measures) for item in received if item.measures))
    finding = Finding(
        branches.NOTHING_OWED,
        value=known if received else None,
        low=known,
        high=None if missing else known,
        flags=flags_of(case, received),
        changes=(case.period.closes_at, *(at for item in missing for at in (item.closes_at, item.due_at))),
        causes=tuple(inputs),
    )
    if not inputs:
        return finding
    if case.indicator.auxiliary:
        decided = replace(finding, branch=counted(case, _expected(case, inputs)))
    else:
        decided = _closed(case, finding, missing) if case.closed else _open(case, finding, inputs)
    return decided if missing else replace(decided, low=None, high=None)


def _lots(case: Case) -> Sequence[Lot]:
    lots = added_up(case, listed)
    return [one for of_leaf in inputs_by_leaf(case, case.leaves) for one in of_leaf] if lots is None else lots


def _closed(case: Case, finding: Finding, missing: Sequence[Lot]) -> Finding:
    if not missing:
        return replace(finding, branch=branches.PASSES if best_passes(case, finding) else branches.FAILS)
    if not best_passes(case, finding):
        return replace(finding, branch=branches.EVEN_BEST_FAILS)
    if worst_passes(case, finding):
        return replace(finding, branch=branches.EVEN_WORST_PASSES)
    return replace(finding, branch=branches.OVERDUE if any_overdue(missing, case.now) else branches.MISSING)


def _expected(case: Case, inputs: Sequence[Lot]) -> list[Lot]:
    """What is owed by now, and what has come early."""
    return [item for item in inputs if item.owed(case.now) or not item.missing]


def _open(case: Case, finding: Finding, inputs: Sequence[Lot]) -> Finding:
    expected = _expected(case, inputs)
    branch = _open_branch(case, finding, expected)
    if branch is not None:
        return replace(finding, branch=branch)
    required = case.target * Fraction(_number(expected), _number(inputs))
    known = finding.low.fraction if finding.low is not None else 0
    return replace(finding, branch=branches.ON_PACE if known >= required else branches.BEHIND_PACE, required=required)


def _open_branch(case: Case, finding: Finding, expected: Sequence[Lot]) -> Branch | None:
    """None: everything owed is there, and it must keep up with the share of the target that falls to it."""
    if not best_passes(case, finding):
        return branches.EVEN_BEST_FAILS_OPEN
    if case.at_least and worst_passes(case, finding):
        return branches.TARGET_REACHED
    if not expected:
        return branches.NOTHING_OWED
    owing = [item for item in expected if item.missing]
    if owing:
        return branches.OVERDUE if any_overdue(owing, case.now) else branches.MISSING
    return None if case.at_least else branches.WITHIN_LIMIT


def _number(lots: Iterable[Lot]) -> int:
    """Of reports."""
    return sum(lot.n for lot in lots)
