"""Bodies, headers and tokens that nobody honest sends, wave after wave: each is refused in words, and nothing stays."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.keys import SigningKey
from tests.support.doors import DoorProcess, Installation, open_door
from tests.support.postings import SHEET
from tests.support.raw_http import RawConnection, request
from tests.support.services import Services

WAVES, WARMING_UP = 40, 10
GROWTH_MAX_BYTES = 16 * 1024 * 1024
"""The bodies of the waves that are measured come to ten times as much."""
GOOD = json.dumps(SHEET).encode()
HUGE_BODY = b'{"programme": "' + b"x" * 4_000_000 + b'"}'
HOSTILE_BODIES = {
    "deep": (b'{"signers": ' * 50_000 + b"1" + b"}" * 50_000, {400, 413}),
    "huge": (HUGE_BODY, {413}),
    "bad UTF-8": (GOOD.replace(b"paper", b"pap\xff\xfe\xc3("), {400}),
    "half a letter": (b'{"programme": "\\ud800"}', {400, 422}),
    "a number without end": (b'{"declared_count": ' + b"9" * 10_000 + b"}", {400, 413, 422}),
    "one key many times": (b"{" + b'"unit": "18115", ' * 10_000 + b'"kind": "household"}', {400, 413, 422}),
    "no object": (b"[" * 200 + b"]" * 200, {400, 422}),
    "nothing": (b"", {400, 422}),
}
HEADER_FLOODS = {
    "many": "".join(f"X-Filler-{number}: x\r\n" for number in range(5_000)),
    "long": f"X-Filler: {'x' * 1_000_000}\r\n",
    "folded": "X-Filler: a\r\n b\r\n c\r\n",
    "with a nul": "X-Filler: a\x00b\r\n",
}


@pytest.fixture(scope="module")
def pledge(hostile_installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorProcess]:
    services = Services(tmp_path_factory.mktemp("hostile"), count())
    door = open_door(services, hostile_installation, "PLEDGE", "services.pledge", "serve")
    yield door
    door.service.stop()


@pytest.fixture
def tokens(hostile_installation: Installation) -> dict[str, tuple[str | None, int]]:
    """What is shown instead of a good token, and what is answered."""
    good = hostile_installation.token("pledge")
    head, claims, signature = good.split(".")
    private = Ed25519PrivateKey.generate()
    forger = SigningKey("token-issuer", private.public_key(), private)
    return {
        "none": (None, 401),
        "expired": (hostile_installation.token("pledge", age=timedelta(days=2)), 401),
        "forged": (hostile_installation.token("pledge", issuer=forger), 401),
        "cut": (f"{head}.{claims}.{signature[:-4]}", 401),
        "of no algorithm": (f"eyJhbGciOiJub25lIn0.{claims}.", 401),
        "of another role": (hostile_installation.token("tip"), 403),
        "of another unit": (hostile_installation.token("pledge", agency="ubnd-18118", unit="18118"), 403),
    }


def test_waves_of_hostile_bodies_tokens_and_headers_are_refused_and_leave_no_memory_taken(
    pledge: DoorProcess, hostile_installation: Installation, tokens: dict[str, tuple[str | None, int]]
) -> None:
    good, before_bytes = hostile_installation.token("pledge"), 0
    for wave in range(WAVES):
        if wave == WARMING_UP:
            before_bytes = pledge.resident_bytes()
        for name, (body, allowed) in HOSTILE_BODIES.items():
            answer = pledge.post("/v1/pledges", body, good, f"hostile-{wave:04}")
            assert answer.status_code in allowed, (name, answer.text)
            assert_explained(answer.json())
        for name, (token, status) in tokens.items():
            answer = pledge.post("/v1/pledges", SHEET, token, f"hostile-{wave:04}")
            assert answer.status_code == status, (name, answer.text)
        for name, flood in HEADER_FLOODS.items():
            assert status_of(pledge, flood) in {None, 400, 431}, name
    grown = pledge.resident_bytes() - before_bytes
    assert grown < GROWTH_MAX_BYTES, grown
    assert "Traceback" not in pledge.service.output
    assert pledge.post("/v1/pledges", SHEET, good, "after-all-that").status_code == 202


def assert_explained(problem: dict[str, object]) -> None:
    """In both languages, and without a word of how it is made."""
    assert problem["title"]
    assert problem["detail"]
    assert not any(word in json.dumps(problem) for word in ("Traceback", "services.", "msgspec", "marshmallow"))


def status_of(door: DoorProcess, headers: str) -> int | None:
    """None when the connection was closed on it."""
    asked = request("POST", "/v1/pledges", GOOD).replace(b"\r\n\r\n", b"\r\n" + headers.encode("latin-1") + b"\r\n", 1)
    with RawConnection(str(door.client.base_url)) as connection:
        answer = connection.send(asked).answer()
    return None if answer is None else answer.status
