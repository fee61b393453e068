"""Ingest killed at every named step: nothing is lost, nothing counts twice, and a replay says the same."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from deploy.laptop.broker import Broker
from services.contracts.events import Event
from services.contracts.records import Record
from services.reporting.store import generations
from services.reporting.store.recount import differences, running
from tests.support.ingesting import outcomes, rows
from tests.support.real_log import RealLog
from tests.support.services import Service, Services
from tests.support.streams import DAY, W1, W2, W3, activated, event, moved, record_of, report, signed, tip, withdrawn
from tests.support.waiting import until

STEPS = (
    "polled",
    "sorted",
    "dead_letters",
    "held",
    "remembered",
    "gathered",
    "locked",
    "history",
    "counted",
    "kept",
    "marked",
    "advanced",
    "committed",
    "acknowledged",
)


@pytest.fixture
def log(own_broker: Callable[[], Broker]) -> Iterator[RealLog]:
    log = RealLog(own_broker().bootstrap_servers)
    yield log
    log.close()


def said(round_: int) -> list[Event]:
    """What is posted before each crash: 7 events to be applied, a repeat and a conflict."""
    sheet = event(signed([round_ * 10, round_ * 10 + 1, 7], W1), key=("sheet", round_))
    return [
        sheet,
        sheet,
        event(signed([round_ * 10 + 1, round_ * 10 + 2], W2), key=("other sheet", round_)),
        event(signed([7777], W3), key=("sheet", round_), at=sheet.accepted_at.replace(year=2025)),
        event(withdrawn(round_ * 10, DAY, W1), key=("withdrawn", round_)),
        event(report({"propaganda_sessions": round_}, revision=round_ + 1), key=("report", round_)),
        event(report(None, unit=W2, revision=round_ + 1), key=("nil", round_)),
        event(tip(round_), key=("tip", round_)),
        event(moved(round_), key=("moved", round_)),
    ]


def nonsense(round_: int) -> Record:
    return record_of(event(signed([1], W1), key=("nonsense", round_)))._replace(value=b"{")


def test_killed_at_every_step_nothing_is_lost_and_nothing_counts_twice(
    log: RealLog, reporting_engine: Engine, reporting_url: str, start_service: Services
) -> None:
    def start(*arguments: str, group: str) -> Service:
        environment = {
            "REPORTING_INGEST_BIND": "127.0.0.1:0",
            "REPORTING_INGEST_GROUP": group,  # a group of its own: nobody has to wait for the session of the dead
            "DATABASE_URL": reporting_url,
            "KAFKA_BOOTSTRAP_SERVERS": log.bootstrap_servers,
        }
        return start_service(*arguments, environment=environment)

    log.post(activated())
    for number, step in enumerate(STEPS):
        log.append([*map(record_of, said(number)), nonsense(number)])
        dying = start("tests.support.dying_ingest", step, "1", group=f"{step}")
        until(lambda dying=dying: not dying.process.alive, lambda dying=dying: dying.output, limit_s=60)
    last = start("services.reporting", "ingest", group="last")
    until(lambda: read(reporting_engine) == log.ends(), lambda: last.output, limit_s=60)
    last.stop()

    rounds = len(STEPS)
    assert outcomes(reporting_engine) == {
        "applied": 1 + 5 * rounds + 2,
        "superseded": 2 * (rounds - 1),
        "duplicate": rounds,
        "conflict": rounds,
        "rejected": rounds,
    }
    letters = {(letter.headers[-5:-3]) for letter in log.read("pledge.v1.dead")}
    assert len(letters) == rounds
    filled = start("services.reporting", "ingest", "--generation", "2", group="none")
    until(lambda: not filled.process.alive, lambda: filled.output, limit_s=60)
    with reporting_engine.begin() as connection:
        assert differences(generations.bind(connection, 1)) == {}
        assert sum(running(connection).values()) == 1 + 2 * rounds
        assert generations.compare(connection, 1, 2) == {}


def read(engine: Engine) -> dict[tuple[str, int], int]:
    return {(row.topic, row.partition): row.next_offset for row in rows(engine, "select * from position")}
