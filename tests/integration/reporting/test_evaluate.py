"""The evaluator on a real database: what is stored is what would be computed, and no mark is lost."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text

from services.contracts.programme import cells
from services.contracts.programme.calendars import local_midnight
from services.reporting.evaluate.turn import Limits
from services.reporting.store.lease import acquire
from tests.integration.reporting.evaluating import EARLY, WARDS, World
from tests.integration.reporting.streams import year

POLICE = "BC-THANG-CA"
CLEAN = {"gathering_points": 0, "rings_found": 0, "retail_points": 0, "hotspots": 0}
W1, W2, W3 = WARDS
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


def published(world: World) -> list[tuple[datetime, str, int]]:
    """(time, cell, sequence) of the outbox, in its order."""
    with world.reading() as connection:
        rows = connection.execute(
            text("select headers, value, convert_from(key, 'UTF8') from reporting.outbox order by id")
        )
        return [(dict(headers)["ce_time"], key, _sequence(value)) for headers, value, key in rows]


def _sequence(value: bytes) -> int:
    return msgspec.json.decode(value)["sequence"]


def shown(world: World) -> dict:
    return {cell: stored.status.shown for cell, stored in world.stored().items()}


def test_a_first_activation_gives_every_cell_a_status(live: World):
    live.reach(EARLY)
    live.settle()
    stored = live.stored()
    assert stored.keys() == set(cells(live.programme))
    assert {row.status.status for row in stored.values()} == {"not_due"}
    assert live.one("select count(*) from mark") == 0
    assert live.one("select count(*) from reporting.outbox") == 0, "what begins as not due is no news"


@pytest.mark.parametrize("seed", range(3))
def test_stored_is_computed_after_a_random_year_in_random_turns(live: World, seed: int):
    chance = Random(seed)
    events = year(live, seed)
    clock = EARLY
    live.reach(clock)
    lease = live.lease()
    while events:
        batch, events = events[: (cut := chance.randrange(1, 30))], events[cut:]
        live.post(*batch)
        if chance.random() < 0.6:
            clock += timedelta(days=chance.randrange(1, 90), seconds=chance.randrange(86_400))
            live.reach(clock)
        for _ in range(chance.randrange(3)):
            live.turn(lease, limits=Limits(cells=chance.choice([40, 300, 1_000])))
            assert live.verified().differences == ()
    live.settle(lease)
    times = defaultdict(list)
    for time, key, _ in published(live):
        times[key].append(time)
    assert all(told == sorted(told) for told in times.values()), "no cell goes back in time"
    found = live.verified()
    assert (found.differences, found.waiting) == ((), 0)
    assert found.compared == len(list(cells(live.programme)))
    assert live.one("select now from programme_now") == clock


def test_order_batches_and_turns_do_not_change_what_is_true_at_the_end(database, sandbox: World):
    end = datetime(2025, 2, 1, tzinfo=UTC)
    events = year(sandbox, seed=7)
    for event in events:
        sandbox.post(event)
    sandbox.clock(end)
    sandbox.settle()
    with database.fresh() as url:
        other = World(url, sandbox=True)
        Random(11).shuffle(events)
        for start in range(0, len(events), 40):
            other.post(*events[start : start + 40])
            other.settle()
            other.clock(EARLY + timedelta(days=start))
        other.clock(end)
        other.settle(limits=Limits(cells=100))
        assert shown(other) == shown(sandbox)
        other.engine.dispose()


def test_a_mark_made_while_the_evaluator_works_is_kept_for_the_next_turn(sandbox: World):
    sandbox.clock(M1_CLOSED)
    sandbox.settle()
    lease = sandbox.lease()
    sandbox.post(sandbox.report(POLICE, W1, M1, **CLEAN))

    def meanwhile(name: str) -> None:
        if name == "computed":
            sandbox.post(sandbox.report(POLICE, W1, M1, revision=2, **CLEAN | {"hotspots": 1}))

    sandbox.turn(lease, meanwhile)
    assert sandbox.status(W1, "CT16", M1) == "met"
    assert sandbox.one("select count(*) from mark") == 1
    sandbox.settle(lease)
    assert sandbox.status(W1, "CT16", M1) == "not_met"
    assert sandbox.one("select count(*) from mark") == 0


def test_marks_that_a_turn_did_not_read_are_left_for_the_next_one(sandbox: World):
    sandbox.clock(M1_CLOSED)
    sandbox.settle()
    for ward in WARDS:
        sandbox.post(sandbox.report(POLICE, ward, M1, **CLEAN))
    lease = sandbox.lease()
    assert sandbox.turn(lease, limits=Limits(marks=1)).more
    assert [sandbox.status(ward, "CT16", M1) for ward in WARDS] == ["met", "no_data", "no_data"]
    sandbox.settle(lease)
    assert [sandbox.status(ward, "CT16", M1) for ward in WARDS] == ["met", "met", "met"]


def test_a_cell_that_is_ahead_of_its_programme_does_not_go_back_for_a_mark(live: World):
    live.reach(EARLY)
    live.settle()
    live.reach(M1_CLOSED)
    lease = live.lease()
    live.turn(lease, limits=Limits(cells=400))
    reached = live.one("select now from programme_now")
    ahead = {cell: row.evaluated_at for cell, row in live.stored().items() if row.evaluated_at > reached}
    cell = next(cell for cell in ahead if cell.indicator == "CT16" and cell.unit in WARDS)
    live.post(live.report(POLICE, cell.unit, M1, **CLEAN))
    live.settle(lease)
    times = [time for time, key, _ in published(live) if key == "/".join(cell)]
    assert times == sorted(times)


def test_time_is_told_in_order_at_the_instants_at_which_answers_end(live: World):
    live.reach(EARLY)
    live.settle()
    live.reach(datetime(2025, 2, 1, tzinfo=UTC))
    live.settle(limits=Limits(cells=200))
    told = published(live)
    times = [time for time, _, _ in told]
    assert times == sorted(times)
    assert len(set(times)) == 1 + 12 + 12, "the first day, every month's end and every due instant"
    closings = {time for time, key, _ in told if key == f"{W1}/CT16/{M1}"}
    assert closings == {"2024-01-14T17:00:00.000000Z", "2024-01-16T10:00:00.000000Z"}


def test_sequences_of_a_cell_have_no_gap_and_end_at_what_is_stored(live: World):
    events = year(live, seed=5)
    for number, start in enumerate(range(0, len(events), 20)):
        live.post(*events[start : start + 20])
        live.reach(EARLY + timedelta(days=30 * number))
        live.settle()
    sequences = defaultdict(list)
    for _, key, sequence in published(live):
        sequences[key].append(sequence)
    assert sequences
    for told in sequences.values():
        assert told[0] == 1
        assert all(after == before + 1 for before, after in pairwise(told))
    stored = {"/".join(cell): row.status.status for cell, row in live.stored().items()}
    with live.reading() as connection:
        rows = connection.execute(
            text("select unit, indicator, period, sequence, status from reporting.published")
        ).all()
    for row in rows:
        key = f"{row.unit}/{row.indicator}/{row.period}"
        assert (row.sequence, row.status["status"]) == (sequences[key][-1], stored[key])


def test_of_a_sandbox_nothing_is_published(sandbox: World):
    sandbox.clock(M1_CLOSED)
    sandbox.settle()
    assert sandbox.status(W1, "CT16", M1) == "no_data"
    assert sandbox.one("select count(*) from reporting.outbox") == 0
    assert sandbox.one("select count(*) from reporting.published") == 0


def test_a_tip_moved_by_another_unit_changes_the_unit_that_received_it(sandbox: World):
    sandbox.clock(M1_CLOSED)
    sandbox.settle()
    town = sandbox.programme.root
    tip_id = UUID(int=77)
    received = date(2024, 1, 3)
    sandbox.post(sandbox.tip(W1, received, tip_id))
    sandbox.settle()
    assert sandbox.status(town, "CT28", M1) == "not_met"
    assert sandbox.status(W1, "CT28", M1) == "not_due", "of a ward alone nothing is told"
    sandbox.post(sandbox.handover(town, received, tip_id))
    sandbox.settle()
    assert sandbox.status(town, "CT28", M1) == "met"
    assert sandbox.verified().differences == ()


def test_a_tip_is_looked_at_again_in_the_period_in_which_it_falls_due(sandbox: World):
    sandbox.clock(M1_CLOSED)
    sandbox.settle()
    town = sandbox.programme.root
    tip_id, received = UUID(int=78), date(2024, 1, 3)
    sandbox.post(sandbox.tip(W1, received, tip_id))
    sandbox.settle()
    assert sandbox.status(town, "CT29", M1) == "not_due"
    assert sandbox.status(town, "CT29", "2024-M02") == "on_track"
    sandbox.post(sandbox.closing(W1, received + timedelta(days=9), tip_id))
    sandbox.settle()
    assert sandbox.verified().differences == ()


@pytest.mark.parametrize("first", ["receipt", "extension"])
def test_a_tip_that_is_extended_is_looked_at_in_the_period_in_which_it_then_falls_due(sandbox: World, first: str):
    """Received on 3/1: due on 23/1 (month 2), extended to 3/3 (month 3), whichever is read first."""
    sandbox.clock(local_midnight(date(2024, 2, 20)))
    sandbox.settle()
    town, tip_id, received = sandbox.programme.root, UUID(int=79), date(2024, 1, 3)
    said = [sandbox.tip(W1, received, tip_id), sandbox.act("extended", town, date(2024, 1, 20), tip_id)]
    for one in said if first == "receipt" else reversed(said):
        sandbox.post(one)
        sandbox.settle()
    assert sandbox.status(town, "CT29", "2024-M02") == "not_due"
    assert sandbox.status(town, "CT29", "2024-M03") == "on_track"
    assert sandbox.verified().differences == ()


def test_a_new_version_asks_every_cell_again_and_forgets_those_that_are_gone(sandbox: World):
    sandbox.settle()
    with sandbox.reading() as connection:
        connection.execute(
            text("""
            insert into status (programme, unit, indicator, period, status, definition_hash, changed_at, evaluated_at)
            values (:programme, '18115@2018-01-01', 'CT99', '2024-M01', 'met', '', now(), now())
        """),
            {"programme": sandbox.programme.id},
        )
        connection.execute(text("update status set status = 'met', valid_until = null"))
    assert len(sandbox.verified().differences) == len(list(cells(sandbox.programme)))
    sandbox.activate(version=2)
    sandbox.settle()
    assert sandbox.verified().differences == ()
    assert sandbox.stored().keys() == set(cells(sandbox.programme))


def test_one_changed_row_is_one_difference(sandbox: World):
    sandbox.settle()
    with sandbox.reading() as connection:
        connection.execute(
            text(f"update status set status = 'met' where (unit, indicator, period) = ('{W1}', 'CT16', '{M1}')")
        )
    (found,) = sandbox.verified().differences
    assert (found.cell, found.stored.status, found.computed.status) == ((W1, "CT16", M1), "met", "not_due")


def test_two_evaluators_never_both_hold_a_generation(sandbox: World):
    first = sandbox.lease()
    assert acquire(sandbox.engine) is None
    first.close()
    sandbox.lease().close()
