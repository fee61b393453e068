"""The three doors as HTTP sees them, on a log in memory: 202 with a receipt, or a problem that says what and where."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.contracts.door_answers import Accepted
from services.contracts.errors import FAULT_TEXTS
from services.intake.door import MAX_RECORD_BYTES
from services.kit.receipts import verify
from services.notify.intake import api as notify
from services.pledge import api as pledge
from services.reporting.intake import api as reporting
from tests.support.doors_in_memory import Doors
from tests.support.postings import SHEET, hong_linh

REPORT = {"programme": "hong-linh-2024", "form": "BC-THANG-UBND", "unit": "18115", "period": "2024-M03", "nil": True}


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


def test_an_accepted_report_is_answered_with_its_ids_place_and_receipt(doors: Doors) -> None:
    status, accepted = doors.post("/v1/reports", REPORT, doors.token("report"))
    assert status == 202
    receipt = verify(accepted["receipt"], doors.signer.jwks())
    assert str(receipt.event_id) == accepted["event_id"]
    assert (receipt.body_hash, receipt.agency) == (accepted["body_hash"], "ubnd-18115")
    assert (receipt.topic, receipt.partition, receipt.offset) == tuple(accepted["position"].values())
    assert set(accepted) <= set(Accepted.__struct_fields__)
    assert "report_id" in accepted


def test_what_the_log_did_not_confirm_is_unknown_and_asked_again_has_the_same_id(doors: Doors) -> None:
    token = doors.token("pledge")
    _, first = doors.post("/v1/pledges", SHEET, token)
    doors.log.losing_acknowledgements = True
    status, problem = doors.post("/v1/pledges", SHEET, token)
    assert (status, problem["code"]) == (503, "unavailable")
    assert problem["detail"] == FAULT_TEXTS["unavailable"].en
    doors.log.losing_acknowledgements = False
    assert doors.post("/v1/pledges", SHEET, token)[1]["event_id"] == first["event_id"]


def test_a_record_too_large_for_the_log_is_refused_before_it_is_tried(doors: Doors) -> None:
    kind = next(iter(hong_linh().forms["BC-THANG-UBND"].rows.values()))
    row = {name: next(iter(field.choices), 1) for name, field in kind.fields.items()}
    assert len(json.dumps(row)) * 200 < MAX_RECORD_BYTES, "a real form stays below the limit by its own bounds"
    log_before = doors.log.end_offsets(["report.v1"])
    doors.log.max_message_bytes = 10
    status, problem = doors.post("/v1/reports", REPORT, doors.token("report"))
    assert (status, problem["code"]) == (422, "too_large")
    assert doors.log.end_offsets(["report.v1"]) == log_before


def test_a_batch_answers_in_order_under_the_agencys_own_names(doors: Doors) -> None:
    base = {name: value for name, value in SHEET.items() if name != "programme"}
    body = {"programme": "hong-linh-2024", "sheets": [base | {"sheet": name} for name in ("b", "a")]}
    status, answer = doors.post("/v1/pledges:batch", body, doors.token("pledge"))
    assert status == 202
    assert [item["sheet"] for item in answer["items"]] == ["b", "a"]
    assert (
        answer["items"][0]["event_id"]
        == doors.post("/v1/pledges:batch", body, doors.token("pledge"))[1]["items"][0]["event_id"]
    )


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/v1/pledges", "pledge"),
        ("/v1/pledges:batch", "pledge"),
        ("/v1/pledges:withdraw", "pledge"),
        ("/v1/reports", "report"),
        ("/v1/reports/0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11:approve", "decide"),
        ("/v1/reports/0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11:return", "decide"),
        ("/v1/periods/2024-M01:publish", "decide"),
        ("/v1/periods/2024-M01:reopen", "decide"),
        ("/v1/obligations/0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11:extend", "decide"),
        ("/v1/programmes/hong-linh-thu/clock", "clock"),
        ("/v1/tips/0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11:move", "tip"),
    ],
)
def test_every_route_wants_its_own_role_and_a_key_before_it_reads_a_body(doors: Doors, path: str, role: str) -> None:
    others = {"pledge", "report", "decide", "tip", "clock", "operator"} - {role}
    assert doors.post(path, {}, doors.token(*others))[0] == 403
    assert doors.post(path, {}, doors.token(role), key="no")[1]["code"] == "idempotency_key"
    status, problem = doors.post(path, {}, doors.token(role))
    assert (status, problem["faults"][0]["code"]) == (422, "required")


@pytest.mark.parametrize("routes", [pledge.ROUTES, reporting.ROUTES, notify.ROUTES])
def test_the_table_is_what_is_mounted(doors: Doors, routes: Any) -> None:
    rules = {rule.rule: rule for rule in doors.client.application.url_map.iter_rules()}
    for route in routes:
        assert rules[route.rule].methods == ({"POST"} if route.method == "POST" else {"GET", "HEAD"})
        assert set(route.names_in_path) == {one.name for one in route.parameters if one.place == "path"}
