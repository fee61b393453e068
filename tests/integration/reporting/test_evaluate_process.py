"""The evaluator as operators start it: on a real broker and database, with health, metrics and an orderly end."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from services.contracts.codec import decode
from services.contracts.records import StoredRecord
from services.contracts.topics import STATUS
from tests.integration.reporting.evaluating import EARLY, W1_REPORT, World
from tests.support.ports import free_port
from tests.support.real_log import RealLog
from tests.support.services import Service, Services
from tests.support.waiting import until


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def log(broker) -> Iterator[RealLog]:
    made = RealLog(broker.bootstrap_servers)
    yield made
    made.close()


def answer(url: str) -> tuple[int, str]:
    try:
        with urlopen(url) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def start(world: World, log: RealLog, start_service: Services) -> tuple[Service, str]:
    bind = f"127.0.0.1:{free_port()}"
    environment = {
        "REPORTING_EVALUATE_BIND": bind,
        "REPORTING_EVALUATE_LOOK_EVERY_S": "0.2",
        "REPORTING_EVALUATE_STATUS_UNITS": W1_REPORT[1],
        "DATABASE_URL": world.url,
        "KAFKA_BOOTSTRAP_SERVERS": log.bootstrap_servers,
    }
    return start_service("services.reporting", "evaluate", environment=environment), f"http://{bind}"


def test_a_report_becomes_a_status_an_event_and_a_number(world: World, log: RealLog, start_service: Services):
    service, url = start(world, log, start_service)
    until(lambda: answer(f"{url}/health/ready")[0] == 200, lambda: service.output)
    world.post(world.report(*W1_REPORT, hotspots=1))
    opens_at = world.programme.period(W1_REPORT[2]).opens_at
    world.reach(opens_at)

    def shown() -> bool:
        sample = f'unit_indicator_status{{indicator="CT16",status="at_risk",unit="{W1_REPORT[1]}"}} 1.0'
        return sample in answer(f"{url}/metrics")[1]

    until(shown, lambda: service.output)
    key = f"{W1_REPORT[1]}/CT16/{W1_REPORT[2]}".encode()
    until(lambda: any(record.key == key for record in log.read(STATUS.name)), lambda: service.output)
    (record,) = [record for record in log.read(STATUS.name) if record.key == key]
    event = decode(StoredRecord(record.topic, 0, 0, 0, *record[1:]))
    assert (event.data.after, event.data.before, event.data.sequence) == ("at_risk", None, 1)
    assert event.accepted_at == opens_at
    until(lambda: world.one("select count(*) from reporting.outbox") == 0)
    assert json.loads(answer(f"{url}/health/live")[1])["status"] == "ok"
    service.stop()
    lines = [json.loads(line) for line in service.output.splitlines()]
    assert "bug" not in {line["event"] for line in lines}


def test_verify_tells_by_its_exit_code(world: World, start_service: Services):
    world.reach(EARLY)
    world.settle()
    environment = {"DATABASE_URL": world.url}
    same = start_service("services.reporting", "verify", "--json", environment=environment)
    assert same.process.wait(30)
    (found,) = json.loads(same.output).values()
    assert (found["differences"], found["waiting"]) == ([], 0)
    with world.reading() as connection:
        connection.exec_driver_sql("update status set status = 'met' where indicator = 'CT16' and period = '2024-M01'")
    other = start_service("services.reporting", "verify", environment=environment)
    assert other.process.wait(30)
    assert other.output.count("CT16 2024-M01") == 7
