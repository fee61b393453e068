"""Streaks, relapses and days since a breach over HTTP: what the evaluator left, whatever came late or corrected."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from services.contracts.programme.calendars import local_instant
from tests.integration.reporting.evaluating import World
from tests.support.database import Server
from tests.support.reading import Reader, reader
from tests.support.two_maps import N1, W1, W2, two_maps_files

FORM = "BC-THANG"
MAY = local_instant(date(2025, 5, 20), time(9))
AUTUMN = local_instant(date(2025, 9, 20), time(9))


@pytest.fixture
def world(database: Server, migrated: str) -> Iterator[World]:
    with database.fresh(migrated) as url:
        made = World(url, files=two_maps_files())
        made.wall_clock = local_instant(date(2026, 6, 1), time(9))
        yield made
        made.engine.dispose()


@pytest.fixture
def ask(world: World, tmp_path: Path) -> Reader:
    return reader(world.engine, tmp_path)


def say(world: World, ward: str, month: int, hotspots: int | None, revision: int = 1, hours: int = 0) -> None:
    """Half an hour before it is due, or so many hours after that."""
    data = world.report(FORM, ward, f"2025-M{month:02}", revision, hotspots=hotspots, sessions=1, plan=1)
    due = world.programme.obligations_of[FORM, ward, f"2025-M{month:02}"].due_at
    world.post(data, accepted_at=due + timedelta(hours=hours, minutes=-30))


def evaluated(world: World, now: datetime) -> None:
    world.reach(now)
    world.settle()


def streaks(ask: Reader, unit: str, indicator: str = "CT13", period: str = "2025-M05") -> Any:
    answer = ask.get("/v1/streaks", programme="two-maps", period=period, unit=unit)
    assert answer.status_code == 200, answer.json
    row = next(one for one in answer.json["units"] if one["unit"]["id"] == unit)
    return next(one for one in row["streaks"] if one["indicator"] == indicator)


def of(found: Any, *names: str) -> list[Any]:
    return [found[name] for name in names]


def test_what_was_met_month_after_month_is_kept_since_the_first_of_them(world: World, ask: Reader) -> None:
    for month in (1, 2, 3, 4):
        say(world, W1, month, 0)
    evaluated(world, MAY)
    found = streaks(ask, W1)
    assert of(found, "kept", "at_most", "since", "known_to") == [4, 5, "2025-M01", "2025-M04"]
    assert (found["silent"], found["relapses"], found["stale"]) == (["2025-M05"], [], False)
    assert found["breach"] == {"last": None, "known_to": "2025-04-14", "at_least_days": 91, "at_most_days": None}


def test_a_silent_month_neither_keeps_nor_breaks_and_its_late_report_restates_the_streak(
    world: World, ask: Reader
) -> None:
    for month in (1, 2, 4, 5):
        say(world, W1, month, 0)
    evaluated(world, MAY)
    assert of(streaks(ask, W1), "kept", "at_most", "since", "silent") == [2, 5, "2025-M04", ["2025-M03"]]
    say(world, W1, 3, 0, hours=900)
    assert streaks(ask, W1)["stale"]
    world.settle()
    assert of(streaks(ask, W1), "kept", "at_most", "since", "silent") == [5, 5, "2025-M01", []]


def test_a_correction_makes_a_relapse_and_takes_it_back(world: World, ask: Reader) -> None:
    for month in range(1, 6):
        say(world, W1, month, 0)
    say(world, W1, 3, 2, revision=2, hours=1)
    evaluated(world, MAY)
    found = streaks(ask, W1)
    assert of(found, "kept", "since") == [2, "2025-M04"]
    assert found["relapses"] == [{"kept_until": "2025-M02", "lost_in": "2025-M03"}]
    assert found["breach"] == {"last": "2025-M03", "known_to": "2025-05-14", "at_least_days": 31, "at_most_days": 61}
    say(world, W1, 3, 0, revision=3, hours=2)
    world.settle()
    assert of(streaks(ask, W1), "kept", "relapses") == [5, []]


@pytest.mark.parametrize("order", list(permutations([(1, 0, 0), (2, 1, 0), (3, 0, 700)]))[:3])
def test_the_order_in_which_reports_come_changes_no_streak(
    world: World, ask: Reader, order: list[tuple[int, int, int]]
) -> None:
    for month, hotspots, hours in order:
        say(world, W1, month, hotspots, hours=hours)
    evaluated(world, MAY)
    found = streaks(ask, W1)
    assert of(found, "kept", "since", "known_to") == [1, "2025-M03", "2025-M03"]
    assert found["relapses"] == [{"kept_until": "2025-M01", "lost_in": "2025-M02"}]


def test_a_streak_stays_with_the_old_ward_and_the_new_one_begins_with_its_own_first_day(
    world: World, ask: Reader
) -> None:
    for month in range(1, 8):
        say(world, W1, month, 0)
        say(world, W2, month, 0)
    for month in (7, 8, 9):
        say(world, N1, month, 0)
    evaluated(world, AUTUMN)
    assert of(streaks(ask, N1, period="2025-M09"), "kept", "since", "at_most") == [3, "2025-M07", 3]
    assert of(streaks(ask, W1, period="2025-M07"), "kept", "since", "known_to") == [7, "2025-M01", "2025-M07"]


def test_the_history_of_a_cell_says_how_long_it_has_been_kept_and_no_target_means_no_streak(
    world: World, ask: Reader
) -> None:
    say(world, W1, 1, 0)
    say(world, W1, 2, 0)
    evaluated(world, MAY)
    path = f"/v1/units/{W1}/indicators/CT13/history"
    told = ask.get(path, programme="two-maps", period="2025-M02").json
    assert of(told["streak"], "kept", "at_most") == [2, 2]


def test_the_page_says_it_in_both_languages(world: World, ask: Reader) -> None:
    for ward in (W1, W2):
        for month in (1, 2, 3):
            say(world, ward, month, int(ward == W2 and month == 3))
    evaluated(world, local_instant(date(2025, 3, 25), time(9)))
    text = ask.get("/", programme="two-maps", period="2025-M03").text
    assert "giữ vững 3 tháng từ 2025-M01" in text
    assert "kept for 3 months since 2025-M01" in text
    assert "không giữ được từ 2025-M03" in text
    assert "0 ngày kể từ lần phát sinh cuối (đến 14/03/2025)" in text
