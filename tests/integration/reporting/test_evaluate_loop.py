"""The evaluator as a process lives: one is active, another stands by, and the lock is where the writing is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from threading import Thread

import pytest
from sqlalchemy import text

from services.contracts import metrics as cards
from services.contracts.programme import cells
from services.kit.clock import SystemClock
from services.kit.db import engine
from services.kit.errors import Fenced
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.store import generations
from services.reporting.store.lease import EVALUATE_LOCK
from services.reporting.store.now import advance_now
from services.reporting.store.positions import open_positions
from services.reporting.store.snapshots import snapshot_of
from tests.integration.reporting.evaluating import EARLY, LOG, PARTITIONS, W1_REPORT, World
from tests.support.database import Server
from tests.support.waiting import until

PATIENCE_S = 20


@pytest.fixture
def live(database_url: str) -> Iterator[World]:
    made = World(database_url)
    made.reach(EARLY)
    yield made
    made.engine.dispose()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url, sandbox=True)
    yield made
    made.engine.dispose()


def evaluator(world: World, **more) -> Evaluator:
    own = engine(world.url, pool_size=2, application_name="test evaluator")
    return Evaluator(own, SystemClock(), Gauges(Metrics(cards.CATALOGUE)), **more)


@contextmanager
def running(one: Evaluator) -> Iterator[Flag]:
    stop = Flag()
    thread = Thread(target=one.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        one.engine.dispose()
        assert not thread.is_alive()


def end_session(world: World) -> None:
    """What a killed process leaves behind: its session is gone."""
    with world.engine.begin() as connection:
        connection.execute(
            text("""
            select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and classid = :lock and granted and pid <> pg_backend_pid()
        """),
            {"lock": EVALUATE_LOCK},
        )


def test_a_standby_takes_over_when_the_active_one_ends(world: World):
    first, second = evaluator(world), evaluator(world)
    with ExitStack() as processes:
        first_stop = processes.enter_context(running(first))
        until(lambda: len(world.stored()) == len(list(cells(world.programme))))
        processes.enter_context(running(second))
        assert (first.evaluates, second.evaluates) == (1, None)
        first_stop.set()
        until(lambda: second.evaluates == 1)
        world.post(world.report(*W1_REPORT, hotspots=0))
        until(lambda: world.one("select count(*) from mark") == 0)


def test_an_evaluator_whose_session_is_ended_while_it_waits_comes_back(world: World):
    with running(evaluator(world)):
        until(lambda: world.one("select count(*) from programme_now") == 1)
        end_session(world)
        world.post(world.report(*W1_REPORT, hotspots=0))
        until(lambda: world.one("select count(*) from mark") == 0)


def test_a_mark_is_worked_off_without_being_asked(world: World):
    with running(evaluator(world)):
        until(lambda: world.one("select count(*) from programme_now") == 1)
        world.post(world.report(*W1_REPORT, hotspots=0))
        until(lambda: world.one("select count(*) from mark") == 0)
    assert world.verified().differences == ()


def test_freshness_is_measured_from_the_event_to_the_commit_and_not_in_a_sandbox(database: Server):
    for sandbox, measured in ((False, 1), (True, 0)):
        with database.fresh() as url:
            world = World(url, sandbox=sandbox)
            world.caught_up(datetime.now(UTC))
            metrics = Metrics(cards.CATALOGUE)
            one = Evaluator(world.engine, SystemClock(), Gauges(metrics))
            lease = world.lease()
            one.once(lease)
            before = metrics.value(cards.STATUS_FRESHNESS, "_count", since="recorded")
            world.post(world.report(*W1_REPORT, hotspots=0), accepted_at=datetime.now(UTC) - timedelta(seconds=3))
            one.once(lease)
            assert metrics.value(cards.STATUS_FRESHNESS, "_count", since="recorded") - before == measured
            lease.close()
            world.engine.dispose()


def test_an_evaluator_whose_session_has_ended_writes_nothing(live: World):
    lease = live.lease()

    def lose_it(name: str) -> None:
        if name == "outbox_written":
            end_session(live)

    with pytest.raises(Exception, match=r"database|terminat"):
        live.turn(lease, lose_it)
    lease.close()
    assert live.stored() == {}
    other = live.lease()
    live.settle(other)
    other.close()
    assert live.verified().differences == ()


def test_a_generation_that_is_being_filled_publishes_nothing(live: World):
    reached = datetime(2024, 6, 1, tzinfo=UTC)
    with live.reading() as connection:
        advance_now(connection, live.programme.id, reached)
    with live.engine.begin() as connection:
        generations.create(connection, 2)
        open_positions(generations.bind(connection, 2), PARTITIONS, LOG)
    filling = World.of_generation(live, 2)
    filling.activate()
    filling.post(live.report(*W1_REPORT, hotspots=1))
    one = evaluator(live, generation=2)
    with running(one):
        until(lambda: filling.one("select now from programme_now") == reached)
        assert one.evaluates == 2
        assert not one.publishing.is_set()
        live.lease().close()  # the generation that is served has a lock of its own
    assert live.one("select count(*) from reporting.outbox") == 0
    assert live.one("select count(*) from reporting.published") == 0
    assert filling.verified().differences == ()


def test_an_evaluator_of_the_served_generation_gives_way_when_another_is_served(world: World):
    world.settle()
    lease = world.lease()
    with world.engine.begin() as connection:
        generations.create(connection, 2)
        generations.make_current(connection, 2)
    with pytest.raises(Fenced):
        world.turn(lease)
    lease.close()


def test_what_is_shown_counts_the_wards_by_status_and_the_named_units(live: World):
    live.settle()
    live.post(live.report(*W1_REPORT, hotspots=1, gathering_points=0, rings_found=0, retail_points=0))
    live.reach(live.programme.period("2024-M01").opens_at)
    live.settle()
    metrics = Metrics(cards.CATALOGUE)
    gauges = Gauges(metrics, units=[W1_REPORT[1]])
    with snapshot_of(live.engine, 1) as connection:
        gauges.look(connection, live.known.registry, datetime.now(UTC))
    labels = {"programme": live.programme.id, "indicator": "CT16"}
    assert metrics.value(cards.STATUSES, **labels, status="at_risk") == 1
    assert metrics.value(cards.STATUSES, **labels, status="not_due") == 5
    assert metrics.value(cards.UNIT_STATUS, unit=W1_REPORT[1], indicator="CT16", status="at_risk") == 1
    assert metrics.value(cards.OUTBOX_AGE) > 0
    gauges.forget()
    assert metrics.value(cards.STATUSES, **labels, status="at_risk") == 0
