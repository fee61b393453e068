"""Who has contributed to a period and who has not: every agency from what it owes, the silent first; never persons."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from services.contracts.programme import Programme
from tests.support.facts_store import Stream
from tests.support.reading import Reader, store_statuses
from tests.support.streams import PROGRAMME, TOWN, W1, W2, approved, event, report

MARCH = "2024-M03"
NOW = datetime(2024, 3, 25, 10, tzinfo=UTC)
"""A week after M03 was due."""


@pytest.fixture
def said(engine: Engine, programme: Programme, stream: Stream) -> None:
    """Of six wards two report, one of these is sent back; the police and the Front say nothing."""
    sent_back = report({"plan_issued": 1}, unit=W2)
    stream.write(
        [
            event(report({"plan_issued": 1}), key="first"),
            event(sent_back, key="second"),
            event(approved(sent_back, returned=True), key="back", source="ubnd-437"),
        ]
    )
    store_statuses(engine, programme, [], NOW)


def test_every_agency_is_told_with_what_it_owes_and_the_silent_come_first(ask: Reader, said: None) -> None:
    answer = ask.get("/v1/contributions", programme=PROGRAMME, period=MARCH)
    assert answer.status_code == 200, answer.text
    items = answer.json["items"]
    by_agency = {one["agency"]: one for one in items}
    assert by_agency["ubnd-18115"]["state"] == "complete"
    back = by_agency["ubnd-18118"]
    assert (back["state"], back["owed"], back["delivered"], back["returned"]) == ("nothing", 1, 0, 1)
    silent = by_agency["ca-18115"]
    assert (silent["state"], silent["overdue"], silent["unit"]) == ("nothing", 1, W1)
    assert silent["office"]["vi"].startswith("Trưởng Công an")
    assert "CT13" in silent["indicators"]
    assert by_agency["mttq-18115"]["state"] == "owes_none", "it reports by quarters"
    assert by_agency["operator"]["state"] == "owes_none"
    order = [one["state"] for one in items]
    assert order == sorted(order, key=["nothing", "behind", "complete", "not_due", "owes_none"].index)
    kinds = {one["kind"]: (one["owing"], one["nothing"], one["behind"]) for one in answer.json["kinds"]}
    assert kinds == {"people_committee": (6, 5, 0), "police": (6, 6, 0)}


def test_a_unit_is_asked_for_itself_and_pages_keep_the_order(ask: Reader, said: None) -> None:
    of_ward = ask.get("/v1/contributions", programme=PROGRAMME, period=MARCH, unit="18115").json
    assert {one["agency"] for one in of_ward["items"]} == {"ubnd-18115", "ca-18115", "mttq-18115"}
    whole = ask.get("/v1/contributions", programme=PROGRAMME, period=MARCH, limit=500).json["items"]
    first = ask.get("/v1/contributions", programme=PROGRAMME, period=MARCH, limit=7).json
    rest = ask.get("/v1/contributions", programme=PROGRAMME, period=MARCH, limit=500, cursor=first["next"]).json
    assert [*first["items"], *rest["items"]] == whole
    quarter = ask.get("/v1/contributions", programme=PROGRAMME, period="2024-Q1", unit=TOWN).json["items"]
    assert {one["agency"]: one["state"] for one in quarter}["ubnd-18115"] == "behind"


def test_the_page_shows_who_has_delivered_nothing_and_no_number_of_an_agency_that_has(ask: Reader, said: None) -> None:
    text = ask.get("/", programme=PROGRAMME, period=MARCH).text
    part = text[text.index("Ai chưa đóng góp") :]
    part = part[: part.index("</table>")]
    assert "Công an phường Bắc Hồng" in part
    assert "6/6 cơ quan chưa nộp gì" in part
    assert "Ủy ban nhân dân phường Bắc Hồng<" not in part
    assert "chưa nộp gì" in part
