"""What is owed, as it is answered: the due instant with its extensions, how late, and the rates of all pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from services.contracts.events import ReportSubmitted
from services.contracts.programme import Programme
from tests.support.facts_store import Stream
from tests.support.reading import Reader, store_statuses
from tests.support.streams import PROGRAMME, TOWN, W1, W2, W3, approved, event, extended, report

MARCH, FORM = "2024-M03", "BC-THANG-UBND"
INSTANT = timedelta(microseconds=1)
ENTERED = datetime(2024, 3, 25, 2, tzinfo=UTC)


@pytest.fixture
def now(engine: Engine, programme: Programme) -> datetime:
    """A week after M03 was due (18/3 at 17:00)."""
    instant = datetime(2024, 3, 25, 10, tzinfo=UTC)
    store_statuses(engine, programme, [], instant)
    return instant


def listed(ask: Reader, **more: Any) -> dict[str, Any]:
    answer = ask.get("/v1/obligations", programme=PROGRAMME, period=MARCH, **more)
    assert answer.status_code == 200, answer.text
    return answer.json


def of_ward(ask: Reader, unit: str = W1) -> dict[str, Any]:
    (found,) = [one for one in listed(ask, unit=unit, limit=500)["items"] if one["form"] == FORM]
    return found


@pytest.mark.usefixtures("now")
def test_an_extension_from_above_is_shown_with_who_and_why_and_moves_the_due_instant(
    ask: Reader, stream: Stream, programme: Programme
) -> None:
    owed = programme.obligations_of[FORM, W1, MARCH]
    assert (of_ward(ask)["state"], of_ward(ask)["late_days"]) == ("overdue", 7)
    stream.write(
        [
            event(extended(report(), date(2024, 3, 29)), key="from above", source="ubnd-437"),
            event(extended(report(), date(2024, 4, 30)), key="its own", source="ubnd-18115"),
        ]
    )
    found = of_ward(ask)
    assert (found["state"], found["late"], found["late_days"]) == ("due", False, None)
    assert found["due_at"] == "2024-03-29T10:00:00Z"
    assert found["first_due_at"] == owed.due_at.isoformat().replace("+00:00", "Z")
    assert {(one["agency"], one["until"], one["reason"], one["void"]) for one in found["extensions"]} == {
        ("ubnd-437", "2024-03-29", "storm", False),
        ("ubnd-18115", "2024-04-30", "storm", True),
    }
    assert of_ward(ask, W2)["state"] == "overdue"


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("source", "approver", "state"),
    [
        ("ubnd-437", None, "received"),
        ("ubnd-18115", None, "late"),
        ("ubnd-18115", "ubnd-437", "approved"),
    ],
)
def test_paper_counts_from_its_day_where_the_receiving_agency_says_or_approves_it(
    ask: Reader, stream: Stream, source: str, approver: str | None, state: str
) -> None:
    said = _on_paper(date(2024, 3, 15))
    stream.write([event(said, key="paper", source=source, at=ENTERED, actor="one")])
    if approver:
        stream.write([event(approved(said), key="good", source=approver, at=ENTERED, actor="another")])
    found = of_ward(ask)
    assert (found["state"], found["late"]) == (state, state == "late")
    assert found["received_at"] == ("2024-03-25T02:00:00Z" if state == "late" else "2024-03-14T17:00:00Z")
    assert found["late_days"] == (7 if state == "late" else None)


def _on_paper(day: date) -> ReportSubmitted:
    plain = report()
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__}
    return ReportSubmitted(**{**fields, "received_on": day, "received_via": "post"})


@pytest.mark.usefixtures("now")
def test_the_rates_are_of_all_pages_and_never_above_one(ask: Reader, stream: Stream, programme: Programme) -> None:
    due_at = programme.obligations_of[FORM, W1, MARCH].due_at
    stream.write(
        [
            event(report(unit=W1), key="in time", at=due_at - INSTANT),
            event(report(unit=W1, revision=2), key="again", at=due_at + timedelta(days=2)),
            event(report(unit=W2), key="late", at=due_at),
            event(report(unit=W3), key="bad", at=due_at - INSTANT),
            event(approved(report(unit=W3), returned=True), key="back", source="ubnd-437"),
        ]
    )
    whole = listed(ask, limit=500)
    owed = len([one for one in programme.obligations if one.period == MARCH])
    assert whole["rates"] == {"completeness": {"num": 2, "den": owed}, "timeliness": {"num": 2, "den": owed}}
    first = listed(ask, limit=1)
    assert (len(first["items"]), first["rates"]) == (1, whole["rates"])
    assert whole["unit"]["id"] == TOWN


def test_before_anything_is_evaluated_nothing_is_owed_and_no_rate_is_told(ask: Reader) -> None:
    answer = listed(ask)
    assert {one["state"] for one in answer["items"]} == {"not_due"}
    assert answer["rates"] == {"completeness": None, "timeliness": None}


@pytest.mark.usefixtures("now")
def test_a_report_that_looks_copied_is_doubted_shown_and_counted_all_the_same(ask: Reader, stream: Stream) -> None:
    said = {"model_deployed": 1, "plan_issued": 1, "propaganda_sessions": 4, "propaganda_attendances": 120}
    stream.write(
        [
            event(report(said, period="2024-M02"), key="february", at=ENTERED),
            event(report(said), key="march", at=datetime(2024, 3, 16, tzinfo=UTC)),
            event(report({**said, "propaganda_sessions": 5}, unit=W2), key="another", at=ENTERED),
        ]
    )
    found = of_ward(ask)
    assert (found["state"], [doubt["code"] for doubt in found["doubts"]]) == ("received", ["copied"])
    assert "2024-M02" in found["doubts"][0]["vi"]
    assert of_ward(ask, W2)["doubts"] == []
