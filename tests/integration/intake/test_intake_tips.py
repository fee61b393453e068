"""notify intake on a real broker: the facts of a tip, to the day, and no metric that moves with one."""

from typing import Any

import pytest

from services.contracts.events import TipMoved, TipReceived
from tests.support.doors import LIVE, SANDBOX, DoorProcess, Installation

TIP: dict[str, Any] = {
    "programme": LIVE,
    "unit": "18115",
    "category": "use",
    "channel": "hotline",
    "received_on": "2024-03-20",
}
POLICE = {"agency": "ca-18115"}


def test_a_tip_and_its_moves_stand_on_the_log_under_one_id_and_nothing_finer_than_a_day(
    notify: DoorProcess, installation: Installation
) -> None:
    token = installation.token("tip", **POLICE, sandbox=True)
    clock = {"Clock": "2024-03-20T13:37:11+07:00"}
    tip = notify.post("/v1/tips", TIP | {"programme": SANDBOX}, token, "tip-test-0001", **clock)
    assert tip.status_code == 202, tip.text
    move = {"programme": SANDBOX, "unit": "18115", "step": "handed_over", "moved_on": "2024-03-20"}
    moved = notify.post(f"/v1/tips/{tip.json()['tip_id']}:move", move, token, "tip-test-0002", **clock)
    assert moved.status_code == 202, moved.text
    records = [record for record in installation.log("tip.v1") if record.key == tip.json()["tip_id"].encode()]
    assert len(records) == 2
    for record in records:
        headers = dict(record.headers)
        assert headers["ce_time"] == b"2024-03-19T17:00:00.000000Z"
        assert "ce_actor" not in headers
    data = [event.data for event in installation.events("tip.v1")]
    assert {str(one.tip_id) for one in data if isinstance(one, TipReceived | TipMoved)} >= {tip.json()["tip_id"]}


@pytest.mark.parametrize("field", ["noi_dung", "content", "name", "phone", "unit_note"])
def test_free_text_is_refused_with_the_reason_and_goes_nowhere(
    notify: DoorProcess, installation: Installation, field: str
) -> None:
    before = len(installation.log("tip.v1"))
    body = TIP | {field: "Ông Canary 4711 ở ngõ Kanari"}
    answer = notify.post("/v1/tips", body, installation.token("tip", **POLICE), "tip-test-0003")
    assert answer.status_code == 422
    (found,) = answer.json()["faults"]
    assert (found["field"], found["code"]) == (field, "free_text_not_accepted")
    assert len(installation.log("tip.v1")) == before
    everything = (answer.text + notify.service.output).lower()
    assert not any(word in everything for word in ("canary", "4711", "kanari"))


def test_no_metric_moves_with_a_tip(notify: DoorProcess, installation: Installation) -> None:
    token = installation.token("tip", **POLICE)

    def values() -> list[str]:
        lines = notify.client.get("/metrics").text.splitlines()
        return [line for line in lines if not line.startswith(("#", "log_probe_age_seconds"))]

    before = values()
    assert notify.post("/v1/tips", TIP, token, "tip-test-0004").status_code == 202
    assert notify.post("/v1/tips", TIP | {"unit": "18118"}, token, "tip-test-0005").status_code == 403
    assert values() == before
    assert before


def test_a_tip_needs_the_role_and_the_unit(notify: DoorProcess, installation: Installation) -> None:
    for roles, claims in ((["report"], POLICE), (["tip"], {"agency": "ca-18118", "unit": "18118"})):
        answer = notify.post("/v1/tips", TIP, installation.token(*roles, **claims), "tip-test-0006")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
