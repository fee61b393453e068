"""What a turn of the evaluator costs does not grow with the nation: it takes what fits, and never a ward last."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, text

from bench.nation.folder import files
from bench.nation.land import Land
from services.reporting.domain.inputs import Cell
from services.reporting.evaluate.turn import Limits
from services.reporting.store.pending import DUE
from services.reporting.store.publications import DECISIONS
from tests.integration.reporting.evaluating import EARLY, WARDS, World
from tests.integration.reporting.test_evaluate import CLEAN, M1, M1_CLOSED, POLICE
from tests.support.database import Server

TOWN = "437@2018-01-01"
W1 = WARDS[0]
NARROW = Limits(inputs=30)
"""Less than the town reads in a year, and more than a ward."""


@pytest.fixture
def live(database_url: str) -> Iterator[World]:
    world = World(database_url)
    yield world
    world.engine.dispose()


def test_a_ward_shows_its_report_before_all_that_is_above_it_is_read(live: World):
    live.reach(M1_CLOSED)
    live.settle()
    live.post(live.report(POLICE, W1, M1, **CLEAN), accepted_at=EARLY)
    lease = live.lease()
    assert live.turn(lease, limits=NARROW).more
    town = Cell(TOWN, "CT13", "2024-Y")
    assert live.status(W1, "CT13", M1) == "met"
    assert live.stored()[town].due, "what does not fit is not forgotten"
    live.settle(lease, NARROW)
    lease.close()
    assert not live.stored()[town].due
    assert live.verified().differences == ()


def test_what_is_too_wide_for_any_turn_is_evaluated_all_the_same(live: World):
    live.reach(M1_CLOSED)
    live.settle()
    live.post(live.report(POLICE, W1, M1, **CLEAN), accepted_at=EARLY)
    live.settle(limits=Limits(inputs=1))
    assert live.verified().differences == ()


def test_a_turn_asks_no_more_of_a_larger_nation(database: Server):
    with database.fresh() as one, database.fresh() as other:
        statements, longest = _asked(one, wards=30)
        of_few = _asked(other, wards=3)
    assert statements == of_few[0]
    assert longest <= of_few[1]


def test_the_cells_that_are_due_are_found_in_their_order_by_the_index_alone(live: World):
    live.reach(M1_CLOSED)
    with live.reading() as connection:
        for way in ("seqscan", "bitmapscan"):
            connection.execute(text(f"set local enable_{way} = off"))
        given = {"programme": live.programme.id, "until": M1_CLOSED, "limit": 10}
        plan = "\n".join(connection.scalars(text(f"explain {DUE}"), given))
    assert "status_due" in plan
    assert "Sort" not in plan, plan


def test_decisions_on_periods_are_found_without_a_look_at_all_that_was_published(live: World):
    given = {"programme": live.programme.id, "periods": [M1]}
    with live.reading() as connection:
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(connection.scalars(text(f"explain {DECISIONS}"), given))
    assert "remark_decided" in plan, plan


def _asked(url: str, wards: int) -> tuple[int, int]:
    """Statements, and the longest list among their parameters, of the turn that shows the report of a ward."""
    world = World(url, files=files(Land("nation", wards)))
    try:
        world.reach(M1_CLOSED)
        world.settle()
        owed = next(one for one in world.programme.obligations if one.form == POLICE)
        world.post(world.report(POLICE, owed.unit, owed.period, **CLEAN), accepted_at=EARLY)
        lease = world.lease()
        with _counted(world.engine) as found:
            world.turn(lease, limits=Limits(inputs=60))
        assert world.status(owed.unit, "CT13", owed.period) == "met"
        lease.close()
        return len(found), max(found)
    finally:
        world.engine.dispose()


@contextmanager
def _counted(engine: Engine) -> Iterator[list[int]]:
    """The length of the longest list given to each statement."""
    found: list[int] = []

    def executed(_connection, _cursor, _statement, parameters, _context, _many) -> None:
        given = parameters.values() if isinstance(parameters, dict) else ()
        found.append(max((len(value) for value in given if isinstance(value, list)), default=0))

    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", executed)
