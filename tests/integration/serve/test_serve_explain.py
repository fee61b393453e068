"""An explanation leads from the status to the records of the log, says what is missing, and gives away no tip."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from services.contracts.programme import Programme
from services.reporting.domain.branches import BRANCHES
from tests.support.facts_store import Stream
from tests.support.reading import Reader, execute, store_statuses
from tests.support.streams import (
    PROGRAMME,
    TOWN,
    W1,
    W2,
    approved,
    event,
    event_id,
    moved,
    report,
    signed,
    tip,
    withdrawn,
)

MARCH = "2024-M03"
OPEN = datetime(2024, 3, 10, 5, tzinfo=UTC)
CLOSED = datetime(2024, 3, 15, 5, tzinfo=UTC)


@pytest.fixture
def explain(ask: Reader, engine: Engine, programme: Programme) -> Any:
    """The explanation of a unit's indicator in a period at an instant."""

    def of(indicator: str, now: datetime = CLOSED, unit: str = "18115", period: str = MARCH, **more: Any) -> Any:
        execute(engine, "delete from programme_now")
        store_statuses(engine, programme, [], now)
        path = f"/v1/units/{unit}/indicators/{indicator}/explain"
        answer = ask.get(path, programme=PROGRAMME, period=period, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    return of


def test_a_reported_figure_is_explained_down_to_its_record(explain: Any, stream: Stream, programme: Programme) -> None:
    first, second = report({"propaganda_sessions": 1}), report({"propaganda_sessions": 3}, revision=2)
    stream.write([event(first, key="first"), event(second, key="second")])
    found = explain("CT11")
    assert (found["status"], found["value"], found["rule"]["branch"]) == ("met", {"num": 3}, "passes")
    (stated,) = found["inputs"]
    assert (stated["state"], stated["report"]["values"]) == ("counts", {"propaganda_sessions": 3})
    (evidence,) = stated["events"]
    assert (evidence["event_id"], evidence["revision"], evidence["role"]) == (str(event_id("second")), 2, "report")
    assert (evidence["topic"], evidence["partition"], evidence["offset"]) == ("report.v1", 0, 1)
    assert evidence["body_hash"] == event(second, key="second").body_hash.hex()
    assert evidence["receipt"] == f"/v1/receipts/{event_id('second')}"
    target = found["target"]
    assert target["definition_hash"] == programme.indicators["CT11"].definition_hash
    assert (target["version"], target["programme_hash"]) == (1, programme.hash)
    assert (target["definition_version"], target["effective_from"]) == (1, "2023-12-15")
    assert {row["topic"] for row in found["as_of"]["positions"]} == {"programme.v1", "report.v1"}


def test_silence_is_explained_as_missing_and_says_what_time_will_do(explain: Any, programme: Programme) -> None:
    owed = programme.obligations_of["BC-THANG-UBND", W1, MARCH]
    found = explain("CT11")
    (stated,) = found["inputs"]
    assert (found["status"], found["rule"]["branch"], stated["state"]) == ("no_data", "input_missing", "missing")
    assert (stated["missing"], stated["events"], stated["report"]["report_id"]) == (True, [], str(owed.report_id))
    due_at = owed.due_at.isoformat().replace("+00:00", "Z")
    assert found["distance"]["by_itself"] == {"at": due_at, "status": "overdue"}
    assert (found["distance"]["missing"], found["distance"]["overdue"]) == (1, 0)
    late = explain("CT11", owed.due_at)
    assert (late["status"], late["distance"]["overdue"], late["inputs"][0]["state"]) == ("overdue", 1, "overdue")


def test_a_returned_report_is_missing_and_the_decision_is_named(explain: Any, stream: Stream) -> None:
    said = report({"propaganda_sessions": 3})
    stream.write([event(said, key="said"), event(approved(said, returned=True), key="back", source="ubnd-437")])
    found = explain("CT11")
    (stated,) = found["inputs"]
    assert (found["status"], stated["state"]) == ("no_data", "returned")
    assert {one["role"]: one["event_id"] for one in stated["events"]} == {
        "report": str(event_id("said")),
        "returned": str(event_id("back")),
    }


def test_a_coverage_names_the_sheets_and_withdrawals_it_counts(explain: Any, stream: Stream) -> None:
    later = date(2024, 3, 20)
    stream.write([event(signed([1, 2, 3]), key="sheet"), event(signed([9], W2), key="elsewhere")])
    stream.write([event(signed({7: later}), key="after the period"), event(withdrawn(2, date(2024, 3, 5)), key="gone")])
    found = explain("CT05")
    (stated,) = found["inputs"]
    assert stated["signers"]["counted"] == found["value"]["num"] == 2
    assert stated["signers"]["denominator"]["value"] == found["value"]["den"]
    assert {one["event_id"]: one["role"] for one in stated["events"]} == {
        str(event_id("sheet")): "sheet",
        str(event_id("gone")): "withdrawal",
    }
    assert stated["events_in_all"] == 2
    stream.write([event(signed([4]), key="one more")])
    again = explain("CT05")["inputs"][0]
    assert again["events_digest"] != stated["events_digest"]


def test_of_tips_only_numbers_are_told(explain: Any, stream: Stream, ask: Reader) -> None:
    stream.write([event(tip(1), key="tip"), event(tip(2), key="other"), event(moved(1), key="moved")])
    found = explain("CT28", OPEN, unit="437")
    (stated,) = found["inputs"]
    assert stated["unit"] == TOWN
    assert {name: stated["tips"][name] for name in ("received", "in_time", "undecided")} == {
        "received": 2,
        "in_time": 1,
        "undecided": 0,
    }
    assert (stated["events"], stated["events_digest"]) == ([], None)
    text = ask.get(f"/v1/units/{TOWN}/indicators/CT28/explain", programme=PROGRAMME, period=MARCH).text
    for hidden in ("tip.v1", *(str(event_id(key)) for key in ("tip", "other", "moved", ("tip", 1), ("tip", 2)))):
        assert hidden not in text


def test_of_the_tips_of_a_ward_nothing_is_told_anywhere(explain: Any, stream: Stream) -> None:
    silent = [explain(code, OPEN) for code in ("CT27", "CT28", "CT29")]
    stream.write([event(tip(number), key=number) for number in range(9)])
    for before, code in zip(silent, ("CT27", "CT28", "CT29"), strict=True):
        after = explain(code, OPEN)
        assert (after["rule"]["branch"], after["value"], after["inputs"]) == ("too_small_to_show", None, [])
        assert {**after, "as_of": None} == {**before, "as_of": None}


def test_tips_received_by_the_town_are_explained_by_channel(explain: Any, stream: Stream) -> None:
    stream.write([event(tip(number, unit=(W1, W2)[number % 2]), key=number) for number in range(6)])
    (stated,) = explain("CT27", OPEN, unit="437")["inputs"]
    channels = {one["channel"]: one["n"] for one in stated["tips"]["channels"]}
    assert channels["hotline"] == 6
    assert {n for channel, n in channels.items() if channel != "hotline"} == {None}


def test_timeliness_is_explained_by_the_first_report_whatever_counts_later(
    explain: Any, stream: Stream, programme: Programme
) -> None:
    due_at = programme.obligations_of["BC-THANG-UBND", W1, MARCH].due_at
    before, after = due_at - timedelta(hours=1), due_at + timedelta(hours=1)
    stream.write([event(report({}), key="first", at=before), event(report({}, revision=2), key="second", at=after)])
    found = explain("CT30", due_at)
    (stated,) = [one for one in found["inputs"] if one["report"]["form"] == "BC-THANG-UBND"]
    (evidence,) = stated["events"]
    assert (stated["state"], evidence["role"], evidence["event_id"]) == (
        "in_time",
        "first_report",
        str(event_id("first")),
    )


def test_pages_give_every_input_once_and_say_where_they_are(explain: Any) -> None:
    whole = explain("CT11", unit="437", period="2024-Y")
    assert whole["inputs_in_all"] == len(whole["inputs"]) == 6 * 12
    collected: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = explain("CT11", unit="437", period="2024-Y", limit=50, **cursor)
        assert page["inputs_from"] == len(collected)
        collected += page["inputs"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert collected == whole["inputs"]


def test_every_text_stands_in_both_languages(explain: Any, stream: Stream) -> None:
    stream.write([event(report({"propaganda_sessions": 0}), key="zero"), event(signed([1]), key="sheet")])

    def names(node: Any) -> list[Any]:
        if isinstance(node, dict):
            inner = [found for child in node.values() for found in names(child)]
            return [node, *inner] if node.keys() == {"vi", "en"} else inner
        return [found for child in node for found in names(child)] if isinstance(node, list) else []

    for indicator in ("CT05", "CT11", "CT13", "CT28", "CT30"):
        found = names(explain(indicator))
        assert len(found) > 5
        assert all(text["vi"] and text["en"] and text["vi"] != text["en"] for text in found), found


@pytest.mark.parametrize(
    ("unit", "indicator", "period", "status", "field"),
    [
        ("99999", "CT11", MARCH, 404, "unit"),
        ("18115@2025-07-01", "CT11", MARCH, 404, "unit"),
        (W1, "CT99", MARCH, 404, "indicator"),
        (W1, "CT11", "2031-M01", 404, "period"),
        (W1, "CT21", MARCH, 404, "period"),
        (W1, "ct11", MARCH, 422, "indicator"),
        ("x", "CT11", MARCH, 422, "unit"),
        (W1, "CT11", "March", 422, "period"),
    ],
)
def test_what_is_not_judged_has_no_explanation(
    ask: Reader, unit: str, indicator: str, period: str, status: int, field: str
) -> None:
    answer = ask.get(f"/v1/units/{unit}/indicators/{indicator}/explain", programme=PROGRAMME, period=period)
    assert answer.status_code == status
    (fault,) = answer.json["faults"]
    assert fault["field"] == field
    assert fault["vi"] != fault["en"]


def test_before_anything_is_evaluated_nothing_is_due(ask: Reader) -> None:
    found = ask.get(f"/v1/units/{TOWN}/indicators/CT11/explain", programme=PROGRAMME, period=MARCH).json
    assert (found["status"], found["rule"]["branch"], found["stale"]) == ("not_due", "period_not_open", True)


def test_the_same_facts_give_the_same_bytes(ask: Reader, explain: Any, stream: Stream) -> None:
    stream.write([event(report({"propaganda_sessions": 3}), key="said")])
    explain("CT11")
    path = f"/v1/units/{W1}/indicators/CT11/explain"
    one, other = (ask.get(path, programme=PROGRAMME, period=MARCH).data for _ in range(2))
    assert one == other
    assert ask.get(path, programme=PROGRAMME, period=MARCH).json["rule"]["branch"] in BRANCHES
