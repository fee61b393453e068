"""Time passes cell by cell: every answer is replaced at the instant at which it ends, in the order of the instants."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import Status


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a cell's status is from the instant `at` on."""

    cell: Cell
    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class Stepped:
    """`evaluated` in order of time. `whole`: no cell has anything left to do up to `until`; `left`: never reached."""

    evaluated: tuple[Evaluated, ...]
    whole: bool
    left: frozenset[Cell]


def step_through(
    starts: Mapping[Cell, datetime],
    answer: Callable[[Cell, datetime], Status],
    until: datetime,
    at_most: int,
) -> Stepped:
    """Evaluates every cell at its start and then whenever its answer ends, up to and including `until`.

    Gives up, in order, after `at_most` evaluations: what has been found by then holds up to that instant.
    """
    queue = [(at, cell) for cell, at in starts.items()]
    heapq.heapify(queue)
    evaluated: list[Evaluated] = []
    while queue and len(evaluated) < at_most:
        at, cell = heapq.heappop(queue)
        status = answer(cell, at)
        evaluated.append(Evaluated(cell, at, status))
        if status.valid_until is not None and status.valid_until <= until:
            heapq.heappush(queue, (status.valid_until, cell))
    left = frozenset(starts) - {entry.cell for entry in evaluated}
    return Stepped(tuple(evaluated), whole=not queue, left=left)
