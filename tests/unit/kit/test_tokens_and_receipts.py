"""Tokens and receipts are believed only when one of our keys signed exactly that, for exactly this use."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization

from services.kit import auth, receipts
from services.kit.auth import Caller, Unauthenticated, Verifier
from services.kit.clock import FakeClock
from services.kit.errors import Misconfigured, Unavailable
from services.kit.keys import KeySet, SigningKey, jwks_of, new_signing_key
from services.kit.receipts import InvalidReceipt, Receipt, Signer

NOW = datetime(2024, 3, 1, tzinfo=UTC)
CALLER = Caller("ubnd-18115", "officer-1", "18115", frozenset({"pledge", "report"}), True, "hong-linh-2024")
RECEIPT = Receipt(
    event_id=UUID(int=7),
    body_hash="ab" * 32,
    agency="ubnd-18115",
    accepted_at=NOW,
    programme="hong-linh-2024",
    topic="pledge.v1",
    partition=1,
    offset=42,
)


def key_at(folder: Path, kid: str) -> SigningKey:
    path = folder / f"{kid}.pem"
    path.write_bytes(new_signing_key())
    return SigningKey.load(path)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return key_at(tmp_path, "tokens-1")


@pytest.fixture
def jwks_file(tmp_path: Path, key: SigningKey) -> Path:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(jwks_of([key])))
    return path


@pytest.fixture
def verifier(jwks_file: Path, clock: FakeClock) -> Verifier:
    return Verifier(KeySet(jwks_file, clock), clock)


def token(key: SigningKey, algorithm: str = "EdDSA", drop: str = "", **claims: object) -> str:
    whole = {
        "iss": auth.ISSUER,
        "aud": auth.AUDIENCE,
        "sub": "a",
        "agency": "b",
        "unit": "18115",
        "roles": ["pledge"],
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        **claims,
    }
    whole.pop(drop, None)
    secret = key.private if algorithm == "EdDSA" else "x" * 64
    return jwt.encode(whole, secret, algorithm=algorithm, headers={"kid": key.kid})  # type: ignore[arg-type]


def refused(verifier: Verifier, bearer: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(bearer)
    return caught.value.code


def test_an_issued_token_says_who_calls(verifier: Verifier, key: SigningKey) -> None:
    assert verifier.verify(auth.issue(key, CALLER, NOW)) == CALLER


def test_a_token_ends(verifier: Verifier, key: SigningKey, clock: FakeClock) -> None:
    bearer = auth.issue(key, CALLER, NOW, timedelta(seconds=60))
    clock.advance(60 + auth.LEEWAY_S - 1)
    verifier.verify(bearer)
    clock.advance(1)
    assert refused(verifier, bearer) == "expired"


def test_a_token_from_the_future_is_refused(verifier: Verifier, key: SigningKey) -> None:
    assert refused(verifier, auth.issue(key, CALLER, NOW + timedelta(minutes=1))) == "unauthenticated"


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "sub", "agency", "unit", "roles"])
def test_no_claim_may_be_missing(verifier: Verifier, key: SigningKey, claim: str) -> None:
    assert refused(verifier, token(key, drop=claim)) == "unauthenticated"


@pytest.mark.parametrize("claims", [{"iss": "other"}, {"aud": "other"}, {"roles": "pledge"}, {"exp": "soon"}])
def test_no_claim_may_be_another(verifier: Verifier, key: SigningKey, claims: dict[str, object]) -> None:
    assert refused(verifier, token(key, **claims)) == "unauthenticated"


def test_only_our_algorithm_counts(verifier: Verifier, key: SigningKey) -> None:
    assert refused(verifier, token(key, "HS256")) == "unauthenticated"
    assert refused(verifier, jwt.encode({"sub": "a"}, None, algorithm="none")) == "unauthenticated"


def test_only_our_keys_count(verifier: Verifier, tmp_path: Path) -> None:
    assert refused(verifier, auth.issue(key_at(tmp_path, "strange"), CALLER, NOW)) == "unauthenticated"
    (tmp_path / "other").mkdir()
    impostor = key_at(tmp_path / "other", "tokens-1")
    assert refused(verifier, auth.issue(impostor, CALLER, NOW)) == "unauthenticated"


def test_a_receipt_is_no_token(verifier: Verifier, key: SigningKey) -> None:
    assert refused(verifier, Signer([key]).sign(RECEIPT)) == "unauthenticated"


def test_a_new_key_is_learned_and_a_strange_one_does_not_make_us_read_each_time(
    jwks_file: Path, key: SigningKey, clock: FakeClock, tmp_path: Path
) -> None:
    keys = KeySet(jwks_file, clock, refresh_after_s=30)
    second = key_at(tmp_path, "tokens-2")
    assert keys.get("tokens-2") is None
    jwks_file.write_text(json.dumps(jwks_of([key, second])))
    clock.advance(29)
    assert keys.get("tokens-2") is None
    clock.advance(1)
    assert keys.get("tokens-2") == second.public


def test_a_token_that_was_believed_is_not_once_its_key_is_withdrawn(
    verifier: Verifier, jwks_file: Path, clock: FakeClock, key: SigningKey, tmp_path: Path
) -> None:
    bearer, other = auth.issue(key, CALLER, NOW), key_at(tmp_path, "tokens-2")
    assert verifier.verify(bearer) == CALLER
    jwks_file.write_text(json.dumps(jwks_of([other])))
    clock.advance(30)
    assert verifier.verify(auth.issue(other, CALLER, NOW)) == CALLER
    assert refused(verifier, bearer) == "unauthenticated"


def test_keys_that_vanish_leave_the_known_ones_in_use(jwks_file: Path, clock: FakeClock, key: SigningKey) -> None:
    keys = KeySet(jwks_file, clock)
    jwks_file.unlink()
    assert keys.get(key.kid) == key.public
    with pytest.raises(Unavailable):
        keys.get("unknown")


@pytest.mark.parametrize("source", ["/nowhere/jwks.json", "http://keys.example/jwks.json"])
def test_keys_that_cannot_be_trusted_do_not_start(source: str) -> None:
    with pytest.raises(Misconfigured):
        KeySet(source)


def test_a_receipt_is_what_was_signed(key: SigningKey) -> None:
    signer = Signer([key])
    assert receipts.verify(signer.sign(RECEIPT), signer.jwks()) == RECEIPT


def test_a_changed_receipt_is_refused(key: SigningKey) -> None:
    signer = Signer([key])
    header, payload, signature = signer.sign(RECEIPT).split(".")
    for changed in (f"{header}.{payload[:-2]}AA.{signature}", f"{header}.{payload}.{signature[:-8]}AAAAAAAA", "x"):
        with pytest.raises(InvalidReceipt):
            receipts.verify(changed, signer.jwks())


def test_a_token_is_no_receipt(key: SigningKey) -> None:
    with pytest.raises(InvalidReceipt):
        receipts.verify(auth.issue(key, CALLER, NOW), Signer([key]).jwks())


def test_nothing_else_that_the_key_signed_is_a_receipt(key: SigningKey) -> None:
    assert key.private is not None
    payload = msgspec.json.encode(RECEIPT)
    other = jwt.PyJWS().encode(payload, key.private, algorithm="EdDSA", headers={"kid": key.kid, "typ": "JWT"})
    with pytest.raises(InvalidReceipt):
        receipts.verify(other, Signer([key]).jwks())


def test_old_receipts_stay_provable_after_the_key_changes_and_its_private_half_is_destroyed(tmp_path: Path) -> None:
    old = key_at(tmp_path, "2024-1")
    receipt = Signer.load(tmp_path).sign(RECEIPT)
    key_at(tmp_path, "2024-2")
    public = old.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "2024-1.pem").write_bytes(public)
    signer = Signer.load(tmp_path)
    assert receipts.verify(receipt, signer.jwks()) == RECEIPT
    assert jwt.get_unverified_header(signer.sign(RECEIPT))["kid"] == "2024-2"


def test_published_keys_hold_no_private_half(key: SigningKey) -> None:
    [published] = Signer([key]).jwks()["keys"]
    assert published.keys() == {"kty", "crv", "x", "kid", "use", "alg"}


def test_without_a_key_to_sign_with_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        Signer.load(tmp_path)
    (tmp_path / "a.pem").write_text("no key")
    with pytest.raises(Misconfigured):
        Signer.load(tmp_path)
