"""The play: step by step, post what is due, move the clock, wait, compare every cell and verdict with the truth."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from services.contracts.programme import Programme
from services.simulator.actions import Action, Plan
from services.simulator.differences import Difference, differences
from services.simulator.posting import PlayFailed, Poster
from services.simulator.truth import Cell, Truth
from services.simulator.watching import Seens, Watcher

THREADS: Final = 8


@dataclass
class Result:
    """What a play came to. `last` is the table that the system showed at the end; `verdicts` what verdicts came to."""

    requests: int = 0
    retries: int = 0
    steps: int = 0
    compared: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    now: datetime | None = None
    last: dict[Cell, str] = field(default_factory=dict)
    failure: str | None = None

    @property
    def right(self) -> bool:
        """True when every cell and every verdict was as it should be at every step."""
        return self.failure is None and not self.differences


Told = Callable[[Result], None]


@dataclass(frozen=True)
class Stage:
    """What a play needs: the sandbox's programme, who posts, who watches, and the agency that moves the clock."""

    programme: Programme
    poster: Poster
    watcher: Watcher
    clock_agency: str
    threads: int = THREADS


def play(stage: Stage, plan: Plan, truths: Iterable[tuple[datetime, Truth]], told: Told) -> Result:
    """Play the plan against `truths`, its steps in order; `told` is called after every step.

    What stops the play is the result's `failure`.
    """
    result = Result()
    hashes: dict[str, str] = {}
    try:
        with ThreadPoolExecutor(stage.threads) as pool:
            for step, truth in truths:
                due = plan.due(result.now, step)
                _post(stage, pool, due, hashes)
                _move_clock(stage, plan, step)
                _note(result, step, len(due), truth, _look(stage, pool, step))
                result.retries = stage.poster.retries
                told(result)
    except PlayFailed as error:
        result.failure = str(error)
    return result


def _post(stage: Stage, pool: ThreadPoolExecutor, due: Sequence[Action], hashes: dict[str, str]) -> None:
    """In any order and many at once; only a decision must wait for the answer that it is about."""
    for batch in ([a for a in due if a.decides is None], [a for a in due if a.decides is not None]):
        answers = pool.map(lambda action: stage.poster.post(action, hashes.get(action.decides or "")), batch)
        for action, body_hash in zip(batch, answers, strict=True):
            if body_hash is not None:
                hashes[action.name] = body_hash


def _move_clock(stage: Stage, plan: Plan, step: datetime) -> None:
    stage.poster.set_clock(plan.programme, step, stage.clock_agency, str(plan.seed))
    stage.watcher.wait_until(step, _period_at(stage.programme, step))


class Look(NamedTuple):
    cells: Seens
    verdicts: Seens


def _look(stage: Stage, pool: ThreadPoolExecutor, step: datetime) -> Look:
    """Cells first: once all of them stand at the step, so does what is judged from them."""
    codes = [period.code for period in stage.programme.periods()]
    packs = list(dict.fromkeys(pack.code for pack in stage.programme.packs))
    cells = _together(pool.map(lambda code: stage.watcher.matrix(code, step), codes))
    verdicts = _together(pool.map(lambda code: stage.watcher.verdicts(code, step, packs), codes))
    return Look(cells, verdicts)


def _together(parts: Iterable[Seens]) -> Seens:
    return {cell: seen for part in parts for cell, seen in part.items()}


def _note(result: Result, step: datetime, posted: int, truth: Truth, look: Look) -> None:
    """A verdict that reads what the truth does not foretell is not compared."""
    foretold = {cell: seen for cell, seen in look.verdicts.items() if cell in truth}
    result.now = step
    result.steps += 1
    result.requests += posted
    result.compared += len(truth)
    result.statuses.update(cell.status for cell in look.cells.values())
    result.verdicts.update(verdict.status for verdict in foretold.values())
    result.differences.extend(differences(step, truth, {**look.cells, **foretold}))
    result.last = {cell: one.status for cell, one in look.cells.items()}


def _period_at(programme: Programme, now: datetime) -> str:
    """The month that is open, else the last one."""
    months = [period for period in programme.periods() if period.kind == "month"]
    return next((month.code for month in months if month.opens_at <= now < month.closes_at), months[-1].code)
