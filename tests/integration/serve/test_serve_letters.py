"""Refused events from the log to every place that shows them: the books, the operators' list, the unit, the page."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from services.contracts.records import Position, StoredRecord
from services.kit.clock import FakeClock
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.reporting.ingest import letters
from services.reporting.ingest.counting import LogCounter
from services.reporting.ingest.listing import command
from services.reporting.serve import booking
from tests.support.ingesting import Process, new_log, nonsense, post, post_programme, process
from tests.support.reading import Reader, execute, reader
from tests.support.streams import NOON, PROGRAMME, W1, W2, discarded, event, record_of, report, signed, tip

TODAY = {"from_": "2024-03-20", "to": "2024-03-20"}
MARCH = {"programme": PROGRAMME, "period": "2024-M03"}


class Town:
    """An ingest process on a log in memory, the books' reader beside it, and whoever asks."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.log: MemoryLog = new_log(FakeClock(NOON))
        post_programme(self.log)
        self.ingest: Process = process(self.log, engine)
        self.counter = LogCounter(self.log.reader, engine, FakeClock(NOON))
        self.ask: Reader = reader(engine, folder)

    def read(self) -> None:
        self.ingest.rounds(8)
        while self.counter.count():
            pass

    def get(self, path: str, **asked: Any) -> Any:
        return self.ask.get(path, self.ask.as_agency("operator", "operator"), **asked).json

    def book(self, source: str, topic: str = "pledge.v1") -> dict[str, Any]:
        """The line of a source; every line and the whole balance."""
        books = self.get("/v1/books", **TODAY)
        assert (books["residual"], books["unread"]) == (0, 0)
        assert {line["residual"] for line in books["lines"]} == {0}
        for line in books["lines"]:
            closed = line["waiting"] + line["redriven"] + line["discarded"]
            assert closed == line["rejected"] + line["corrupt"]
        (found,) = [line for line in books["lines"] if (line["topic"], line["source"]) == (topic, source)]
        return {name: number for name, number in found.items() if number and name not in ("topic", "source", "day")}

    def redrive(self, place: Position) -> None:
        dead = self.log.stored(Partition(f"{place.topic}.dead", 0)).records
        (letter,) = [one for one in dead if letters.place_of(one) == place]
        again = letters.again(StoredRecord(*letter))
        assert again is not None
        self.log.append(again)


@pytest.fixture
def town(reporting_engine: Engine, tmp_path: Path) -> Town:
    return Town(reporting_engine, tmp_path)


@pytest.fixture
def refused(town: Town) -> list[Position]:
    """Three refusals of the ward's agency beside what counts, what repeats and what conflicts."""
    sheet = event(signed([1]), key="sheet")
    places = [town.log.append(nonsense()), *post(town.log, [event(signed([9]), key="early", version=2)])]
    places.append(town.log.append(record_of(event(report(None), key="stray"))._replace(value=b"{")))
    post(town.log, [sheet, sheet, event(signed([2]), key="sheet"), event(report(None), key="report")])
    town.read()
    return places


def test_the_books_balance_line_by_line_whatever_becomes_of_a_dead_letter(town: Town, refused: list[Position]) -> None:
    counted = {"in_log": 5, "applied": 1, "duplicate": 1, "conflict": 1, "rejected": 2}
    assert town.book("ubnd-18115") == {**counted, "waiting": 2}
    post(town.log, [event(discarded(refused[0]), key="discarded", source="ubnd-437")])
    town.read()
    assert town.book("ubnd-18115") == {**counted, "waiting": 1, "discarded": 1}
    post_programme(town.log, version=2)
    town.read()
    town.redrive(refused[1])
    town.read()
    assert town.book("ubnd-18115") == {
        **counted,
        "in_log": 6,
        "applied": 2,
        "discarded": 1,
        "redriven": 1,
    }
    assert town.book("ubnd-18115", "report.v1") == {"in_log": 2, "applied": 1, "rejected": 1, "waiting": 1}


def test_what_cannot_be_read_at_all_is_a_line_of_its_own_and_balances(town: Town) -> None:
    town.log.corrupt(post(town.log, [event(signed([1]), key=1)])[0])
    town.read()
    assert town.book("unknown") == {"in_log": 1, "corrupt": 1, "waiting": 1}


def test_operators_are_shown_every_dead_letter_with_what_closed_it(town: Town, refused: list[Position]) -> None:
    post(town.log, [event(discarded(refused[0]), key="discarded", source="ubnd-437")])
    town.read()
    found = town.get("/v1/dead-letters", programme=PROGRAMME)["items"]
    assert [(one["offset"], one["topic"], one["state"], one["reason"], one["discarded_for"]) for one in found] == [
        (refused[0].offset, "pledge.v1", "discarded", "malformed", "test_record"),
        (refused[1].offset, "pledge.v1", "waiting", "unknown_programme", None),
        (refused[2].offset, "report.v1", "waiting", "malformed", None),
    ]
    assert all(one["text"]["vi"] != one["text"]["en"] for one in found)
    assert (found[1]["first"], found[1]["unit"], found[1]["source"]) == (
        ":".join(map(str, refused[1])),
        W1,
        "ubnd-18115",
    )
    chosen = town.get("/v1/dead-letters", programme=PROGRAMME, unit="18115", state="waiting", topic="pledge.v1")
    assert chosen["items"] == [found[1]]
    assert town.get("/v1/dead-letters", programme=PROGRAMME, unit="18118")["items"] == []


@pytest.mark.usefixtures("refused")
def test_pages_of_dead_letters_give_each_once(town: Town) -> None:
    pages = [town.get("/v1/dead-letters", limit=1)]
    while pages[-1]["next"]:
        pages.append(town.get("/v1/dead-letters", limit=1, cursor=pages[-1]["next"]))
    assert [len(page["items"]) for page in pages] == [1, 1, 1]
    assert [item for page in pages for item in page["items"]] == town.get("/v1/dead-letters")["items"]


@pytest.mark.parametrize(
    "cursor", ["cGxlZGdlLnYx", "cGxlZGdlLnYxOi0xOjE", "cGxlZGdlLnYxOjA6OTk5OTk5OTk5OTk5OTk5OTk5OTk"]
)
def test_a_cursor_that_the_list_did_not_give_is_refused(town: Town, cursor: str) -> None:
    answer = town.ask.get("/v1/dead-letters", town.ask.as_agency("operator", "operator"), cursor=cursor)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "cursor")


def test_only_operators_read_the_list(town: Town) -> None:
    assert town.ask.get("/v1/dead-letters").status_code == 401
    assert town.ask.get("/v1/dead-letters", town.ask.as_agency("ubnd-18115", "report")).status_code == 403


def test_a_unit_without_its_programme_is_not_known(town: Town) -> None:
    answer = town.ask.get("/v1/dead-letters", town.ask.as_agency("operator", "operator"), unit="18115")
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (404, "programme")


def test_a_unit_and_those_above_show_how_many_wait_since_when_and_why(town: Town, refused: list[Position]) -> None:
    town.redrive(refused[0])  # refused again: still one letter
    town.read()
    for unit in ("18115", "437"):
        shown = town.get(f"/v1/units/{unit}/status", **MARCH)["waiting"]
        assert (shown["letters"], shown["since"]) == (3, str(date(2024, 3, 20)))
        assert {why["reason"]: why["letters"] for why in shown["reasons"]} == {"malformed": 2, "unknown_programme": 1}
    assert town.get("/v1/units/18118/status", **MARCH)["waiting"] is None
    rows = {row["unit"]["id"]: row["waiting"] for row in town.get("/v1/status", **MARCH)["units"]}
    assert (rows[W1]["letters"], rows[W2]) == (3, None)
    page = town.ask.get("/", **MARCH).text
    assert "3 tin lỗi đang chờ từ 20/03/2024" in page
    assert "3 refused events wait since 2024-03-20" in page


def test_a_refused_tip_is_counted_for_its_unit_but_its_second_is_not_told(town: Town) -> None:
    town.log.append(record_of(event(tip(1), key="tip"))._replace(value=b"{"))
    town.read()
    shown = town.get("/v1/units/18115/status", **MARCH)
    assert shown["dead_letters"] == []
    assert shown["waiting"]["letters"] == 1


@pytest.mark.usefixtures("refused")
def test_the_command_lists_what_the_api_lists(town: Town, reporting_url: str) -> None:
    found = CliRunner().invoke(command, ["--json"], env={"DATABASE_URL": reporting_url})
    assert found.exit_code == 0, found.output
    listed = [line for line in found.output.splitlines() if line.startswith("{")]
    assert len(listed) == 3
    told = CliRunner().invoke(command, ["--topic", "pledge.v1"], env={"DATABASE_URL": reporting_url})
    assert "đang chờ xử lý / waiting" in told.output
    assert "2 letters" in told.output


@pytest.mark.usefixtures("refused")
def test_the_books_command_says_what_the_api_says_and_by_its_exit_code_whether_they_balance(
    town: Town, reporting_engine: Engine, reporting_url: str
) -> None:
    days = ["--from", "2024-03-20", "--to", "2024-03-20"]
    environment = {"DATABASE_URL": reporting_url}
    found = CliRunner().invoke(booking.command, [*days, "--json"], env=environment)
    assert (found.exit_code, json.loads(found.output)["lines"]) == (0, town.get("/v1/books", **TODAY)["lines"])
    told = CliRunner().invoke(booking.command, days, env=environment).output
    assert "2024-03-20 pledge.v1 ubnd-18115: 5 tin trong nhật ký / in the log = được tính / applied 1" in told
    execute(reporting_engine, "delete from reject where topic = 'report.v1'")
    assert CliRunner().invoke(booking.command, days, env=environment).exit_code == 1
