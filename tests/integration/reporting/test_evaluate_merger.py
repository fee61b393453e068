"""The evaluator over 1/7/2025 on a real database: every cell as a slow count by days finds it, before, on and after."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from random import Random
from uuid import UUID

import pytest

from services.contracts.events import Event
from services.contracts.programme import cells
from services.reporting.domain.inputs import Cell
from tests.integration.reporting.evaluating import World
from tests.support.slow_status import SlowStatus
from tests.support.slow_status.days import at_hour
from tests.support.statuses_compared import as_answer
from tests.support.two_maps import N1, NEW_WARDS, OLD_WARDS, PROVINCE, TOWN, W1, W2, two_maps_files

NOON, SEVENTEEN = time(12), time(17)
INSTANTS = [
    at_hour(date(2025, 3, 20), NOON),
    at_hour(date(2025, 6, 20), NOON),
    at_hour(date(2025, 6, 30), NOON),
    at_hour(date(2025, 7, 1)),
    at_hour(date(2025, 7, 2), NOON),
    at_hour(date(2025, 7, 2), SEVENTEEN),
    at_hour(date(2025, 7, 10), NOON),
    at_hour(date(2025, 7, 15)),
    at_hour(date(2025, 7, 16), SEVENTEEN),
    at_hour(date(2025, 9, 15), NOON),
    at_hour(date(2025, 12, 15)),
    at_hour(date(2026, 1, 10), NOON),
]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url, files=two_maps_files())
    made.wall_clock = at_hour(date(2026, 6, 1))
    yield made
    made.engine.dispose()


def reports(world: World, chance: Random) -> list[Event]:
    """Most in time, some late, some early, some never."""
    told = []
    for owed in world.programme.obligations:
        if chance.random() < 0.85:
            late = timedelta(minutes=chance.choice([-4_000, -60, -1, 1, 5_000]))
            values = {"sessions": chance.randrange(3), "hotspots": chance.randrange(2), "plan": chance.randrange(2)}
            said = world.report("BC-THANG", owed.unit, owed.period, **values)
            told.append(world.event(said, owed.due_at + late))
    return told


def households(world: World, chance: Random) -> list[Event]:
    signed = []
    for token in range(40):
        ward = chance.choice([*OLD_WARDS, *NEW_WARDS])
        day = date(2025, 1, 5) + timedelta(days=chance.randrange(170)) if ward in OLD_WARDS else date(2025, 8, 1)
        signed.append(world.event(world.sheet(ward, day, [token + 1], chance), at_hour(day, NOON)))
    return signed


def assert_as_counted(world: World, slow: SlowStatus) -> None:
    stored = world.stored()
    asked = list(slow.cells())
    for cell in asked:
        assert as_answer(stored[Cell(*cell)].status) == slow.answer(*cell), (cell, slow.now)
    assert stored.keys() == {Cell(*cell) for cell in asked}
    assert world.verified().differences == ()


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_is_what_a_slow_count_by_days_finds_before_on_and_after_the_merger(world: World, seed: int) -> None:
    chance = Random(seed)
    events = sorted(reports(world, chance) + households(world, chance), key=lambda one: one.accepted_at)
    said = 0
    lease = world.lease()
    for now in INSTANTS:
        new = [one for one in events[said:] if one.accepted_at <= now]
        for one in new:
            world.post(one)
        said += len(new)
        world.reach(now)
        world.settle(lease)
        assert_as_counted(world, SlowStatus(world.programme, events[:said], now))
    assert said == len(events)
    lease.close()


def test_what_was_told_of_an_old_ward_ends_with_its_last_day_and_its_due_instant(world: World) -> None:
    lease = world.lease()
    for now in INSTANTS:
        world.reach(now)
        world.settle(lease)
    lease.close()
    changed = {cell: row.changed_at for cell, row in world.stored().items() if cell.unit in (*OLD_WARDS, TOWN)}
    assert max(changed.values()) == at_hour(date(2025, 7, 2), SEVENTEEN)
    assert not any(cell.period in ("2025-M08", "2025-Q4", "2025-M12") for cell in changed)


def test_a_tip_of_an_old_ward_is_handed_over_by_the_ward_that_it_became(world: World) -> None:
    world.reach(at_hour(date(2025, 7, 4)))
    tip = UUID(int=5)
    world.post(world.tip(W2, date(2025, 6, 30), tip), accepted_at=at_hour(date(2025, 6, 30), NOON))
    world.settle()
    assert world.status(TOWN, "CT28", "2025-M07") == "not_met"
    world.post(world.handover(N1, date(2025, 7, 1), tip), accepted_at=at_hour(date(2025, 7, 1), NOON))
    world.settle()
    assert world.status(TOWN, "CT28", "2025-M07") == "met"
    assert world.status(W2, "CT28", "2025-M07") == "not_due"
    assert world.status(N1, "CT28", "2025-M07") == "not_due"
    assert world.status(PROVINCE, "CT28", "2025-M07") == "on_track"
    assert world.verified().differences == ()


def test_a_late_report_of_an_old_ward_restates_the_old_ward_alone(world: World) -> None:
    world.reach(at_hour(date(2025, 8, 1)))
    world.settle()
    before = world.stored()
    world.post(world.report("BC-THANG", W1, "2025-M07", hotspots=0), accepted_at=at_hour(date(2025, 7, 20)))
    world.settle()
    after = world.stored()
    moved = {cell.unit for cell in after if after[cell].status.shown != before[cell].status.shown}
    assert W1 in moved
    assert moved <= {W1, TOWN, PROVINCE}
    restated = after[Cell(W1, "CT13", "2025-M07")].status
    assert (restated.status, restated.flags) == ("met", ("restated", "stub"))
    assert after.keys() == {Cell(*cell) for cell in cells(world.programme)}
