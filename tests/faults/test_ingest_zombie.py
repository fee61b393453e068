"""An ingest process frozen past its session wakes up as a zombie: it writes nothing that the new owner has written."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from deploy.laptop.broker import Broker
from services.contracts.events import Event
from services.reporting.store import generations
from services.reporting.store.recount import differences, running
from tests.support.ingesting import outcomes, rows
from tests.support.real_log import RealLog
from tests.support.services import Service, Services
from tests.support.streams import W1, W2, W3, activated, event, signed
from tests.support.waiting import until


@pytest.fixture
def log(own_broker: Callable[[], Broker]) -> Iterator[RealLog]:
    log = RealLog(own_broker().bootstrap_servers)
    yield log
    log.close()


def sheets(first: int, number: int = 300) -> list[Event]:
    """One signer signs on all of them, the others once."""
    return [
        event(signed([0, one + 1], (W1, W2, W3)[one % 3]), key=("sheet", one)) for one in range(first, first + number)
    ]


def read(engine: Engine) -> dict[tuple[str, int], int]:
    return {(row.topic, row.partition): row.next_offset for row in rows(engine, "select * from position")}


def test_two_processes_share_the_log_and_one_that_was_frozen_past_its_session_changes_nothing(
    log: RealLog, reporting_engine: Engine, reporting_url: str, start_service: Services
) -> None:
    def start() -> Service:
        environment = {
            "REPORTING_INGEST_BIND": "127.0.0.1:0",
            "DATABASE_URL": reporting_url,
            "KAFKA_BOOTSTRAP_SERVERS": log.bootstrap_servers,
        }
        return start_service("services.reporting", "ingest", environment=environment)

    def all_read() -> bool:
        return read(reporting_engine) == log.ends()

    first, second = start(), start()
    log.post([*activated(), *sheets(0)])
    until(all_read, lambda: first.output + second.output, limit_s=90)
    os.kill(first.process.pid, signal.SIGSTOP)
    log.post(sheets(300))
    until(all_read, lambda: second.output, limit_s=90)
    os.kill(first.process.pid, signal.SIGCONT)
    log.post(sheets(600))
    until(all_read, lambda: first.output + second.output, limit_s=90)
    for process in (first, second):
        process.stop()
    assert outcomes(reporting_engine) == {"applied": 901}
    with reporting_engine.begin() as connection:
        bound = generations.bind(connection, 1)
        assert differences(bound) == {}
        assert sum(running(bound).values()) == 901
