"""Tips: how many came (CT27), handed over to the competent police in time (CT28), closed within the law (CT29)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple, get_args

from services.contracts.fields import TipChannel
from services.contracts.programme.calendars import local_midnight
from services.reporting.domain import branches
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, Finding, best_passes, worst_passes
from services.reporting.domain.inputs import TipCount, Value
from services.reporting.domain.small_numbers import tips_are_told, told_parts

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Received(Cause):
    """The tips of a unit and those below it, as numbers: neither a day, a ward nor a place in the log is told.

    `channels`: how many came by each, None where the number is too small to be told.
    """

    unit: str
    received: int
    in_time: int
    undecided: int
    channels: Mapping[TipChannel, int | None] = field(default_factory=dict)


class _Clock(NamedTuple):
    """`n` tips that must be `done_on` (None: not yet) the day `limit` or before; they belong to the period of `of`."""

    of: date
    limit: date
    done_on: date | None
    n: int


def tips_received(case: Case) -> Finding:
    """Formula: tips received by the unit or below it in the period, and by which channel. Never judged."""
    if not _told(case):
        return Finding(branches.TOO_SMALL_TO_SHOW)
    channels: dict[TipChannel, int] = dict.fromkeys(get_args(TipChannel), 0)
    n = 0
    for unit in _receiving(case):
        for tip in case.facts.tips[unit]:
            if case.period.covers(tip.received_on):
                n += tip.n
                channels[tip.channel] += tip.n
    cause = Received(case.unit, n, 0, 0, told_parts(channels))
    return Finding(branches.COUNTED, value=Value(n), causes=(cause,))


def tips_in_time(case: Case) -> Finding:
    """Formula: tips handed over within the days allowed / tips received by the unit or below it in the period.

    A tip that is not handed over is undecided to the end of its last day and late from the next midnight on.
    """
    allowed = timedelta(days=case.programme.tips.handover_days)
    return _judged(case, lambda tip: _Clock(tip.received_on, tip.received_on + allowed, tip.handed_over_on, tip.n))


def tips_resolved(case: Case) -> Finding:
    """Formula: tips closed by the day on which they were due / tips of the unit or below it due in the period.

    Due: the legal day (`tip_limits`), with what was extended, suspended or resumed.
    """
    return _judged(case, lambda tip: _Clock(tip.due_on, tip.due_on, tip.closed_on, tip.n) if tip.due_on else None)


def _judged(case: Case, clock_of: Callable[[TipCount], _Clock | None]) -> Finding:
    if not _told(case):
        return Finding(branches.TOO_SMALL_TO_SHOW)
    tips = [clock for unit in _receiving(case) for clock in _clocks(case, map(clock_of, case.facts.tips[unit]))]
    cause = _received(case, tips)
    n, in_time, undecided = cause.received, cause.in_time, cause.undecided
    if n == 0:
        return Finding(branches.NO_TIPS)
    finding = Finding(
        branches.UNDECIDED,
        value=Value(in_time, n),
        low=Value(in_time, n),
        high=Value(in_time + undecided, n),
        changes=_changes(case, tips),
        causes=(cause,),
    )
    branch = _closed(case, finding, undecided) if case.closed else _open(case, finding)
    decided = replace(finding, branch=branch)
    return decided if undecided else replace(decided, low=None, high=None)


def _told(case: Case) -> bool:
    """By the map of the whole period, also of a unit that stood in a part of it: its neighbours' numbers are of all."""
    whole = case.programme.period(case.period.code) or case.period
    return tips_are_told(case.programme, case.unit, whole)


def _receiving(case: Case) -> list[str]:
    return sorted(case.programme.units.subtree(case.unit) & case.facts.tips.keys())


def _clocks(case: Case, found: Iterable[_Clock | None]) -> list[_Clock]:
    return [clock for clock in found if clock is not None and case.period.covers(clock.of)]


def _received(case: Case, tips: list[_Clock]) -> Received:
    return Received(
        case.unit,
        received=sum(tip.n for tip in tips),
        in_time=sum(tip.n for tip in tips if _in_time(tip)),
        undecided=sum(tip.n for tip in tips if _undecided(case, tip)),
    )


def _in_time(tip: _Clock) -> bool:
    return tip.done_on is not None and tip.done_on <= tip.limit


def _undecided(case: Case, tip: _Clock) -> bool:
    return tip.done_on is None and case.today <= tip.limit


def _closed(case: Case, finding: Finding, undecided: int) -> Branch:
    if worst_passes(case, finding):
        return branches.WORST_PASSES
    if not undecided or not best_passes(case, finding):
        return branches.WORST_FAILS
    return branches.UNDECIDED


def _open(case: Case, finding: Finding) -> Branch:
    best = finding.high or Value(1)
    if case.target == 1 and best.num < best.den:
        return branches.ONE_LATE
    return branches.BEST_PASSES if best_passes(case, finding) else branches.BEST_FAILS


def _changes(case: Case, tips: list[_Clock]) -> tuple[datetime, ...]:
    limits = {tip.limit for tip in tips if _undecided(case, tip)}
    return (case.period.closes_at, *(local_midnight(limit + _ONE_DAY) for limit in limits))
