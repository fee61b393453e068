"""The books balance, and one missing row shows a residual of one (P7)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.facts_store import Stream
from tests.support.reading import Reader, execute
from tests.support.streams import PROGRAMME, W1, W2, event, report, signed

DAYS = {"from_": "2024-03-01", "to": "2024-03-31"}
UNTIL = date(2024, 3, 20)


@pytest.fixture
def balanced(stream: Stream, engine: Engine) -> None:
    """Seven records of two agencies and a stranger, each with another end; counted by the independent reader too."""
    sheet, old = event(signed([1]), key="sheet"), event(report({"propaganda_sessions": 1}), key="old")
    stream.write([sheet, sheet, event(signed([2]), key="sheet"), old])
    stream.write([event(report({"propaganda_sessions": 2}, revision=2), key="new"), event(signed([3], W2), key="w2")])
    execute(
        engine,
        f"""insert into reject values ('pledge.v1', 0, 9, 'pledge.v1', 0, 9, 'invalid_field', '', 'stranger',
            '{PROGRAMME}', '{W1}', now(), '{UNTIL}')""",
    )
    execute(engine, "update position set next_offset = 10 where topic = 'pledge.v1'")
    for topic, source, records in (
        ("pledge.v1", "ubnd-18115", 3),
        ("pledge.v1", "ubnd-18118", 1),
        ("pledge.v1", "someone else", 1),
        ("report.v1", "ubnd-18115", 2),
    ):
        execute(
            engine,
            "insert into reporting.log_count values (:topic, 0, :source, :day, :records)",
            topic=topic,
            source=source,
            day=UNTIL,
            records=records,
        )
    for topic, end in (("pledge.v1", 10), ("report.v1", 2)):
        execute(
            engine, "insert into reporting.log_count_position values (:topic, 0, :end, now())", topic=topic, end=end
        )


def books(ask: Reader, **asked: Any) -> Any:
    return ask.get("/v1/books", ask.as_agency("ubnd-437", "operator"), **(DAYS | asked)).json


@pytest.mark.usefixtures("balanced")
def test_every_record_of_the_log_is_accounted_for_once(ask: Reader) -> None:
    found = books(ask)
    assert (found["residual"], found["unread"]) == (0, 0)
    by_line = {(line["topic"], line["source"]): line for line in found["lines"]}
    ward = by_line["pledge.v1", "ubnd-18115"]
    assert (ward["in_log"], ward["applied"], ward["duplicate"], ward["conflict"]) == (3, 1, 1, 1)
    reports = by_line["report.v1", "ubnd-18115"]
    assert (reports["in_log"], reports["applied"], reports["superseded"]) == (2, 1, 1)
    assert (by_line["pledge.v1", "unknown"]["in_log"], by_line["pledge.v1", "unknown"]["rejected"]) == (1, 1)
    assert {line["day"] for line in found["lines"]} == {str(UNTIL)}


@pytest.mark.usefixtures("balanced")
@pytest.mark.parametrize(
    ("damage", "residual"),
    [
        ("delete from copy where log_offset = 1", 1),
        ("delete from event where topic = 'pledge.v1' and log_offset = 3", 1),
        ("delete from reject", 1),
        ("update reporting.log_count set records = records - 1 where source = 'ubnd-18118'", -1),
    ],
)
def test_one_missing_row_shows_a_residual_of_one(ask: Reader, engine: Engine, damage: str, residual: int) -> None:
    execute(engine, damage)
    found = books(ask)
    assert found["residual"] == 1
    assert [line["residual"] for line in found["lines"] if line["residual"]] == [residual]


@pytest.mark.usefixtures("balanced")
def test_one_missing_and_one_too_many_do_not_cancel(ask: Reader, engine: Engine) -> None:
    execute(engine, "update reporting.log_count set source = 'ubnd-18121' where source = 'ubnd-18118'")
    assert books(ask)["residual"] == 2


@pytest.mark.usefixtures("balanced")
def test_what_the_independent_reader_has_not_counted_yet_is_left_out(
    ask: Reader, engine: Engine, stream: Stream
) -> None:
    stream.ends.update({place: 10 for place in stream.ends if place.topic == "pledge.v1"})
    stream.write([event(signed([7]), key="after")])
    assert books(ask)["residual"] == 0


@pytest.mark.usefixtures("balanced")
def test_what_ingest_has_still_to_read_is_said(ask: Reader, engine: Engine) -> None:
    execute(engine, "update reporting.log_count_position set next_offset = 14 where topic = 'pledge.v1'")
    execute(engine, "update reporting.log_count set records = records + 4 where source = 'ubnd-18118'")
    found = books(ask)
    assert (found["unread"], found["residual"]) == (4, 4)


@pytest.mark.usefixtures("balanced")
def test_the_books_of_one_programme_are_those_of_its_agencies(ask: Reader) -> None:
    lines = books(ask, programme=PROGRAMME)["lines"]
    assert {line["source"] for line in lines} == {"ubnd-18115", "ubnd-18118"}
    pages = [books(ask, programme=PROGRAMME, limit=1)]
    while pages[-1]["next"]:
        pages.append(books(ask, programme=PROGRAMME, limit=1, cursor=pages[-1]["next"]))
    assert [line for page in pages for line in page["lines"]] == lines


@pytest.mark.usefixtures("balanced")
def test_days_bound_both_sides(ask: Reader) -> None:
    assert books(ask, from_="2024-03-21")["lines"] == []
    assert books(ask, to="2024-03-19")["lines"] == []
    assert len(books(ask, from_=str(UNTIL), to=str(UNTIL))["lines"]) == 4


def test_days_that_end_before_they_begin_are_refused_by_name(ask: Reader) -> None:
    asked = {"from_": "2024-03-02", "to": "2024-03-01"}
    answer = ask.get("/v1/books", ask.as_agency("ubnd-437", "operator"), **asked)
    assert answer.status_code == 422
    assert [(fault["field"], fault["code"]) for fault in answer.json["faults"]] == [("to", "ends_before_start")]


def test_what_could_not_even_be_read_stands_in_every_answer(ask: Reader, engine: Engine) -> None:
    execute(
        engine,
        "insert into reject values ('pledge.v1', 0, 0, 'pledge.v1', 0, 0, 'corrupt', '', 'unknown', '', '', now(), "
        "'1970-01-01')",
    )
    execute(engine, "insert into reporting.log_count_position values ('pledge.v1', 0, 1, now())")
    assert [(line["corrupt"], line["residual"]) for line in books(ask)["lines"]] == [(1, -1)]
    execute(engine, "insert into reporting.log_count values ('pledge.v1', 0, 'unknown', '1970-01-01', 1)")
    assert books(ask)["residual"] == 0


def test_only_operators_read_the_books(ask: Reader) -> None:
    assert ask.get("/v1/books", **DAYS).status_code == 401
    assert ask.get("/v1/books", ask.as_agency("ubnd-18115", "report"), **DAYS).status_code == 403
