"""A broker that stands still: 503 within the deadline, nothing lost, and the same event when it is asked again."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from deploy.laptop.broker import Broker
from services.contracts.events import Event
from tests.support.broker import Jars, OwnBrokers
from tests.support.doors import DoorProcess, Installation, install, open_door
from tests.support.ports import free_port
from tests.support.postings import SHEET
from tests.support.services import Services
from tests.support.waiting import until


@pytest.fixture(scope="module")
def stallable(run_folder: Path, broker_jars: Jars) -> tuple[Broker, Installation]:
    """A broker that the tests here may pause, and that they leave running."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    broker = OwnBrokers(folder, broker_jars, count())()
    return broker, install(broker.bootstrap_servers, folder)


def copies(events: list[Event], event_id: str) -> list[Event]:
    return [event for event in events if str(event.id) == event_id]


def test_an_outage_is_answered_as_unknown_and_a_repeated_post_has_the_same_id(
    stallable: tuple[Broker, Installation], start_service: Services
) -> None:
    broker, installation = stallable
    door = open_door(start_service, installation, "PLEDGE", "services.pledge", "serve")
    token = installation.token("pledge")
    keys = [f"outage-{number:04}" for number in range(24)]

    def post(key: str) -> tuple[int, str | None, str]:
        answer = door.post("/v1/pledges", SHEET, token, key)
        return answer.status_code, answer.headers.get("Retry-After"), answer.json().get("code", "accepted")

    assert post("before-the-outage")[0] == 202
    broker.pause()
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(post, keys))
    assert set(answers) == {(503, "2", "unavailable")}
    until(lambda: not door.ready(), lambda: "still ready although the log does not answer")

    broker.resume()
    until(lambda: post(keys[0])[0] == 202, lambda: door.service.output)
    until(door.ready, lambda: door.service.output)
    accepted = {key: door.post("/v1/pledges", SHEET, token, key).json() for key in keys}
    events = installation.events("pledge.v1")
    for answer in accepted.values():
        found = copies(events, answer["event_id"])
        assert len(found) >= 2, "what was answered 503 is on the log too, under the same id"
        assert {event.body_hash.hex() for event in found} == {answer["body_hash"]}
    assert door_ends_well(door)


def door_ends_well(door: DoorProcess) -> bool:
    door.service.stop()
    return "undelivered" not in door.service.output


def test_a_full_house_is_refused_at_once_and_holds_no_more(
    stallable: tuple[Broker, Installation], start_service: Services
) -> None:
    broker, installation = stallable
    crowded = installation.with_environment(PLEDGE_IN_FLIGHT_MAX="100")
    door = open_door(start_service, crowded, "PLEDGE", "services.pledge", "serve")
    base = {name: value for name, value in SHEET.items() if name != "programme"}
    sheets = [base | {"sheet": f"s{number}"} for number in range(100)]
    batch = {"programme": SHEET["programme"], "sheets": sheets}
    token = installation.token("pledge")
    broker.pause()
    assert door.post("/v1/pledges:batch", batch, token, "crowd-0001").status_code == 503
    assert door.post("/v1/pledges", SHEET, token, "crowd-0002").status_code == 503
    metrics = door.client.get("/metrics").text
    assert "log_in_flight 100.0" in metrics
    assert 'log_unavailable_total{reason="full"} 1.0' in metrics
    broker.resume()
    until(lambda: "log_in_flight 0.0" in door.client.get("/metrics").text, lambda: door.service.output)
    assert door.post("/v1/pledges", SHEET, token, "crowd-0002").status_code == 202


def test_a_process_that_meets_another_log_than_it_was_told_of_does_not_start(
    installation: Installation, start_service: Services
) -> None:
    lost = installation.with_environment(LOG_CLUSTER_ID="another-cluster").environment | own_keys(installation)
    service = start_service("services.pledge", "serve", environment=lost)
    until(lambda: not service.process.alive, lambda: service.output)
    assert "not another-cluster" in service.output


def own_keys(installation: Installation) -> dict[str, str]:
    folder = installation.keys_dir
    return {
        "PLEDGE_BIND": f"127.0.0.1:{free_port()}",
        "PLEDGE_JWKS": str(folder / "jwks.json"),
        "PLEDGE_RECEIPT_KEYS_DIR": str(folder / "receipts"),
    }
