"""notify intake on a real broker and real databases: a sealed row, a fact to the day, nothing that says more."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image

from services.contracts.events import TipMoved, TipReceived
from services.notify.domain import sealing
from services.notify.domain.content import read_content
from services.operations.tips import read_private
from tests.support.doors import LIVE, SANDBOX, DoorProcess, Installation
from tests.support.vault import VaultOfTests

CLOCK = {"Clock": "2024-03-20T13:37:11+07:00"}
CANARIES = ("canary", "kanari", "0912345678")
TIP: dict[str, Any] = {
    "programme": SANDBOX,
    "unit": "18115",
    "category": "use",
    "text": "Ông Canary 4711",
    "place": "ngõ Kanari",
    "contact": "0912345678",
}
POLICE = {"agency": "ca-18115", "sandbox": True}


def swept(notify: DoorProcess, installation: Installation) -> int:
    token = installation.token("clock", agency="operator", unit="437", sandbox=True)
    answer = notify.post("/v1/tips:sweep", {"programme": SANDBOX}, token)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["swept"])


def sent(notify: DoorProcess, tip: dict[str, Any]) -> list[str]:
    """The words that a citizen is answered."""
    answer = notify.post("/v1/tips", tip, None, **CLOCK)
    assert answer.status_code == 202, answer.text
    return list(answer.json()["words"])


def test_a_citizens_tip_is_a_sealed_row_first_and_a_fact_to_the_day_after_the_sweep(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    before, rows = len(installation.log("tip.v1")), vault.tips()
    answer = notify.post("/v1/tips", TIP, None, **CLOCK)
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"received_on", "due_on", "words"}
    assert (answer.json()["received_on"], answer.json()["due_on"]) == ("2024-03-20", "2024-04-09")
    assert vault.tips() == rows + 1
    assert len(installation.log("tip.v1")) == before
    assert swept(notify, installation) >= 1
    tip = vault.tip_of(answer.json()["words"])
    [record] = [one for one in installation.log("tip.v1") if one.key == str(tip).encode()]
    headers = dict(record.headers)
    assert headers["ce_time"] == b"2024-03-19T17:00:00.000000Z"
    assert headers["ce_source"] == b"ca-18115"
    assert "ce_actor" not in headers
    assert json.loads(record.value or b"") == {
        "programme": SANDBOX,
        "unit": "18115@2018-01-01",
        "occurred_on": "2024-03-20",
        "tip_id": str(tip),
        "category": "use",
        "channel": "online",
        "due_on": "2024-04-09",
    }
    assert swept(notify, installation) == 0


def test_only_the_key_of_the_receiving_police_opens_a_tip(notify: DoorProcess, vault: VaultOfTests) -> None:
    tip = vault.tip_of(sent(notify, TIP))
    secret = vault.secret(tip)
    content = vault.one("select content from notify.tip where tip_id = %s", tip)[0]
    [(key_id, agency, wrapped)] = vault.all(
        "select key_id, agency, wrapped from notify.tip_recipient where tip_id = %s", tip
    )
    assert agency == "ca-18115"
    sealed = sealing.unwrapped(tip, key_id, wrapped, secret)
    opened = 0
    for path in sorted(vault.keys.glob("*.key")):
        try:
            key = sealing.tip_key(sealed, read_private(path))
        except sealing.NotOpened:
            continue
        opened += 1
        assert path.stem == "ca-18115"
        said = read_content(sealing.opened_content(tip, content, key))
        assert (said.text, said.place, said.contact) == (TIP["text"], TIP["place"], TIP["contact"])
    assert opened == 1
    with pytest.raises(sealing.NotOpened):
        sealing.unwrapped(tip, key_id, wrapped, sealing.new_secret())


def test_a_tip_about_a_unit_goes_to_the_unit_above_and_is_counted_there(
    notify: DoorProcess, vault: VaultOfTests
) -> None:
    tip = vault.tip_of(sent(notify, TIP | {"concerns": "18115"}))
    assert vault.one("select unit, source from notify.tip where tip_id = %s", tip) == ("437@2018-01-01", "ca-437")
    assert vault.all("select agency from notify.tip_recipient where tip_id = %s", tip) == [("ca-437",)]
    assert vault.all("select agency from notify.vault_outbox where tip_id = %s", tip) == [("ca-437",)]
    higher = vault.tip_of(sent(notify, TIP | {"concerns": "437"}))
    assert vault.all("select agency from notify.tip_recipient where tip_id = %s", higher) == [("ca-42",)]


def test_an_officers_tip_and_its_moves_go_the_same_way_and_a_repetition_changes_nothing(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    token, rows = installation.token("tip", **POLICE), vault.tips()
    taken = {
        "programme": SANDBOX,
        "unit": "18115",
        "category": "use",
        "channel": "hotline",
        "received_on": "2024-03-20",
    }
    first, again = (notify.post("/v1/tips", taken, token, "tip-test-0001", **CLOCK) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202), first.text
    assert {name: first.json()[name] for name in ("tip_id", "event_id")} == {
        name: again.json()[name] for name in ("tip_id", "event_id")
    }
    assert len(first.json()["words"]) == 10
    assert again.json().get("words", []) == []
    assert vault.tips() == rows + 1
    other = notify.post("/v1/tips", taken | {"category": "trade"}, token, "tip-test-0001", **CLOCK)
    assert (other.status_code, other.json()["faults"][0]["code"]) == (422, "key_used")
    move = {"programme": SANDBOX, "unit": "18115", "step": "handed_over", "moved_on": "2024-03-20"}
    for _ in range(2):
        moved = notify.post(f"/v1/tips/{first.json()['tip_id']}:move", move, token, "tip-test-0002", **CLOCK)
        assert moved.status_code == 202, moved.text
    swept(notify, installation)
    found = [
        event.data
        for event in installation.events("tip.v1")
        if isinstance(event.data, TipReceived | TipMoved) and str(event.data.tip_id) == first.json()["tip_id"]
    ]
    assert sorted(type(one).__name__ for one in found) == ["TipMoved", "TipReceived"]


def test_whom_a_tip_was_kept_from_cannot_move_it(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    tip = vault.tip_of(sent(notify, TIP | {"concerns": "437"}))
    move = {"programme": SANDBOX, "unit": "437", "step": "closed", "moved_on": "2024-03-20"}
    token = installation.token("tip", agency="ca-437", unit="437", sandbox=True)
    assert notify.post(f"/v1/tips/{tip}:move", move, token, "tip-test-0003", **CLOCK).status_code == 404


def test_a_senders_own_repetition_shows_the_same_words_and_keeps_one_row(
    notify: DoorProcess, vault: VaultOfTests
) -> None:
    rows, key = vault.tips(), "0123456789abcdef" * 2
    answers = [notify.post("/v1/tips", TIP, None, key, **CLOCK).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert vault.tips() == rows + 1


@pytest.mark.parametrize(
    ("changes", "key", "field", "code"),
    [
        ({"unit": "99999"}, None, "unit", "unknown_unit"),
        ({"unit": "18400"}, None, "unit", "unknown_unit"),
        ({"channel": "hotline"}, None, "channel", "officers_only"),
        ({"images": ["AAAA"]}, None, "images[0]", "not_a_picture"),
        ({"programme": "no-such"}, None, "programme", "unknown_programme"),
        ({}, "guessable-key", "Idempotency-Key", "chance_key"),
    ],
)
def test_a_wrong_answer_is_named_by_its_field_and_nothing_of_it_goes_anywhere(
    notify: DoorProcess, vault: VaultOfTests, changes: dict[str, Any], key: str | None, field: str, code: str
) -> None:
    rows = vault.tips()
    answer = notify.post("/v1/tips", TIP | changes, None, key, **CLOCK)
    assert answer.status_code == 422
    assert (answer.json()["faults"][0]["field"], answer.json()["faults"][0]["code"]) == (field, code)
    assert vault.tips() == rows
    assert not any(word in answer.text.lower() for word in CANARIES)


def test_nothing_but_the_category_is_needed_and_not_even_that(notify: DoorProcess, vault: VaultOfTests) -> None:
    tip = vault.tip_of(sent(notify, {"programme": SANDBOX}))
    assert vault.one("select unit, category from notify.tip where tip_id = %s", tip) == (
        "437@2018-01-01",
        "other_violation",
    )


def test_the_page_takes_a_tip_without_scripts_and_says_what_is_wrong_only_when_it_is(
    notify: DoorProcess, vault: VaultOfTests
) -> None:
    shown = notify.client.get("/tip", params={"programme": SANDBOX})
    assert shown.status_code == 200
    assert len(shown.content) < 30_000
    assert not re.search(r"<script|https?://|//[a-z]", shown.text.replace("<!doctype html>", ""))
    assert 'class="fault"' not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in shown.headers
    key = re.search(r'name="key" value="([0-9a-f]{32})"', shown.text)
    assert key is not None
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    fields = {"programme": SANDBOX, "key": key[1], "category": "use", "text": "Canary 4711", "unit": "18115@2018-01-01"}
    wrong = notify.client.post("/tip", data=fields | {"unit": "99999"}, files={"images": ("x.png", drawn.getvalue())})
    assert wrong.status_code == 422
    assert 'id="unit-fault"' in wrong.text
    assert "Canary 4711" in wrong.text
    rows = vault.tips()
    taken = notify.client.post("/tip", data=fields, files={"images": ("x.png", drawn.getvalue(), "image/png")})
    assert taken.status_code == 200, taken.text
    assert taken.text.count("<li>") == 10
    assert vault.tips() == rows + 1
    tip = vault.tip_of(re.findall(r"<li>(\w+)</li>", taken.text))
    assert vault.one("select count(*) from notify.tip_image where tip_id = %s", tip) == (1,)
    assert notify.client.post("/tip", data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_no_metric_moves_with_a_tip(notify: DoorProcess, installation: Installation) -> None:
    def values() -> list[str]:
        lines = notify.client.get("/metrics").text.splitlines()
        moving = ("#", "log_probe_age_seconds", "clock_skew", "process_", "python_")
        return [line for line in lines if not line.startswith(moving)]

    before = values()
    assert notify.post("/v1/tips", TIP, None, **CLOCK).status_code == 202
    assert notify.post("/v1/tips", TIP | {"unit": "1"}, None, **CLOCK).status_code == 422
    assert notify.client.get("/tip").status_code in (200, 503)
    assert values() == before
    assert before


def test_a_canary_is_found_in_no_byte_that_anybody_else_reads(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    agent = {"User-Agent": "Canary-4711-browser", "Cookie": "kanari=0912345678", "X-Forwarded-For": "203.0.113.47"}
    assert notify.post("/v1/tips", TIP, None, **CLOCK, **agent).status_code == 202
    assert notify.post("/v1/tips", TIP | {"unit": "1"}, None, **CLOCK, **agent).status_code == 422
    swept(notify, installation)
    logged = b"".join((one.value or b"") + repr(one.headers).encode() for one in installation.log("tip.v1"))
    everything = logged + notify.service.output.encode() + notify.client.get("/metrics").content + vault.dump()
    lowered = everything.lower()
    assert len(lowered) > 2_000
    for word in (*CANARIES, "203.0.113.47"):
        assert word.encode() not in lowered, word


def test_a_tip_for_a_programme_whose_area_is_gone_names_the_hotline(notify: DoorProcess) -> None:
    answer = notify.post("/v1/tips", TIP | {"programme": LIVE}, None)
    assert answer.json()["faults"][0]["code"] == "programme_over"
    assert "0769.04.04.04" in answer.text


def test_an_officer_needs_the_role_and_the_unit(notify: DoorProcess, installation: Installation) -> None:
    for roles, claims in ((["report"], POLICE), (["tip"], {"agency": "ca-18118", "unit": "18118", "sandbox": True})):
        answer = notify.post("/v1/tips", TIP, installation.token(*roles, **claims), "tip-test-0006", **CLOCK)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_private_keys_are_made_for_their_owner_alone(vault: VaultOfTests) -> None:
    files = list(Path(vault.keys).glob("*.key"))
    assert files
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    with psycopg.connect(vault.rows_url) as connection:
        stored = [bytes(row[0]) for row in connection.execute("select public_key from notify.recipient_key")]
    assert not {read_private(path) for path in files} & set(stored)
