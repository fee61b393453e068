"""What the answer must be: a slow and obvious oracle, written from the rules of the status vocabulary alone.

It knows the requests of the plan and the programme's calendar, units and targets. It imports nothing of the services.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.contracts.programme import Period, Programme, cells
from services.simulator.actions import Plan
from services.simulator.truth.counted import coverage, reports_on_time, tips_in_time
from services.simulator.truth.facts import events_of
from services.simulator.truth.report_fed import report_fed
from services.simulator.truth.world import Expected, Number, World, look

__all__ = ["Cell", "Expected", "Number", "Truth", "expected", "expected_cell", "truths"]

Cell = tuple[str, str, str]
"""Unit id, indicator code, period code."""
Truth = Mapping[Cell, Expected]


def truths(programme: Programme, plan: Plan) -> Iterator[tuple[datetime, Truth]]:
    """What every cell must be at every step of the plan."""
    events = events_of(plan.actions)
    for step in plan.steps:
        yield step, expected(look(programme, events, step))


def expected(world: World) -> Truth:
    """Every cell at one instant."""
    return {
        (unit, indicator, period): expected_cell(world, unit, indicator, period)
        for unit, indicator, period in cells(world.programme)
    }


def expected_cell(world: World, unit: str, indicator_code: str, period_code: str) -> Expected:
    indicator = world.programme.indicators[indicator_code]
    period = _period(world.programme, period_code)
    match indicator.kind:
        case "coverage":
            return coverage(world, unit, indicator, period)
        case "tips_in_time":
            return tips_in_time(world, unit, indicator, period)
        case "reports_on_time":
            return reports_on_time(world, unit, indicator, period)
        case _:
            return report_fed(world, unit, indicator, period)


def _period(programme: Programme, code: str) -> Period:
    period = programme.period(code)
    if period is None:
        raise ValueError(code)
    return period
