"""Flows: things that happen and are added up, such as propaganda sessions (CT11) or lines newly found (CT14)."""

from dataclasses import replace

from services.reporting.domain.case import Case, Finding, StatusName, best_passes, worst_passes
from services.reporting.domain.inputs import Value
from services.reporting.domain.received import Input, any_overdue, flags_of, inputs_by_leaf


def flow(case: Case) -> Finding:
    """Formula: the sum over all reporting units and base periods of what was received, whenever it was received.

    What is missing may still be anything from 0 upwards.
    """
    inputs = [item for of_leaf in inputs_by_leaf(case) for item in of_leaf]
    received = [item for item in inputs if not item.missing]
    missing = [item for item in inputs if item.missing]
    known = Value(sum(item.measures[0] for item in received if item.measures))
    finding = Finding(
        status="not_due",
        value=known if received else None,
        low=known,
        high=None if missing else known,
        flags=flags_of(case, received),
        changes=(case.period.closes_at, *(at for item in missing for at in (item.closes_at, item.due_at))),
    )
    if not inputs:
        return finding
    decided = _closed(case, finding, missing) if case.closed else _open(case, finding, inputs)
    return decided if missing else replace(decided, low=None, high=None)


def _closed(case: Case, finding: Finding, missing: list[Input]) -> Finding:
    if not missing:
        return replace(finding, status="met" if best_passes(case, finding) else "not_met")
    if not best_passes(case, finding):
        return replace(finding, status="not_met", flags=finding.flags | {"provisional"})
    if worst_passes(case, finding):
        return replace(finding, status="met", flags=finding.flags | {"provisional"})
    return replace(finding, status="overdue" if any_overdue(missing, case.now) else "no_data")


def _open(case: Case, finding: Finding, inputs: list[Input]) -> Finding:
    return replace(finding, status=_open_status(case, finding, inputs))


def _open_status(case: Case, finding: Finding, inputs: list[Input]) -> StatusName:
    if not best_passes(case, finding):
        return "lost"
    if case.at_least and worst_passes(case, finding):
        return "on_track"
    expected = [item for item in inputs if item.owed(case.now) or not item.missing]
    if not expected:
        return "not_due"
    owing = [item for item in expected if item.missing]
    if owing:
        return "overdue" if any_overdue(owing, case.now) else "no_data"
    return "on_track" if _keeps_pace(case, finding, len(expected), len(inputs)) else "at_risk"


def _keeps_pace(case: Case, finding: Finding, expected: int, all_inputs: int) -> bool:
    """At least: the share of the target that falls to the inputs so far. At most: nothing is lost yet."""
    known = finding.low.fraction if finding.low is not None else 0
    return not case.at_least or known * all_inputs >= case.target * expected
