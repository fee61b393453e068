"""pledge on a real broker: a 202 is on the log, and nothing that says who signed ever is."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.codec import canonical
from services.contracts.events import PledgeSigned, PledgeWithdrawn
from services.kit.keys import SigningKey, new_signing_key
from services.kit.receipts import verify
from tests.support.doors import LIVE, SANDBOX, DoorProcess, Installation
from tests.support.postings import SHEET


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(found["field"], found["code"]) for found in answer.json()["faults"]]


def test_a_202_is_on_the_log_with_cloudevents_headers_and_its_receipt_says_where(
    pledge: DoorProcess, installation: Installation
) -> None:
    answer = pledge.post("/v1/pledges", SHEET, installation.token("pledge"), "pledge-test-0001")
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    position = accepted["position"]
    (record,) = [
        record
        for record in installation.log("pledge.v1")
        if (record.partition, record.offset) == (position["partition"], position["offset"])
    ]
    headers = {name: value.decode() for name, value in record.headers}
    assert headers["ce_id"] == accepted["event_id"]
    assert headers["ce_bodyhash"] == accepted["body_hash"]
    assert headers["ce_type"] == "vn.binhyen.pledge.signed"
    assert (headers["ce_source"], headers["ce_subject"]) == ("ubnd-18115", "18115@2018-01-01")
    assert (headers["ce_programme"], headers["ce_programmeversion"]) == (LIVE, "1")
    assert record.key == b"18115@2018-01-01"

    receipt = verify(accepted["receipt"], pledge.client.get("/.well-known/jwks.json").json())
    assert str(receipt.event_id) == accepted["event_id"]
    assert (receipt.topic, receipt.partition, receipt.offset) == ("pledge.v1", record.partition, record.offset)
    assert (receipt.agency, receipt.programme, receipt.body_hash) == ("ubnd-18115", LIVE, accepted["body_hash"])


def test_a_retry_has_the_same_event_id_and_body_and_a_valid_receipt_of_its_own(
    pledge: DoorProcess, installation: Installation
) -> None:
    token = installation.token("pledge")
    first, again = (pledge.post("/v1/pledges", SHEET, token, "pledge-test-0002").json() for _ in range(2))
    assert (again["event_id"], again["body_hash"]) == (first["event_id"], first["body_hash"])
    assert again["position"] != first["position"]
    keys = pledge.client.get("/.well-known/jwks.json").json()
    assert verify(first["receipt"], keys).event_id == verify(again["receipt"], keys).event_id


def test_nothing_that_identifies_a_signer_leaves_the_process(pledge: DoorProcess, installation: Installation) -> None:
    token = installation.token("pledge")
    identities = [{"register_number": "CANARY-4711"}, {"address": "Số 4711 ngõ Kanari"}]
    signers = [{"identity": identity} for identity in identities]
    answers = [
        pledge.post("/v1/pledges", SHEET | {"signers": signers, "declared_count": 2}, token, "pledge-canary-1"),
        pledge.post("/v1/pledges", SHEET | {"signers": [*signers, signers[0]]}, token, "pledge-canary-2"),
        pledge.post("/v1/pledges", SHEET | {"signers": signers, "canary-4711": "kanari"}, token, "pledge-canary-3"),
        pledge.post(
            "/v1/pledges", SHEET | {"signers": [{"identity": identities[0] | identities[1]}]}, token, "pledge-canary-4"
        ),
        pledge.post("/v1/pledges", b'{"unit": "CANARY-4711', token, "pledge-canary-5"),
        pledge.post("/v1/pledges:withdraw", _withdrawal(identities[0]), token, "pledge-canary-6"),
    ]
    assert [answer.status_code for answer in answers] == [202, 422, 422, 422, 400, 202]
    everything = b"".join(answer.content for answer in answers)
    everything += b"".join(
        part
        for record in installation.log("pledge.v1")
        for part in (record.value or b"", *dict(record.headers).values())
    )
    everything += pledge.service.output.encode() + pledge.client.get("/metrics").content
    for word in ("canary", "4711", "kanari"):
        assert word not in everything.decode().lower().replace("pledge-canary", "")


def _withdrawal(identity: dict[str, str]) -> dict[str, Any]:
    return {
        "programme": LIVE,
        "unit": "18115",
        "kind": "household",
        "group": "18115-tdp-01",
        "identity": identity,
        "withdrawn_on": "2024-03-05",
        "reason": "moved_away",
    }


def test_a_withdrawal_carries_the_token_of_the_signature(pledge: DoorProcess, installation: Installation) -> None:
    token = installation.token("pledge")
    who = {"register_number": "HK-777"}
    pledge.post("/v1/pledges", SHEET | {"signers": [{"identity": who}]}, token, "pledge-test-0003")
    pledge.post("/v1/pledges:withdraw", _withdrawal({"register_number": "hk 777"}), token, "pledge-test-0004")
    data = [event.data for event in installation.events("pledge.v1")]
    withdrawn = {one.token for one in data if isinstance(one, PledgeWithdrawn)}
    signed = {signer.token for one in data if isinstance(one, PledgeSigned) for signer in one.signers}
    assert withdrawn & signed


def test_a_batch_is_answered_in_order_and_each_sheet_can_be_posted_again_by_its_own_key(
    pledge: DoorProcess, installation: Installation
) -> None:
    token = installation.token("pledge")
    base = {name: value for name, value in SHEET.items() if name != "programme"}
    sheets = [base | {"sheet": name, "signers": [{"identity": {"register_number": f"B-{name}"}}]} for name in "zay"]
    answer = pledge.post("/v1/pledges:batch", {"programme": LIVE, "sheets": sheets}, token, "batch-0001")
    assert answer.status_code == 202, answer.text
    items = answer.json()["items"]
    assert [item["sheet"] for item in items] == ["z", "a", "y"]
    on_the_log = {str(event.id) for event in installation.events("pledge.v1")}
    assert {item["event_id"] for item in items} <= on_the_log


def test_a_batch_with_one_bad_sheet_leaves_nothing_on_the_log(pledge: DoorProcess, installation: Installation) -> None:
    base = {name: value for name, value in SHEET.items() if name != "programme"}
    sheets = [base | {"sheet": "good"}, base | {"sheet": "bad", "declared_count": 0}]
    before = len(installation.log("pledge.v1"))
    answer = pledge.post(
        "/v1/pledges:batch", {"programme": LIVE, "sheets": sheets}, installation.token("pledge"), "batch-0002"
    )
    assert (answer.status_code, codes(answer)) == (422, [("sheets[1].declared_count", "too_few_declared")])
    assert len(installation.log("pledge.v1")) == before


@pytest.mark.parametrize(
    ("claims", "changes", "status", "code"),
    [
        ({"roles": ["report"]}, {}, 403, "forbidden"),
        ({"age": timedelta(days=2)}, {}, 401, "expired"),
        ({"unit": "18118"}, {}, 403, "forbidden"),
        ({"agency": "ubnd-18118"}, {}, 403, "forbidden"),
        ({"agency": "ubnd-99999"}, {}, 403, "unknown_agency"),
        ({"sandbox": True}, {}, 403, "test_token"),
        ({"programme": SANDBOX}, {}, 403, "forbidden"),
        ({}, {"programme": "no-such-programme"}, 422, "unknown_programme"),
        ({}, {"unit": "18118"}, 403, "forbidden"),
        ({}, {"unit": "12345"}, 422, "unknown_unit"),
    ],
)
def test_who_may_not_is_refused(
    pledge: DoorProcess,
    installation: Installation,
    claims: dict[str, Any],
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    token = installation.token(*claims.pop("roles", ["pledge"]), **claims)
    before = len(installation.log("pledge.v1"))
    answer = pledge.post("/v1/pledges", SHEET | changes, token, "pledge-test-0005")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] != answer.json()["detail"]
    assert len(installation.log("pledge.v1")) == before


def test_a_forged_token_and_none_are_not_let_in(pledge: DoorProcess, installation: Installation, tmp_path: Any) -> None:
    path = tmp_path / "token-issuer.pem"
    path.write_bytes(new_signing_key())
    forged = installation.token("pledge", issuer=SigningKey.load(path))
    for token in (forged, None, "nonsense"):
        answer = pledge.post("/v1/pledges", SHEET, token, "pledge-test-0006")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_body_is_refused_before_it_is_believed(pledge: DoorProcess, installation: Installation) -> None:
    token = installation.token("pledge")
    path, key = "/v1/pledges", "pledge-test-0007"
    assert pledge.post(path, SHEET, token, None).json()["code"] == "idempotency_key"
    assert pledge.post(path, SHEET, token, "short").status_code == 422
    assert pledge.post(path, SHEET, token, key, **{"Content-Type": "text/plain"}).status_code == 415
    assert pledge.post(path, b" " * 1_048_577, token, key).status_code == 413
    assert pledge.client.get(path).status_code == 405
    every = pledge.post(path, SHEET | {"kind": "cat", "declared_count": -1, "surprise": 1}, token, key)
    assert sorted(codes(every)) == [
        ("declared_count", "out_of_range"),
        ("kind", "not_one_of"),
        ("surprise", "unknown_field"),
    ]


def test_a_connection_goes_on_after_a_body_that_was_refused_unread(
    pledge: DoorProcess, installation: Installation
) -> None:
    token = installation.token("pledge")
    for _ in range(20):
        assert pledge.post("/v1/pledges", b" " * 2_000_000, token, "pledge-test-0008").status_code == 413
        assert pledge.post("/v1/pledges", b" " * 900_000, "no token", "pledge-test-0008").status_code == 401


def test_the_callers_clock_rules_in_a_sandbox_and_nowhere_else(pledge: DoorProcess, installation: Installation) -> None:
    token = installation.token("pledge", sandbox=True)
    clock = {"Clock": "2024-03-20T10:00:00+07:00"}
    played = pledge.post("/v1/pledges", SHEET | {"programme": SANDBOX}, token, "pledge-clock-1", **clock)
    assert played.status_code == 202, played.text
    assert played.json()["accepted_at"] == "2024-03-20T03:00:00Z"
    too_early = pledge.post(
        "/v1/pledges", SHEET | {"programme": SANDBOX, "occurred_on": "2024-03-21"}, token, "pledge-clock-2", **clock
    )
    assert codes(too_early) == [("occurred_on", "in_the_future")]
    live = pledge.post("/v1/pledges", SHEET, installation.token("pledge"), "pledge-clock-3", **clock)
    assert codes(live) == [("Clock", "not_a_sandbox")]
    for wrong in ("2024-03-20", "2024-03-20T10:00:00", "yesterday", "0001-01-01T00:00:00+07:00"):
        answer = pledge.post("/v1/pledges", SHEET | {"programme": SANDBOX}, token, "pledge-clock-4", Clock=wrong)
        assert codes(answer) == [("Clock", "clock")]


def test_accepted_events_are_counted_by_type(pledge: DoorProcess, installation: Installation) -> None:
    pledge.post("/v1/pledges", SHEET, installation.token("pledge"), "pledge-test-0008")
    metrics = pledge.client.get("/metrics").text
    assert 'events_accepted_total{type="vn.binhyen.pledge.signed"}' in metrics
    assert "programme_follow_lag_events 0.0" in metrics


def test_what_is_hashed_is_what_stands_on_the_log(pledge: DoorProcess, installation: Installation) -> None:
    pledge.post("/v1/pledges", SHEET, installation.token("pledge"), "pledge-test-0009")
    for record, event in zip(installation.log("pledge.v1"), installation.events("pledge.v1"), strict=True):
        assert record.value == canonical(event.data)
