"""Statuses of the engine beside those of the slow reading, and which cells to look at."""

from fractions import Fraction
from random import Random

from services.reporting.domain.inputs import Value
from services.reporting.domain.status import Status
from tests.support.slow_status import Answer, SlowStatus

CellKey = tuple[str, str, str]


def as_answer(status: Status) -> Answer:
    value = None if status.value is None else (status.value.num, status.value.den)
    return Answer(status.status, value, _bound(status.worst), _bound(status.best), frozenset(status.flags))


def _bound(value: Value | None) -> Fraction | None:
    return None if value is None else value.fraction


def some_cells(slow: SlowStatus, chance: Random, n: int) -> list[CellKey]:
    """So many, half of them of periods that are open if there are enough."""
    cells = list(slow.cells())
    still_open = [cell for cell in cells if slow.is_open(cell[0], cell[2])]
    chosen = chance.sample(still_open, min(len(still_open), n // 2))
    return chosen + chance.sample(cells, min(len(cells), n - len(chosen)))
