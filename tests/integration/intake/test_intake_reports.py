"""reporting intake on a real broker: reports, decisions, and the clock of a sandbox."""

from datetime import datetime
from typing import Any

import pytest

from services.contracts.events import (
    ObligationExtended,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
)
from services.contracts.topics import INPUTS
from tests.support.doors import LIVE, SANDBOX, DoorProcess, Installation

REPORT: dict[str, Any] = {
    "programme": LIVE,
    "form": "BC-THANG-UBND",
    "unit": "18115",
    "period": "2024-M03",
    "nil": True,
}
KEY = "report-test-0001"


def decision(accepted: Any, **more: Any) -> dict[str, Any]:
    named = {name: REPORT[name] for name in ("programme", "form", "unit", "period")}
    return named | {"owner": "ubnd-18115", "revision": 1, "body_hash": accepted["body_hash"]} | more


def test_a_report_and_its_revision_stand_on_the_log_under_one_report_id(
    reporting: DoorProcess, installation: Installation
) -> None:
    token = installation.token("report")
    first = reporting.post("/v1/reports", REPORT, token, KEY)
    second = reporting.post("/v1/reports", REPORT | {"revision": 2}, token, "report-test-0002")
    assert (first.status_code, second.status_code) == (202, 202), (first.text, second.text)
    assert first.json()["report_id"] == second.json()["report_id"]
    ids = {first.json()["event_id"], second.json()["event_id"]}
    stored = [event for event in installation.events("report.v1") if str(event.id) in ids]
    assert {event.data.revision for event in stored if isinstance(event.data, ReportSubmitted)} == {1, 2}
    assert {event.actor for event in stored} == {"officer-1"}


def test_the_town_approves_and_returns_exactly_one_body(reporting: DoorProcess, installation: Installation) -> None:
    submitted = reporting.post("/v1/reports", REPORT, installation.token("report"), KEY).json()
    town = installation.token("decide", agency="ubnd-437", unit="437")
    path = f"/v1/reports/{submitted['report_id']}"
    approved = reporting.post(f"{path}:approve", decision(submitted), town, "approve-0001")
    returned = reporting.post(f"{path}:return", decision(submitted, reason="wrong_sum"), town, "return-0001")
    assert (approved.status_code, returned.status_code) == (202, 202), (approved.text, returned.text)
    decided = [event.data for event in installation.events("report.v1")]
    assert [one.body_hash for one in decided if isinstance(one, ReportApproved)] == [submitted["body_hash"]]
    assert [one.reason for one in decided if isinstance(one, ReportReturned)] == ["wrong_sum"]


@pytest.mark.parametrize(
    ("claims", "changes", "status", "code"),
    [
        ({"roles": ["report"], "agency": "ubnd-437", "unit": "437"}, {}, 403, "forbidden"),
        ({}, {}, 403, "own_report"),
        ({"agency": "ubnd-18118", "unit": "18118"}, {}, 403, "forbidden"),
        ({"agency": "ubnd-437", "unit": "437"}, {"period": "2024-M02"}, 422, "report_mismatch"),
        ({"agency": "ubnd-437", "unit": "437"}, {"body_hash": "no"}, 422, "invalid_field"),
    ],
)
def test_a_decision_is_refused_to_whom_it_does_not_belong(
    reporting: DoorProcess,
    installation: Installation,
    claims: dict[str, Any],
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    submitted = reporting.post("/v1/reports", REPORT, installation.token("report"), KEY).json()
    token = installation.token(*claims.pop("roles", ["decide"]), **claims)
    path = f"/v1/reports/{submitted['report_id']}:approve"
    answer = reporting.post(path, decision(submitted) | changes, token, "approve-0002")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_path_that_is_no_id_names_nothing(reporting: DoorProcess, installation: Installation) -> None:
    town = installation.token("decide", agency="ubnd-437", unit="437")
    answer = reporting.post("/v1/reports/x:approve", decision({"body_hash": "ab" * 32}), town, "approve-0003")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_sandbox_clock_names_the_ends_of_all_input_topics(reporting: DoorProcess, installation: Installation) -> None:
    ends = {card.name: len(installation.log(card.name)) for card in INPUTS}
    token = installation.token("clock", agency="operator", unit="437", sandbox=True)
    now = "2024-04-01T00:00:00+07:00"
    answer = reporting.post(f"/v1/programmes/{SANDBOX}/clock", {"now": now}, token, "clock-test-0001")
    assert answer.status_code == 202, answer.text
    event = installation.events("programme.v1")[-1]
    assert isinstance(event.data, ProgrammeClock)
    assert event.data.now == event.accepted_at == datetime.fromisoformat(now)
    assert {topic: sum(offsets) for topic, offsets in event.data.ends.items()} == ends


@pytest.mark.parametrize(
    ("programme", "claims", "status", "code"),
    [
        (LIVE, {"sandbox": False}, 422, "not_a_sandbox"),
        (LIVE, {"sandbox": True}, 403, "test_token"),
        ("nothing", {"sandbox": True}, 422, "unknown_programme"),
        (SANDBOX, {"agency": "ubnd-18115", "unit": "18115", "sandbox": True}, 403, "forbidden"),
    ],
)
def test_nobody_else_sets_a_clock(
    reporting: DoorProcess, installation: Installation, programme: str, claims: dict[str, Any], status: int, code: str
) -> None:
    token = installation.token("clock", **{"agency": "operator", "unit": "437", **claims})
    body = {"now": "2024-04-01T00:00:00+07:00"}
    answer = reporting.post(f"/v1/programmes/{programme}/clock", body, token, "clock-test-0002")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_town_extends_what_a_ward_owes_and_the_ward_does_not(
    reporting: DoorProcess, installation: Installation
) -> None:
    submitted = reporting.post("/v1/reports", REPORT, installation.token("report"), KEY).json()
    path = f"/v1/obligations/{submitted['report_id']}:extend"
    body = {name: REPORT[name] for name in ("programme", "form", "unit", "period")}
    body |= {"owner": "ubnd-18115", "until": "2024-03-22", "reason": "storm"}
    town = installation.token("decide", agency="ubnd-437", unit="437")
    extended = reporting.post(path, body, town, "extend-0001")
    assert extended.status_code == 202, extended.text
    assert extended.json()["report_id"] == submitted["report_id"]
    refused = reporting.post(path, body, installation.token("decide"), "extend-0002")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_above")
    said = [event for event in installation.events("report.v1") if isinstance(event.data, ObligationExtended)]
    assert [(event.source, event.actor, str(event.data.until)) for event in said] == [
        ("ubnd-437", "officer-1", "2024-03-22")
    ]
