"""Tips handed over to the competent police in time (CT28)."""

from datetime import date, datetime, timedelta

from services.contracts.programme.calendars import local_midnight
from services.reporting.domain.case import Case, Finding, StatusName, best_passes, worst_passes
from services.reporting.domain.inputs import TipCount, Value

_ONE_DAY = timedelta(days=1)


def tips_in_time(case: Case) -> Finding:
    """Formula: tips handed over within the days allowed / tips received by the unit or below it in the period.

    A tip that is not handed over is undecided to the end of its last day and late from the next midnight on.
    """
    tips = _tips(case)
    n = sum(tip.n for tip in tips)
    if n == 0:
        return Finding("not_due")
    in_time = sum(tip.n for tip in tips if _in_time(case, tip))
    undecided = sum(tip.n for tip in tips if _undecided(case, tip))
    finding = Finding(
        status="no_data",
        value=Value(in_time, n),
        low=Value(in_time, n),
        high=Value(in_time + undecided, n),
        changes=_changes(case, tips),
    )
    status = _closed(case, finding, undecided) if case.closed else _open(case, finding)
    if undecided:
        return Finding(status, finding.value, finding.low, finding.high, changes=finding.changes)
    return Finding(status, finding.value, changes=finding.changes)


def _tips(case: Case) -> list[TipCount]:
    below = case.programme.units.subtree(case.unit) & case.facts.tips.keys()
    return [tip for unit in below for tip in case.facts.tips[unit] if case.period.covers(tip.received_on)]


def _limit(case: Case, tip: TipCount) -> date:
    """The last day on which a handover is in time (the programme's tip rules)."""
    return tip.received_on + timedelta(days=case.programme.tips.handover_days)


def _in_time(case: Case, tip: TipCount) -> bool:
    return tip.handed_over_on is not None and tip.handed_over_on <= _limit(case, tip)


def _undecided(case: Case, tip: TipCount) -> bool:
    return tip.handed_over_on is None and case.today <= _limit(case, tip)


def _closed(case: Case, finding: Finding, undecided: int) -> StatusName:
    if worst_passes(case, finding):
        return "met"
    if not undecided or not best_passes(case, finding):
        return "not_met"
    return "no_data"


def _open(case: Case, finding: Finding) -> StatusName:
    best = finding.high or Value(1)
    if case.target == 1 and best.num < best.den:
        return "lost"
    return "on_track" if best_passes(case, finding) else "at_risk"


def _changes(case: Case, tips: list[TipCount]) -> tuple[datetime, ...]:
    limits = {_limit(case, tip) for tip in tips if _undecided(case, tip)}
    return (case.period.closes_at, *(local_midnight(limit + _ONE_DAY) for limit in limits))
