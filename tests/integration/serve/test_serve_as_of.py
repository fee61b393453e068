"""What an answer stands on: positions, `now` and its age, and an ETag for what is said."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from services.contracts.programme import Programme
from services.reporting.domain.status import Status
from tests.support.facts_store import Stream
from tests.support.programme_folder import pilot
from tests.support.reading import Reader, store_statuses, value
from tests.support.streams import PROGRAMME, W1, activated, event, event_id, tip

MARCH = "2024-M03"
NOW = datetime(2024, 3, 20, 5, tzinfo=UTC)
READ_BY_ALL = (
    "/v1/programmes",
    "/v1/units",
    "/v1/indicators",
    "/v1/periods",
    "/v1/status",
    f"/v1/units/{W1}/status",
)


def test_an_answer_says_what_it_stands_on_and_how_old_it_is(ask: Reader, engine: Engine, programme: Programme) -> None:
    store_statuses(engine, programme, [], NOW)
    answer = ask.get("/v1/status", programme=PROGRAMME, period=MARCH)
    as_of = answer.json["as_of"]
    assert as_of["generation"] == 1
    assert as_of["now"] == answer.headers["As-Of"] == "2024-03-20T05:00:00Z"
    assert as_of["age_s"] == 21 * 3600
    read_to = {(row["topic"], row["partition"]): row["next_offset"] for row in as_of["positions"]}
    assert read_to == {("programme.v1", 0): len(activated())}


def test_a_sandbox_has_no_age(ask: Reader, engine: Engine, stream: Stream) -> None:
    stream.write(activated(programme="hong-linh-thu", sandbox=True))
    store_statuses(engine, pilot().activated("hong-linh-thu", 1, sandbox=True), [], NOW)
    as_of = ask.get("/v1/status", programme="hong-linh-thu", period=MARCH).json["as_of"]
    assert (as_of["now"], as_of["age_s"]) == ("2024-03-20T05:00:00Z", None)


def test_the_etag_holds_until_what_is_said_changes(ask: Reader, engine: Engine, programme: Programme) -> None:
    asked = {"programme": PROGRAMME, "period": MARCH}
    store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("on_track", value(1, 2)))], NOW)
    etag = ask.get("/v1/status", **asked).headers["ETag"]
    store_statuses(engine, programme, [], NOW + timedelta(minutes=1))
    ask.clock.advance(60)
    again = ask.get("/v1/status", {"If-None-Match": etag}, **asked)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["As-Of"] == "2024-03-20T05:01:00Z"
    store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("at_risk", value(1, 2)))], NOW)
    assert ask.get("/v1/status", {"If-None-Match": etag}, **asked).status_code == 200


@pytest.mark.parametrize("path", READ_BY_ALL)
def test_nobody_sees_a_tip_arrive_by_the_positions_of_an_answer(ask: Reader, stream: Stream, path: str) -> None:
    stream.write([event(tip(1), key="one")])
    asked = {"programme": PROGRAMME} if path != "/v1/programmes" else {}
    asked |= {"period": MARCH} if path.endswith("status") else {}
    answer = ask.get(path, **asked)
    assert answer.status_code == 200
    assert {row["topic"] for row in answer.json["as_of"]["positions"]} == {"programme.v1"}


def test_nor_by_the_footer_of_the_page(ask: Reader, stream: Stream) -> None:
    stream.write([event(tip(1), key="one")])
    page = ask.get("/", programme=PROGRAMME, period=MARCH).text
    assert "programme.v1:0@" in page
    assert "tip.v1" not in page


def test_books_and_receipts_keep_every_position(ask: Reader, stream: Stream) -> None:
    stream.write([event(tip(1), key="one")])
    operator = ask.as_agency("ubnd-437", "operator")
    books = ask.get("/v1/books", operator, from_="2024-03-01", to="2024-03-31")
    receipt = ask.get(f"/v1/receipts/{event_id('one')}", ask.as_agency("ubnd-18115"))
    unknown = ask.get(f"/v1/receipts/{event_id('none')}", ask.as_agency("ubnd-18115"))
    assert (receipt.status_code, unknown.status_code) == (200, 404)
    for answer in (books, receipt, unknown):
        assert "tip.v1" in {row["topic"] for row in answer.json["as_of"]["positions"]}
