"""A status's history and what was known on a day, over HTTP: derived from what the evaluator stands on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.programme.calendars import local_date
from tests.integration.reporting.evaluating import World
from tests.support.database import Server
from tests.support.reading import Reader, reader

W1 = "18115@2018-01-01"
TOWN = "437"
JANUARY = "2024-M01"
FORM = "BC-THANG-UBND"
NOW = datetime(2024, 3, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(database: Server, migrated: str) -> Iterator[World]:
    with database.fresh(migrated) as url:
        made = World(url)
        yield made
        made.engine.dispose()


@pytest.fixture
def ask(world: World, tmp_path: Path) -> Reader:
    return reader(world.engine, tmp_path)


@pytest.fixture
def due_at(world: World) -> datetime:
    return world.programme.obligations_of[FORM, W1, JANUARY].due_at


@pytest.fixture
def told(world: World, due_at: datetime) -> dict[str, Any]:
    """A report of January that was late, corrected the day after, and sent back ten days later."""
    sessions = {"propaganda_sessions": 0}
    first = world.event(world.report(FORM, W1, JANUARY, **sessions), due_at + HOUR, actor="clerk")
    second = world.event(world.report(FORM, W1, JANUARY, 2, propaganda_sessions=9), due_at + 25 * HOUR, actor="clerk")
    back = world.event(world.returned(second), due_at + timedelta(days=10), actor="head")
    world.post(first, second, back)
    world.reach(NOW)
    world.settle()
    return {"first": first, "second": second, "back": back}


def history(ask: Reader, indicator: str = "CT11", unit: str = "18115", **query: object) -> Any:
    path = f"/v1/units/{unit}/indicators/{indicator}/history"
    answer = ask.get(path, programme="hong-linh-2024", period=JANUARY, **query)
    assert answer.status_code == 200, answer.json
    return answer.json


def cell(ask: Reader, indicator: str = "CT11", **query: object) -> Any:
    answer = ask.get("/v1/status", programme="hong-linh-2024", period=JANUARY, unit="18115", **query)
    assert answer.status_code == 200, answer.json
    (row,) = answer.json["units"]
    (found,) = [one for one in row["cells"] if one["indicator"] == indicator]
    return found


def test_every_change_has_its_day_its_instant_and_its_cause(
    ask: Reader, told: dict[str, Any], due_at: datetime, world: World
) -> None:
    items = history(ask)["items"]
    period = world.programme.period(JANUARY)
    assert period is not None
    assert [(one["day"], one["before"] and one["before"]["status"], one["after"]["status"]) for one in items] == [
        ("2023-12-02", None, "not_due"),
        (str(local_date(period.closes_at)), "not_due", "no_data"),
        (str(local_date(due_at)), "no_data", "not_met"),
        (str(local_date(due_at) + timedelta(days=1)), "not_met", "met"),
        (str(local_date(due_at) + timedelta(days=10)), "met", "overdue"),
    ]
    assert [[cause["kind"] for cause in one["causes"]] for one in items] == [
        ["programme"],
        ["time"],
        ["time", "event"],
        ["event"],
        ["event"],
    ]
    assert items[1]["at"] == zulu(period.closes_at)
    named = [one["causes"][-1] for one in items[2:]]
    assert [cause["event_id"] for cause in named] == [str(told[name].id) for name in ("first", "second", "back")]
    assert [one["at"] for one in items[2:]] == [zulu(told[name].accepted_at) for name in ("first", "second", "back")]
    assert named[-1]["type"] == "vn.binhyen.report.returned"


def test_the_last_change_of_every_cell_is_what_the_status_answers(ask: Reader, told: dict[str, Any]) -> None:
    answer = ask.get("/v1/status", programme="hong-linh-2024", period=JANUARY).json
    compared = 0
    for row in answer["units"]:
        for found in row["cells"]:
            after = history(ask, found["indicator"], row["unit"]["id"])["items"][-1]["after"]
            assert after == {name: found[name] for name in after}
            compared += 1
    assert compared > 40


def test_a_day_that_is_over_is_answered_as_it_was_known_and_not_as_it_is(
    ask: Reader, told: dict[str, Any], due_at: datetime
) -> None:
    day = local_date(due_at)
    assert cell(ask)["status"] == "overdue"
    known = [cell(ask, known_at=str(day + timedelta(days=number))) for number in (-1, 0, 1, 9, 10)]
    assert [one["status"] for one in known] == ["no_data", "not_met", "met", "met", "overdue"]
    assert {one["changed_at"] for one in known} == {None}
    unit = ask.get("/v1/units/18115/status", programme="hong-linh-2024", period=JANUARY, known_at=str(day)).json
    (owed,) = [one for one in unit["obligations"] if one["form"] == FORM]
    assert (owed["state"], owed["revision"], unit["known_at"]) == ("late", 1, str(day))
    before = ask.get(
        "/v1/units/18115/status", programme="hong-linh-2024", period=JANUARY, known_at=str(day - HOUR * 24)
    )
    assert [one["state"] for one in before.json["obligations"] if one["form"] == FORM] == ["due"]


def test_what_was_owed_is_answered_as_it_was_known_on_a_day_with_the_rates_of_then(
    ask: Reader, told: dict[str, Any], due_at: datetime
) -> None:
    day = local_date(due_at)

    def owed(**query: object) -> tuple[Any, ...]:
        asked = {"programme": "hong-linh-2024", "period": JANUARY, "unit": "18115", **query}
        answer = ask.get("/v1/obligations", **asked).json
        (found,) = [one for one in answer["items"] if one["form"] == FORM]
        return answer["known_at"], found["state"], found["revision"], answer["rates"]["completeness"]["num"]

    assert owed() == (None, "returned", 2, 0)
    known = [owed(known_at=str(day + timedelta(days=number))) for number in (-1, 0, 1, 10)]
    assert [one[1:] for one in known] == [("due", None, 0), ("late", 1, 1), ("late", 2, 1), ("returned", 2, 0)]
    assert [one[0] for one in known] == [str(day + timedelta(days=number)) for number in (-1, 0, 1, 10)]


def test_the_page_shows_a_day_that_is_over_as_it_was_known_and_says_so(
    ask: Reader, told: dict[str, Any], due_at: datetime
) -> None:
    day = local_date(due_at)

    def shown(**query: object) -> str:
        answer = ask.get("/", programme="hong-linh-2024", period=JANUARY, **query)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    now, then = shown(), shown(known_at=str(day))
    said = f"Theo những gì đã biết đến hết ngày {day:%d/%m/%Y}"
    assert (said in then, said in now) == (True, False)
    for page, word in ((now, "bị trả lại"), (then, "nộp trễ")):
        assert word in page.split("Báo cáo phải nộp")[1].split("</table>")[0]
    link = f"/v1/units/{W1}/indicators/CT11/"
    assert (f"{link}explain?" in now, f"{link}history?" in then, f"{link}explain?" in then) == (True, True, False)
    assert criteria(now) != criteria(then), "the verdicts, too, are those of then"


def criteria(page: str) -> list[str]:
    """What the page says of criteria: which are met, which are not."""
    return [line.strip() for line in page.splitlines() if line.startswith(("<span>đạt:", "<span>không đạt:"))]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2023, 12, 1), "nothing_known"),
        (local_date(NOW), "not_known_yet"),
        (date(2031, 1, 1), "not_known_yet"),
    ],
)
def test_a_day_before_anything_was_known_or_not_over_yet_is_refused_and_says_which(
    ask: Reader, told: dict[str, Any], day: date, code: str
) -> None:
    for path in ("/v1/status", "/v1/units/18115/status", "/v1/obligations", "/"):
        answer = ask.get(path, programme="hong-linh-2024", period=JANUARY, known_at=str(day))
        assert answer.status_code == 422
        assert [(one["field"], one["code"]) for one in answer.json["faults"]] == [("known_at", code)]


def test_nothing_is_known_yet_while_the_log_is_not_read_past_the_day(ask: Reader, world: World) -> None:
    answer = ask.get("/v1/status", programme="hong-linh-2024", period=JANUARY, known_at="2024-01-02")
    assert [one["code"] for one in answer.json["faults"]] == ["not_known_yet"]


def test_a_dead_letter_blocks_from_the_day_it_came_until_the_day_it_was_discarded(ask: Reader, world: World) -> None:
    place = world.refuse(W1)
    world.discard(*place, accepted_at=datetime(2024, 1, 5, tzinfo=UTC))
    world.reach(NOW)
    world.settle()
    assert "blocked" in cell(ask, known_at="2024-01-04")["flags"]
    assert "blocked" not in cell(ask, known_at="2024-01-05")["flags"]
    (gone,) = [one for one in history(ask)["items"] if one["day"] == "2024-01-05"]
    assert [cause["kind"] for cause in gone["causes"]] == ["dead_letters"]


def test_pages_of_one_give_the_whole_history(ask: Reader, told: dict[str, Any]) -> None:
    whole, paged, cursor = history(ask)["items"], [], {}
    while True:
        page = history(ask, limit=1, **cursor)
        paged += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == whole


@pytest.mark.parametrize("cursor", ["eA", "MjAyNC0xMy0wMQ", "MTk5OS0wMS0wMQ", "OTk5OS0wMS0wMQ"])
def test_a_cursor_that_no_page_gave_is_refused(ask: Reader, told: dict[str, Any], cursor: str) -> None:
    path = "/v1/units/18115/indicators/CT11/history"
    answer = ask.get(path, programme="hong-linh-2024", period=JANUARY, cursor=cursor)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("indicator", ["CT21", "ZZ99"])
def test_an_indicator_that_is_not_judged_in_the_period_has_no_history(ask: Reader, indicator: str) -> None:
    path = f"/v1/units/18115/indicators/{indicator}/history"
    answer = ask.get(path, programme="hong-linh-2024", period=JANUARY)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (404, "indicator")


def test_the_history_of_what_tips_feed_tells_days_and_no_event(ask: Reader, world: World) -> None:
    world.post(world.tip(W1, date(2023, 12, 20), uuid4()), accepted_at=datetime(2023, 12, 20, 4, 5, 6, tzinfo=UTC))
    world.reach(NOW)
    world.settle()
    (came,) = [one for one in history(ask, "CT28", "437")["items"] if one["day"] == "2023-12-20"]
    (cause,) = [one for one in came["causes"] if one["kind"] == "tips"]
    assert (came["at"], cause["at"], cause["event_id"], cause["n"]) == (None, None, None, None)
    assert history(ask, "CT28")["items"] == history(ask, "CT27")["items"]
    assert "tips" not in str(history(ask, "CT28")), "nor of a ward that one came"
    assert "04:05:06" not in str(history(ask, "CT28", "437"))


def zulu(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
