"""What the answer must be: a slow and obvious oracle, written from the rules of the status vocabulary alone.

It knows the requests of the plan and the programme's calendar, units and targets. It imports nothing of the services.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from services.contracts.programme import Indicator, Period, Programme, cells
from services.simulator.actions import Plan
from services.simulator.truth.counted import (
    coverage,
    reports_on_time,
    signers,
    tips_in_time,
    tips_received,
    tips_resolved,
)
from services.simulator.truth.facts import events_of
from services.simulator.truth.report_fed import report_fed
from services.simulator.truth.verdicts import verdicts
from services.simulator.truth.world import Expected, Number, World, look

__all__ = ["Cell", "Expected", "Number", "Truth", "expected", "expected_cell", "truths"]

Cell = tuple[str, str, str]
"""Unit id, what is said of it (an indicator's code, or `pack/verdict`), period code."""
_RULES: Final[Mapping[str, Callable[[World, str, Indicator, Period], Expected]]] = {
    "coverage": coverage,
    "signers": signers,
    "tips_received": tips_received,
    "tips_in_time": tips_in_time,
    "tips_resolved": tips_resolved,
    "reports_on_time": reports_on_time,
}
"""By kind of indicator; the others are fed by reports."""
Truth = Mapping[Cell, Expected]


def truths(programme: Programme, plan: Plan) -> Iterator[tuple[datetime, Truth]]:
    """What every cell must be at every step of the plan."""
    events = events_of(plan.actions)
    for step in plan.steps:
        yield step, expected(look(programme, events, step))


def expected(world: World) -> Truth:
    """Every cell, and every verdict that can be foretold, at one instant."""
    judged = {
        (unit, indicator, period): expected_cell(world, unit, indicator, period)
        for unit, indicator, period in cells(world.programme)
    }
    return judged | {cell: Expected(grades) for cell, grades in verdicts(world)}


def expected_cell(world: World, unit: str, indicator_code: str, period_code: str) -> Expected:
    period = _period(world.programme, period_code)
    indicator = world.programme.indicator(indicator_code, period)
    rule = _RULES.get(indicator.kind, report_fed)
    return rule(world, unit, indicator, period)


def _period(programme: Programme, code: str) -> Period:
    period = programme.period(code)
    if period is None:
        raise ValueError(code)
    return period
