"""The whole year, from a seed and a programme. Pure: the same seed gives the same plan."""

from datetime import datetime, time, timedelta
from typing import Final

from services.contracts.programme import Programme, local_date, local_instant, local_midnight
from services.simulator.actions import TIP_RECEIVED, Action, Plan
from services.simulator.filing import reports
from services.simulator.pledging import pledges
from services.simulator.tipping import tips
from services.simulator.town import Town, build

MONTHS_IN_YEAR: Final = 12
_A_MOMENT: Final = timedelta(seconds=1)
_AFTER_THE_LAST: Final = timedelta(days=25)
_DAYS_OF_THE_MONTH: Final = (5, 24)
_LOOKED_AT_FROM_BOTH_SIDES: Final = 2
_TIPS_LOOKED_AT_EVERY: Final = 6


def make_plan(programme: Programme, seed: int = 1, months: int = MONTHS_IN_YEAR, households_share: float = 1.0) -> Plan:
    """The plan of the first `months` months. `households_share` makes the town smaller (1.0: as the programme says)."""
    town = build(programme, seed, households_share)
    everything = sorted((*pledges(town), *reports(town), *tips(town)), key=lambda action: (action.at, action.name))
    steps = _steps(town, everything, months)
    return Plan(
        programme=programme.id,
        seed=seed,
        actions=tuple(action for action in everything if action.at <= steps[-1]),
        steps=steps,
    )


def _steps(town: Town, actions: list[Action], months: int) -> tuple[datetime, ...]:
    """The instants at which the state is compared: all at which the truth may change by itself, and some between."""
    last = town.months[months - 1].closes_at + _AFTER_THE_LAST
    instants = {*_bounds(town), *_due(town), *_tip_limits(town, actions), *_between(town), last}
    return tuple(sorted(instant for instant in instants if instant <= last))


def _bounds(town: Town) -> set[datetime]:
    """Openings and closings; the first ones also the moment before, for periods are half-open."""
    bounds = [month.opens_at for month in town.months] + [town.months[-1].closes_at]
    return {*bounds, *(bound - _A_MOMENT for bound in bounds[:_LOOKED_AT_FROM_BOTH_SIDES])}


def _due(town: Town) -> set[datetime]:
    owed = [o.due_at for o in town.programme.obligations if o.period.startswith(str(town.year))]
    due = sorted(set(owed))
    return {*due, *(instant - _A_MOMENT for instant in due[:_LOOKED_AT_FROM_BOTH_SIDES])}


def _tip_limits(town: Town, actions: list[Action]) -> set[datetime]:
    """Some of the midnights after which a tip that nobody handed over is late."""
    days = town.programme.tips.handover_days + 1
    received = [local_date(action.at) for action in actions if action.event_type == TIP_RECEIVED]
    return {local_midnight(day + timedelta(days=days)) for day in received[::_TIPS_LOOKED_AT_EVERY]}


def _between(town: Town) -> set[datetime]:
    """Twice a month at noon, so that what was posted in the middle of a month is looked at before its end."""
    return {
        local_instant(month.start + timedelta(days=days), time(12))
        for month in town.months
        for days in _DAYS_OF_THE_MONTH
    }
