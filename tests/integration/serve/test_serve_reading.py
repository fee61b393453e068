"""serve over a real PostgreSQL: what is stored is what is answered, from one snapshot, and nothing changes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from services.contracts.accounts import ACCOUNTS
from services.contracts.explanations import EXPLANATIONS
from services.contracts.programme import Programme
from services.contracts.readings import READINGS
from services.kit import db
from services.kit.errors import Unavailable
from services.reporting.domain.status import Status
from services.reporting.serve.surface import ROUTES
from services.reporting.store.read import Snapshot, snapshot
from tests.support.facts_store import Stream
from tests.support.reading import Reader, execute, reader, store_statuses, value
from tests.support.streams import PROGRAMME, TOWN, W1, W2, approved, event, report

MARCH = "2024-M03"
NOW = datetime(2024, 3, 20, 5, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_a_stored_status_is_answered_exactly(ask: Reader, engine: Engine, programme: Programme) -> None:
    coverage = Status("at_risk", value(2_999, 3_000), flags=("provisional", "quality"), valid_until=NOW)
    bounded = Status("no_data", None, worst=value(3), best=None)
    store_statuses(engine, programme, [(W1, "CT05", MARCH, coverage), (W1, "CT11", MARCH, bounded)], NOW)
    answer = ask.get("/v1/status", programme=PROGRAMME, period=MARCH).json
    (row,) = [row for row in answer["units"] if row["unit"]["id"] == W1]
    first, second = row["cells"]
    assert first == {
        "indicator": "CT05",
        "status": "at_risk",
        "value": {"num": 2_999, "den": 3_000},
        "worst": None,
        "best": None,
        "flags": ["provisional", "quality"],
        "definition_hash": programme.indicators["CT05"].definition_hash,
        "definition_version": 1,
        "changed_at": "2024-03-20T05:00:00Z",
        "valid_until": "2024-03-20T05:00:00Z",
        "stale": False,
        "published": None,
    }
    assert (second["worst"], second["best"], second["value"]) == ({"num": 3}, None, None)


def test_the_matrix_has_every_unit_and_indicator_of_the_period_even_where_nothing_is_evaluated(
    ask: Reader, programme: Programme
) -> None:
    answer = ask.get("/v1/status", programme=PROGRAMME, period=MARCH).json
    period = programme.period(MARCH)
    assert period is not None
    assert {row["unit"]["id"] for row in answer["units"]} == {TOWN, *programme.units.leaves(TOWN, period)}
    assert answer["units"][0]["unit"]["id"] == TOWN
    assert all(row["cells"] == [] for row in answer["units"])
    assert "CT21" not in answer["indicators"]
    quarter = ask.get("/v1/status", programme=PROGRAMME, period="2024-Q1").json
    assert "CT21" in quarter["indicators"]
    alone = ask.get("/v1/status", programme=PROGRAMME, period=MARCH, unit="18115").json
    assert [row["unit"]["id"] for row in alone["units"]] == [W1]


@pytest.mark.parametrize("path", ["/v1/units", "/v1/indicators", "/v1/periods", "/v1/status"])
def test_pages_of_one_give_every_item_once_and_in_order(ask: Reader, path: str) -> None:
    asked = {"programme": PROGRAMME} | ({"period": MARCH} if path == "/v1/status" else {})
    items = "units" if path == "/v1/status" else "items"
    whole = ask.get(path, **asked, limit=500).json
    assert whole["next"] is None
    collected: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask.get(path, **asked, **cursor, limit=1).json
        assert len(page[items]) == 1
        collected += page[items]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert collected == whole[items]


@pytest.mark.parametrize("cursor", ["eA", "!!", "A", "_____"])
def test_a_cursor_we_did_not_give_is_refused(ask: Reader, cursor: str) -> None:
    answer = ask.get("/v1/units", programme=PROGRAMME, cursor=cursor)
    assert answer.status_code == 422
    assert answer.json["faults"][0]["field"] == "cursor"


def test_every_fault_of_a_question_is_named_at_once(ask: Reader) -> None:
    answer = ask.get("/v1/status", period="2024-13", limit=0, unti="18115")
    assert answer.status_code == 422
    assert {(fault["field"], fault["code"]) for fault in answer.json["faults"]} == {
        ("programme", "required"),
        ("period", "invalid_field"),
        ("limit", "invalid_field"),
        ("?", "unknown_field"),
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"programme": "nowhere", "period": MARCH}, "programme"),
        ({"programme": PROGRAMME, "period": "2031-M01"}, "period"),
        ({"programme": PROGRAMME, "period": MARCH, "unit": "99999"}, "unit"),
        ({"programme": PROGRAMME, "period": MARCH, "unit": "18115@2025-07-01"}, "unit"),
    ],
)
def test_what_does_not_exist_is_404_and_says_which(ask: Reader, asked: dict[str, str], field: str) -> None:
    answer = ask.get("/v1/status", **asked)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [fault["field"] for fault in answer.json["faults"]] == [field]


Standing = Callable[[datetime], tuple[str, bool]]


@pytest.fixture
def standing(ask: Reader, engine: Engine, programme: Programme) -> Standing:
    """How W1's monthly report of March stands at an instant, and whether it is late."""

    def of(now: datetime) -> tuple[str, bool]:
        execute(engine, "delete from programme_now")
        store_statuses(engine, programme, [], now)
        answer = ask.get("/v1/units/18115/status", programme=PROGRAMME, period=MARCH).json
        (found,) = [one for one in answer["obligations"] if one["form"] == "BC-THANG-UBND"]
        return found["state"], found["late"]

    return of


def test_an_obligation_without_a_report_goes_from_not_due_to_overdue(standing: Standing, programme: Programme) -> None:
    owed = programme.obligations_of["BC-THANG-UBND", W1, MARCH]
    period = programme.period(MARCH)
    assert period is not None
    assert standing(period.closes_at - INSTANT) == ("not_due", False)
    assert standing(period.closes_at) == ("due", False)
    assert standing(owed.due_at - INSTANT) == ("due", False)
    assert standing(owed.due_at) == ("overdue", True)


def test_the_first_report_decides_lateness_and_the_latest_decision_on_its_latest_body_the_rest(
    standing: Standing, stream: Stream, programme: Programme
) -> None:
    due_at = programme.obligations_of["BC-THANG-UBND", W1, MARCH].due_at
    first, second = report({"propaganda_sessions": 1}), report({"propaganda_sessions": 2}, revision=2)
    stream.write([event(first, key="first", at=due_at - INSTANT)])
    assert standing(due_at) == ("received", False)
    stream.write([event(second, key="second", at=due_at + timedelta(days=9))])
    assert standing(due_at) == ("received", False)
    stream.write([event(approved(first), key="of the first", source="ubnd-437")])
    assert standing(due_at) == ("received", False)
    stream.write([event(approved(second, returned=True), key="back", source="ubnd-437")])
    assert standing(due_at) == ("returned", False)
    stream.write([event(approved(second), key="after all", source="ubnd-437", at=due_at + timedelta(days=10))])
    assert standing(due_at) == ("approved", False)


def test_a_first_report_at_its_deadline_is_late(
    ask: Reader, engine: Engine, stream: Stream, programme: Programme
) -> None:
    owed = programme.obligations_of["BC-THANG-UBND", W1, MARCH]
    stream.write([event(report(), key="late", at=owed.due_at)])
    store_statuses(engine, programme, [], owed.due_at)
    answer = ask.get("/v1/units/18115/status", programme=PROGRAMME, period=MARCH).json
    (found,) = [one for one in answer["obligations"] if one["form"] == "BC-THANG-UBND"]
    assert (found["state"], found["late"], found["revision"]) == ("late", True, 1)
    assert found["accepted_at"] == owed.due_at.isoformat().replace("+00:00", "Z")


def test_a_town_shows_what_its_wards_owe_and_every_dead_letter_below_it(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    execute(
        engine,
        """insert into reject values ('pledge.v1', 0, 7, 'pledge.v1', 0, 7, 'invalid_field', 'signers', 'ubnd-18118',
            :programme, :unit, now(), '2024-03-02')""",
        programme=PROGRAMME,
        unit=W2,
    )
    town = ask.get("/v1/units/437/status", programme=PROGRAMME, period=MARCH, limit=500).json
    owed = [one for one in programme.obligations if one.period == MARCH]
    assert {one["report_id"] for one in town["obligations"]} == {str(one.report_id) for one in owed}
    (letter,) = town["dead_letters"]
    assert (letter["unit"], letter["reason"], letter["offset"]) == (W2, "invalid_field", 7)
    ward = ask.get("/v1/units/18115/status", programme=PROGRAMME, period=MARCH).json
    assert ward["dead_letters"] == []
    assert {one["unit"] for one in ward["obligations"]} == {W1}


def test_a_discarded_dead_letter_waits_no_longer(ask: Reader, engine: Engine) -> None:
    execute(
        engine,
        """insert into reject values ('pledge.v1', 0, 7, 'pledge.v1', 0, 7, 'invalid_field', 'signers', 'ubnd-18115',
            :programme, :unit, now(), '2024-03-02')""",
        programme=PROGRAMME,
        unit=W1,
    )
    asked = {"programme": PROGRAMME, "period": MARCH}
    assert len(ask.get("/v1/units/18115/status", **asked).json["dead_letters"]) == 1
    execute(engine, "insert into redriven values ('pledge.v1', 0, 9, 'pledge.v1', 0, 7)")
    assert ask.get("/v1/units/18115/status", **asked).json["dead_letters"] == []


def test_a_code_means_the_unit_of_the_time_asked_for(ask: Reader) -> None:
    units = ask.get("/v1/units", programme=PROGRAMME, limit=500).json["items"]
    assert len({unit["id"] for unit in units}) == len(units)
    found = ask.get("/v1/units/18115/status", programme=PROGRAMME, period=MARCH).json["unit"]
    assert found["id"] == W1


def test_no_question_changes_anything_and_no_other_method_is_served(ask: Reader, engine: Engine) -> None:
    before = _content(engine)
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "18115", route.path)
        asked = {p.name: _example(p.name) for p in route.parameters if p.place == "query" and p.required}
        answer = ask.get(path, ask.as_agency("ubnd-18115", "operator"), **asked)
        headed = ask.client.head(path, query_string=asked, headers=ask.as_agency("ubnd-18115", "operator"))
        assert (headed.status_code, headed.data) == (answer.status_code, b"")
        posted = ask.client.post(path, query_string=asked)
        assert posted.status_code == 405
    assert _content(engine) == before


def test_a_snapshot_cannot_write(engine: Engine) -> None:
    with pytest.raises(Unavailable, match="25006"), snapshot(engine) as seen:
        seen.connection.exec_driver_sql("delete from event")


def test_a_snapshot_does_not_see_what_is_committed_while_it_is_read(
    ask: Reader, engine: Engine, programme: Programme, tmp_path: Path
) -> None:
    store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("on_track", value(1, 2)))], NOW)

    @contextmanager
    def interrupted() -> Iterator[Snapshot]:
        with snapshot(engine) as seen:
            later = NOW + timedelta(hours=1)
            store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("met", value(1)))], later)
            yield seen

    answer = reader(engine, tmp_path, interrupted).get("/v1/status", programme=PROGRAMME, period=MARCH, unit=W1).json
    assert answer["units"][0]["cells"][0]["status"] == "on_track"
    assert answer["as_of"]["now"] == "2024-03-20T05:00:00Z"


def test_without_a_database_a_question_is_503_and_may_be_asked_again(tmp_path: Path) -> None:
    away = db.engine("postgresql://nobody@127.0.0.1:1/none", pool_size=1, application_name="test")
    answer = reader(away, tmp_path).get("/v1/programmes")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_database_without_tables_is_503_too(database_url: str, tmp_path: Path) -> None:
    bare = db.engine(database_url, pool_size=1, application_name="test")
    assert reader(bare, tmp_path).get("/v1/programmes").status_code == 503
    bare.dispose()


def test_the_openapi_document_is_served(ask: Reader) -> None:
    document = ask.get("/v1/openapi.json").json
    assert set(document["paths"]) == {route.path for route in ROUTES}
    assert {struct.__name__ for struct in (*READINGS, *ACCOUNTS, *EXPLANATIONS)} <= set(
        document["components"]["schemas"]
    )


def _example(name: str) -> str:
    return {"programme": PROGRAMME, "period": MARCH, "from": "2024-03-01", "to": str(date(2024, 3, 31))}[name]


def _content(engine: Engine) -> dict[str, str]:
    """A digest of every table."""
    with engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "select schemaname || '.' || tablename from pg_tables where schemaname in ('reporting', 'g1')"
        ).scalars()
        digest = "select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') from {} t"
        return {name: connection.exec_driver_sql(digest.format(name)).scalar_one() for name in list(tables)}
