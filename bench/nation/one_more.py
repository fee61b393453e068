"""One more report, from the log to what it changes: first where nothing was reported yet, then in a loaded nation."""

from collections.abc import Callable
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

from sqlalchemy import text

from bench.nation.load import Ground
from bench.nation.reports import report
from bench.nation.watch import is_evaluated, is_told
from deploy.laptop.faults import LaptopFault
from services.contracts.programme import Indicator, Obligation, Programme
from services.reporting.store.snapshots import snapshot_of

_LOOK_EVERY_S = 0.005
_PATIENCE_S = 300.0
_VALUE = """
    select value_num from status
    where programme = :programme and unit = :unit and indicator = :indicator and period = :period
"""


class Took(NamedTuple):
    """Seconds from the acknowledgement of the log: until its ward shows it, and until everything above does, told."""

    ward_s: float
    all_s: float


def one_more(ground: Ground, programme: Programme, times: int, revision: int) -> Took:
    """The medians of so many reports of as many wards, one after the other; the first one warms up."""
    indicator = next(one for one in programme.indicators.values() if one.kind == "stock")
    owed = [one for one in programme.obligations if one.form == indicator.form]
    some = [owed[number * 7 % len(owed)] for number in range(times + 1)]
    ground.settle()
    took = [_took(ground, programme, indicator, one, revision + at) for at, one in enumerate(some)][1:]
    return Took(median(one.ward_s for one in took), median(one.all_s for one in took))


def _took(ground: Ground, programme: Programme, indicator: Indicator, owed: Obligation, revision: int) -> Took:
    ground.log.append([report(programme, owed, revision, {indicator.measures[0]: revision})])
    began = perf_counter()
    cell = {"programme": programme.id, "unit": owed.unit, "indicator": indicator.code, "period": owed.period}

    def shown() -> bool:
        with snapshot_of(ground.database) as connection:
            return bool(connection.scalar(text(_VALUE), cell) == revision)

    _until(shown)
    ward_s = perf_counter() - began
    _until(lambda: is_evaluated(ground.database) and is_told(ground.database))
    return Took(ward_s, perf_counter() - began)


def _until(holds: Callable[[], bool]) -> None:
    began = perf_counter()
    while not holds():
        if perf_counter() - began > _PATIENCE_S:
            raise LaptopFault(f"not after {_PATIENCE_S:.0f} s: one more report is shown and told")
        sleep(_LOOK_EVERY_S)
