"""Coming back with the words: what the sender is told, messages both ways that only the other side reads."""

import base64
import re
from typing import Any

import pytest
from nacl.public import PublicKey, SealedBox

from services.notify.domain import sealing
from services.operations.tips import read_private
from tests.support.doors import SANDBOX, DoorProcess, Installation
from tests.support.vault import VaultOfTests

CLOCK = {"Clock": "2024-03-20T13:37:11+07:00"}
TIP = {"programme": SANDBOX, "unit": "18115", "category": "use", "text": "Canary"}
POLICE = {"agency": "ca-18115", "sandbox": True}


def sent(notify: DoorProcess) -> list[str]:
    answer = notify.post("/v1/tips", TIP, None, **CLOCK)
    assert answer.status_code == 202, answer.text
    return list(answer.json()["words"])


def ask(notify: DoorProcess, words: list[str], **more: Any) -> Any:
    answer = notify.post("/v1/tips:ask", {"words": " ".join(words), **more}, None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def answered(notify: DoorProcess, token: str, tip: Any, text: str, name: str = "answer-0001") -> int:
    """As the police's program does it: asks for the key, seals, posts."""
    asked = notify.client.get(
        f"/v1/tips/{tip}/correspondent", params={"programme": SANDBOX}, headers={"Authorization": f"Bearer {token}"}
    )
    if asked.status_code != 200:
        return asked.status_code
    key = PublicKey(base64.b64decode(asked.json()["sender_key"]))
    sealed = base64.b64encode(SealedBox(key).encrypt(text.encode())).decode()
    body = {"programme": SANDBOX, "sealed": sealed}
    return notify.post(f"/v1/tips/{tip}:answer", body, token, name, **CLOCK).status_code


def test_a_sender_sees_how_far_it_is_and_what_the_police_answered_and_nobody_else_can_read_that(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    words = sent(notify)
    tip, token = vault.tip_of(words), installation.token("tip", **POLICE)
    assert (ask(notify, words)["state"], ask(notify, words).get("messages", [])) == ("received", [])
    move = {"programme": SANDBOX, "unit": "18115", "step": "verifying", "moved_on": "2024-03-20"}
    assert notify.post(f"/v1/tips/{tip}:move", move, token, "dialogue-0001", **CLOCK).status_code == 202
    assert answered(notify, token, tip, "Canary hỏi: mấy giờ?") == 202
    told = ask(notify, words)
    assert (told["state"], told["since"]) == ("verifying", "2024-03-20")
    assert [(one["author"], one["text"]) for one in told["messages"]] == [("police", "Canary hỏi: mấy giờ?")]
    assert b"canary" not in vault.dump().lower()
    assert ask(notify, sent(notify)).get("messages", []) == []


def test_an_answer_that_is_posted_again_under_its_key_is_told_once(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    words = sent(notify)
    tip, token = vault.tip_of(words), installation.token("tip", **POLICE)
    names = ("answer-0001", "answer-0001", "answer-0002")
    assert [answered(notify, token, tip, "Đã rõ.", name) for name in names] == [202, 202, 202]
    assert [one["text"] for one in ask(notify, words)["messages"]] == ["Đã rõ.", "Đã rõ."]


def test_what_the_sender_writes_again_opens_with_the_key_of_the_same_police_alone(
    notify: DoorProcess, vault: VaultOfTests
) -> None:
    words = sent(notify)
    tip = vault.tip_of(words)
    assert [one["author"] for one in ask(notify, words, message="Canary nữa")["messages"]] == ["sender"]
    message, content, keys = vault.one("select id, sealed, keys from notify.tip_message where tip_id = %s", tip)
    [(key_id, wrapped)] = keys.items()
    sealed = sealing.unwrapped(message, key_id, bytes.fromhex(wrapped), vault.secret(tip))
    for path in vault.keys.glob("*.key"):
        if path.stem == "ca-18115":
            key = sealing.tip_key(sealed, read_private(path))
            assert sealing.opened_content(message, content, key).decode() == "Canary nữa"
        else:
            with pytest.raises(sealing.NotOpened):
                sealing.tip_key(sealed, read_private(path))
    assert ("tip_message",) in vault.all("select kind from notify.vault_outbox where tip_id = %s", tip)


def test_only_the_police_who_received_a_tip_learn_the_senders_key_or_answer(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    tip = vault.tip_of(sent(notify))
    for agency, unit in (("ca-18118", "18118"), ("ubnd-18115", "18115"), ("ca-437", "437")):
        other = installation.token("tip", agency=agency, unit=unit, sandbox=True)
        assert answered(notify, other, tip, "x") == 404


@pytest.mark.parametrize("words", ["", "ba ba ba ba ba ba ba ba ba ba", "không phải các từ"])
def test_words_of_no_tip_are_refused_and_name_nothing(notify: DoorProcess, words: str) -> None:
    answer = notify.post("/v1/tips:ask", {"words": words}, None)
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "unknown_words")


def test_the_page_shows_an_answer_without_scripts(
    notify: DoorProcess, installation: Installation, vault: VaultOfTests
) -> None:
    words = sent(notify)
    assert answered(notify, installation.token("tip", **POLICE), vault.tip_of(words), "<b>Chào</b>") == 202
    shown = notify.client.get("/tip/answer")
    assert shown.status_code == 200
    assert 'class="fault"' not in shown.text
    assert not re.search(r"<script|https?://", shown.text)
    told = notify.client.post("/tip/answer", data={"words": " ".join(words)})
    assert told.status_code == 200
    assert "&lt;b&gt;Chào&lt;/b&gt;" in told.text
    wrong = notify.client.post("/tip/answer", data={"words": "ba ba", "message": "giữ lại"})
    assert wrong.status_code == 422
    assert 'id="words-fault"' in wrong.text
    assert "giữ lại" in wrong.text
    assert "ba ba" not in wrong.text
