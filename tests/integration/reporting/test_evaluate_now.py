"""`now` of a programme: how far time may go on, and what it waits for."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from services.contracts.programme.calendars import local_midnight
from services.kit.eventlog.port import Partition
from services.reporting.evaluate.turn import Limits
from services.reporting.store.positions import note_caught_up
from tests.integration.reporting.evaluating import WARDS, World
from tests.integration.reporting.streams import year

POLICE = "BC-THANG-CA"
CLEAN = {"gathering_points": 0, "rings_found": 0, "retail_points": 0, "hotspots": 0}
W1, W2, _ = WARDS
M1 = "2024-M01"
M1_CLOSED = local_midnight(date(2024, 1, 15))


@pytest.fixture
def sandbox(database_url: str) -> Iterator[World]:
    world = World(database_url, sandbox=True)
    yield world
    world.engine.dispose()


@pytest.fixture
def live(database_url: str) -> Iterator[World]:
    world = World(database_url)
    yield world
    world.engine.dispose()


def test_now_waits_for_a_mark_that_was_there(sandbox: World):
    sandbox.settle()
    sandbox.post(*year(sandbox, seed=3))
    sandbox.clock(M1_CLOSED)
    lease = sandbox.lease()
    before = sandbox.one("select now from programme_now")
    turn = sandbox.turn(lease, limits=Limits(cells=1_000, marks=5))
    assert turn.more
    assert sandbox.one("select now from programme_now") == before
    sandbox.settle(lease)
    assert sandbox.one("select now from programme_now") == M1_CLOSED


def test_a_sandbox_waits_until_what_its_clock_stands_on_has_been_read(sandbox: World):
    sandbox.settle()
    sandbox.clock(M1_CLOSED, ahead=1)
    sandbox.settle()
    assert sandbox.status(W1, "CT16", M1) == "not_due"
    sandbox.post(sandbox.report(POLICE, W1, M1, **CLEAN))
    sandbox.settle()
    assert (sandbox.status(W1, "CT16", M1), sandbox.status(W2, "CT16", M1)) == ("met", "no_data")


def test_a_live_programme_waits_for_its_slowest_partition(live: World):
    live.settle()
    assert live.stored() == {}, "nothing can be said before the log was read to an end"
    slow = Partition("report.v1", 2)
    live.caught_up(M1_CLOSED + timedelta(days=9), without=slow)
    live.settle()
    assert live.stored() == {}
    with live.reading() as connection:
        note_caught_up(connection, {slow: (0, M1_CLOSED + timedelta(seconds=4))})
    live.settle()
    assert live.one("select now from programme_now") == M1_CLOSED - timedelta(seconds=1)
    assert live.status(W1, "CT16", M1) == "not_due"
    with live.reading() as connection:
        note_caught_up(connection, {slow: (0, M1_CLOSED + timedelta(seconds=5))})
    live.settle()
    assert live.status(W1, "CT16", M1) == "no_data"


def test_a_topic_of_which_nothing_is_known_is_waited_for(live: World):
    with live.reading() as connection:
        connection.execute(text("delete from position where topic = 'report.v1'"))
    live.caught_up(M1_CLOSED)
    live.settle()
    assert live.stored() == {}


def test_a_log_with_fewer_partitions_than_its_cards_name_has_a_now_too(live: World):
    with live.reading() as connection:
        connection.execute(text("delete from position where partition > 0"))
    live.reach(M1_CLOSED)
    live.settle()
    assert live.one("select now from programme_now") == M1_CLOSED


def test_now_is_never_ahead_of_the_wall_clock_and_never_goes_back(live: World):
    live.wall_clock = M1_CLOSED
    live.caught_up(M1_CLOSED + timedelta(days=30))
    live.settle()
    assert live.one("select now from programme_now") == M1_CLOSED
    live.wall_clock = M1_CLOSED - timedelta(days=30)
    live.settle()
    assert live.one("select now from programme_now") == M1_CLOSED
