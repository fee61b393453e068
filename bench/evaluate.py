"""One evaluator, as a process with all that is in it: statuses a second, and from marks to what is told of them.

What it is compared with is the domain alone: the same cells at the same instant, from facts that were read before, with
nothing stored. The difference is what a database costs, and that nothing is ever lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, product
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import text

from bench.figures import Figure, Size
from bench.settled import at_rest, evaluator_of, until
from bench.signed_sheets import PROGRAMME_ID, WARDS
from bench.stage import Stage
from bench.turns import in_turn
from services.contracts.programme import Programme, cells, local_date
from services.contracts.topics import STATUS
from services.kit.db import engine
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import evaluate
from services.reporting.store import generations, pending
from services.reporting.store.batch import Mark
from services.reporting.store.facts import CHANNEL
from services.reporting.store.inputs import read_facts
from services.reporting.store.marks import insert_marks
from services.reporting.store.now import programme_now
from services.reporting.store.programmes import read_programmes
from services.reporting.store.snapshots import Connection, Engine, snapshot_of

_DAY = timedelta(days=1)


class Plan(NamedTuple):
    """`sheets`: of one signer each, which are there from the start."""

    rounds: int
    sheets: int
    marks: int


@dataclass(frozen=True)
class Ground:
    """A programme at an instant, all its cells, and the facts that they need."""

    database: Engine
    programme: Programme
    now: datetime
    every: tuple[Cell, ...]
    facts: Facts


def run(stage: Stage, size: Size) -> list[Figure]:
    """Figures of all cells of the pilot, which fill more than one transaction."""
    plan = size.pick(tiny=Plan(1, 60, 200), full=Plan(7, 10_000, 10_000))
    database = engine(stage.database_url, pool_size=2, application_name="bench")
    admin = KafkaAdmin(LogSettings(stage.bootstrap_servers))
    try:
        evaluator_of(stage, database, plan.sheets)
        ground = _ground(database)
        stage.say(f"{len(ground.every):,} cells, in turn: due, told after {plan.marks:,} marks, in the domain alone")
        told = _told(admin)
        found = in_turn(
            plan.rounds,
            {
                "due": lambda: _took_s(ground, lambda connection: _make_due(connection, ground)),
                "marked": lambda: _took_s(ground, lambda connection: _mark(connection, plan.marks)),
                "domain": lambda: _domain_s(ground),
            },
        )
        each = (_told(admin) - told) // (plan.rounds + 1)
        return _figures(found, len(ground.every), plan.marks, each)
    finally:
        admin.close()
        database.dispose()


def _figures(found: dict[str, float], number: int, marks: int, told: int) -> list[Figure]:
    alone = Figure("the domain alone", number / found["domain"], "statuses/s")
    alone_s = Figure("the domain alone, of all cells", found["domain"], "s")
    name = f"{marks:,} marks until all is told"
    return [
        Figure("statuses of one evaluator", number / found["due"], "statuses/s", alone),
        Figure(name, found["marked"], "s", alone_s, less_is_better=True),
        Figure("changes told of them", told / found["marked"], "changes/s"),
    ]


def _ground(database: Engine) -> Ground:
    with snapshot_of(database) as connection:
        programme = read_programmes(connection).registry.active(PROGRAMME_ID)
        now = programme_now(connection, PROGRAMME_ID)
        assert programme is not None
        assert now is not None
        every = tuple(Cell(*cell) for cell in cells(programme))
        facts = read_facts(connection, PROGRAMME_ID, needs_of(every, programme), local_date(now))
        return Ground(database, programme, now, every, facts)


def _took_s(ground: Ground, ask: Callable[[Connection], None]) -> float:
    """From the commit that asks to a database in which nothing waits any more, the outbox included."""
    with ground.database.begin() as plain:
        number = generations.current(plain)
        assert number is not None
        connection = generations.bind(plain, number)
        ask(connection)
        connection.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
    began = perf_counter()
    until("the evaluator is at rest", lambda: at_rest(ground.database))
    return perf_counter() - began


def _make_due(connection: Connection, ground: Ground) -> None:
    """Every cell has to be evaluated; what is found is what stands, so that nothing is told."""
    pending.make_due(connection, PROGRAMME_ID, ground.every)


def _mark(connection: Connection, number: int) -> None:
    """Marks as of so many batches. What was told is forgotten, so that every cell with an answer is told anew."""
    connection.execute(text("delete from reporting.published"))
    insert_marks(connection, islice(_marks(), number))


def _marks() -> Iterator[Mark]:
    """Of every source, in the wards of the sheets, on the days of the first months, and again from the start."""
    sources = ("pledge:household", "pledge:organisation", "form:BC-THANG-UBND", "form:BC-THANG-CA", "tip")
    days = [date(2024, 1, 1) + number * _DAY for number in range(60)]
    while True:
        for day, unit, source in product(days, WARDS, sources):
            yield Mark(PROGRAMME_ID, unit, source, day, day)


def _domain_s(ground: Ground) -> float:
    began = perf_counter()
    for cell in ground.every:
        evaluate(cell, ground.programme, ground.facts, ground.now)
    return perf_counter() - began


def _told(admin: KafkaAdmin) -> int:
    """Records of status.v1 so far."""
    return sum(admin.end_offsets([STATUS.name]).values())
