"""The evaluator over 1/7/2025 on a real database: every cell as a slow count by days finds it, before, on and after."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest

from services.contracts.programme import cells
from services.reporting.domain.inputs import Cell
from tests.integration.reporting.evaluating import World
from tests.support.slow_maps import PERIODS, Said, SlowCount, days_of_month, due, midnight, stood
from tests.support.two_maps import N1, NEW_WARDS, OLD_WARDS, PROVINCE, TOWN, W1, W2, two_maps_files

NOON, SEVENTEEN = time(12), time(17)
INSTANTS = [
    midnight(date(2025, 3, 20), NOON),
    midnight(date(2025, 6, 20), NOON),
    midnight(date(2025, 6, 30), NOON),
    midnight(date(2025, 7, 1)),
    midnight(date(2025, 7, 2), NOON),
    midnight(date(2025, 7, 2), SEVENTEEN),
    midnight(date(2025, 7, 10), NOON),
    midnight(date(2025, 7, 15)),
    midnight(date(2025, 7, 16), SEVENTEEN),
    midnight(date(2025, 9, 15), NOON),
    midnight(date(2025, 12, 15)),
    midnight(date(2026, 1, 10), NOON),
]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url, files=two_maps_files())
    made.wall_clock = midnight(date(2026, 6, 1))
    yield made
    made.engine.dispose()


def story(chance: Random) -> list[tuple[datetime, str, int, dict[str, int]]]:
    """(accepted, ward, month, values): most in time, some late, some early, some never."""
    told = []
    for ward in (*OLD_WARDS, *NEW_WARDS):
        for number in range(1, 13):
            days = stood(ward, days_of_month(number))
            if days and chance.random() < 0.85:
                late = chance.choice([-4_000, -60, -1, 1, 5_000])
                values = {"sessions": chance.randrange(3), "hotspots": chance.randrange(2), "plan": chance.randrange(2)}
                told.append((due(days[-1]) + timedelta(minutes=late), ward, number, values))
    return sorted(told, key=lambda one: one[0])


def households(chance: Random) -> list[tuple[datetime, str, date, int]]:
    """(accepted, ward, signed on, token)."""
    signed = []
    for token in range(40):
        ward = chance.choice([*OLD_WARDS, *NEW_WARDS])
        day = date(2025, 1, 5) + timedelta(days=chance.randrange(170)) if ward in OLD_WARDS else date(2025, 8, 1)
        signed.append((midnight(day, NOON), ward, day, token + 1))
    return sorted(signed)


def assert_as_counted(world: World, slow: SlowCount) -> None:
    stored = world.stored()
    asked = list(slow.cells())
    for cell in asked:
        status = stored[Cell(*cell)].status
        found = (status.status, tuple(status.value) if status.value else None, "stub" in status.flags)
        assert found == tuple(slow.answer(*cell)), (cell, slow.now)
    assert {cell for cell in stored if cell.indicator != "CT28"} == {Cell(*cell) for cell in asked}
    assert world.verified().differences == ()


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_is_what_a_slow_count_by_days_finds_before_on_and_after_the_merger(world: World, seed: int) -> None:
    chance = Random(seed)
    reports, signed = story(chance), households(chance)
    slow = SlowCount(INSTANTS[0])
    lease = world.lease()
    for now in INSTANTS:
        slow.now = now
        while reports and reports[0][0] <= now:
            accepted_at, ward, number, values = reports.pop(0)
            world.post(world.report("BC-THANG", ward, f"2025-M{number:02}", **values), accepted_at=accepted_at)
            slow.reports[ward, number] = Said(accepted_at, values)
        while signed and signed[0][0] <= now:
            accepted_at, ward, day, token = signed.pop(0)
            world.post(world.sheet(ward, day, [token], chance), accepted_at=accepted_at)
            slow.signed.append((ward, day))
        world.reach(now)
        world.settle(lease)
        assert_as_counted(world, slow)
    assert reports == []
    lease.close()


def test_what_was_told_of_an_old_ward_ends_with_its_last_day_and_its_due_instant(world: World) -> None:
    lease = world.lease()
    for now in INSTANTS:
        world.reach(now)
        world.settle(lease)
    lease.close()
    changed = {cell: row.changed_at for cell, row in world.stored().items() if cell.unit in (*OLD_WARDS, TOWN)}
    assert max(changed.values()) == midnight(date(2025, 7, 2), SEVENTEEN)
    assert {cell.period for cell in changed if cell.period not in PERIODS} == set()
    assert not any(cell.period in ("2025-M08", "2025-Q4", "2025-M12") for cell in changed)


def test_a_tip_of_an_old_ward_is_handed_over_by_the_ward_that_it_became(world: World) -> None:
    world.reach(midnight(date(2025, 7, 4)))
    tip = UUID(int=5)
    world.post(world.tip(W2, date(2025, 6, 30), tip), accepted_at=midnight(date(2025, 6, 30), NOON))
    world.settle()
    assert world.status(TOWN, "CT28", "2025-M07") == "not_met"
    world.post(world.handover(N1, date(2025, 7, 1), tip), accepted_at=midnight(date(2025, 7, 1), NOON))
    world.settle()
    assert world.status(TOWN, "CT28", "2025-M07") == "met"
    assert world.status(W2, "CT28", "2025-M07") == "not_due"
    assert world.status(N1, "CT28", "2025-M07") == "not_due"
    assert world.status(PROVINCE, "CT28", "2025-M07") == "on_track"
    assert world.verified().differences == ()


def test_a_late_report_of_an_old_ward_restates_the_old_ward_alone(world: World) -> None:
    world.reach(midnight(date(2025, 8, 1)))
    world.settle()
    before = world.stored()
    world.post(world.report("BC-THANG", W1, "2025-M07", hotspots=0), accepted_at=midnight(date(2025, 7, 20)))
    world.settle()
    after = world.stored()
    moved = {cell.unit for cell in after if after[cell].status.shown != before[cell].status.shown}
    assert W1 in moved
    assert moved <= {W1, TOWN, PROVINCE}
    restated = after[Cell(W1, "CT13", "2025-M07")].status
    assert (restated.status, restated.flags) == ("met", ("restated", "stub"))
    assert after.keys() == {Cell(*cell) for cell in cells(world.programme)}
