"""Signed receipts: what an accepted event's sender can show for ever (compact JWS, Ed25519)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import msgspec
from jwt.utils import base64url_encode

from services.kit.errors import Misconfigured
from services.kit.keys import SigningKey, jwks_of, parse_jwks

ALGORITHM = "EdDSA"
TYPE = "receipt+jws"
"""Stands in the protected header, so that a receipt never passes for a token, nor a token for a receipt."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """That the log has this body at this place. `body_hash` is hex; `accepted_at` UTC."""

    event_id: UUID
    body_hash: str
    agency: str
    accepted_at: datetime
    programme: str
    topic: str
    partition: int
    offset: int


class InvalidReceipt(Exception):
    """Not signed by one of these keys, or not a receipt at all."""


class Signer:
    """Signs with one key, and keeps publishing the older ones so that old receipts stay provable."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self._keys = list(keys)
        signing = [(key.kid, key.private) for key in self._keys if key.private is not None]
        if not signing:
            raise Misconfigured(["no private key to sign receipts with"])
        kid, self._private = signing[-1]
        self._encoder = msgspec.json.Encoder(order="sorted")
        header = {"alg": ALGORITHM, "kid": kid, "typ": TYPE}
        self._begin = base64url_encode(self._encoder.encode(header)) + b"."

    @classmethod
    def load(cls, folder: Path) -> "Signer":
        """From the folder's <key id>.pem files; the private key whose name sorts last signs. Raises Misconfigured."""
        paths = sorted(folder.glob("*.pem"))
        if not paths:
            raise Misconfigured([f"{folder}: no receipt keys (*.pem)"])
        return cls(SigningKey.load(path) for path in paths)

    def sign(self, receipt: Receipt) -> str:
        """RFC 7515, §7.1. PyJWT would make the header anew for each receipt, which costs more than the signature."""
        signed = self._begin + base64url_encode(self._encoder.encode(receipt))
        return (signed + b"." + base64url_encode(self._private.sign(signed))).decode()

    def jwks(self) -> dict[str, Any]:
        return jwks_of(self._keys)


def verify(jws: str, jwks: Mapping[str, Any]) -> Receipt:
    """The receipt, if one of the keys signed it. Raises InvalidReceipt."""
    try:
        header = jwt.get_unverified_header(jws)
        key = parse_jwks(jwks).get(str(header.get("kid")))
        if key is None or header.get("typ") != TYPE:
            raise InvalidReceipt("unknown key or type")
        payload = jwt.PyJWS().decode(jws, key, algorithms=[ALGORITHM])
        return msgspec.json.decode(payload, type=Receipt)
    except (jwt.InvalidTokenError, msgspec.DecodeError, ValueError) as error:
        raise InvalidReceipt(str(error)) from error
