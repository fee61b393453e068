"""Who calls: bearer tokens (JWT, Ed25519) checked against a key set."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
import msgspec

from services.kit.clock import Clock
from services.kit.errors import Misconfigured
from services.kit.keys import KeySet, SigningKey

AUDIENCE = "binhyen"
ISSUER = "binhyen-tokens"
ALGORITHM = "EdDSA"
LEEWAY_S = 30
KNOWN_TOKENS = 4_096
"""A caller sends one token with all its requests; so many are checked once for all. What is refused is not kept."""


@dataclass(frozen=True)
class Caller:
    """`unit`: code or full id of the root of the subtree in which the caller may act. `sandbox`: a test token."""

    agency: str
    actor: str
    unit: str
    roles: frozenset[str]
    sandbox: bool = False
    programme: str | None = None


class Unauthenticated(Exception):
    """`code`: unauthenticated or expired. Why exactly is not the caller's business."""

    def __init__(self, code: str = "unauthenticated") -> None:
        super().__init__(code)
        self.code = code


class _Claims(msgspec.Struct, frozen=True):
    """What must be there beside issuer and audience, which PyJWT insists on."""

    sub: str
    agency: str
    unit: str
    roles: list[str]
    exp: int
    iat: int
    sandbox: bool = False
    programme: str | None = None


class Verifier:
    """Checks signature, algorithm, issuer, audience and times, by our clock."""

    def __init__(self, keys: KeySet, clock: Clock, issuer: str = ISSUER) -> None:
        self._keys = keys
        self._clock = clock
        self._issuer = issuer
        self._known = lru_cache(KNOWN_TOKENS)(self._claims)

    def verify(self, token: str) -> Caller:
        """Raises Unauthenticated; Unavailable when the keys cannot be asked for."""
        claims = self._known(token, self._keys.generation)
        now = self._clock.now().timestamp()
        if now >= claims.exp + LEEWAY_S:
            raise Unauthenticated("expired")
        if claims.iat > now + LEEWAY_S:
            raise Unauthenticated
        return Caller(claims.agency, claims.sub, claims.unit, frozenset(claims.roles), claims.sandbox, claims.programme)

    def _claims(self, token: str, _generation: int) -> _Claims:
        """What the token says, for as long as the keys stay the same."""
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise Unauthenticated
            # The times are compared above, because PyJWT knows no clock but the machine's.
            options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
            found = jwt.decode(
                token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=self._issuer, options=options
            )
            return msgspec.convert(found, _Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise Unauthenticated from error


def issue(key: SigningKey, caller: Caller, now: datetime, valid_for: timedelta = timedelta(days=1)) -> str:
    """A bearer token, as `make token` and tests make them."""
    if key.private is None:
        raise Misconfigured([f"key {key.kid} has no private half"])
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": caller.actor,
        "agency": caller.agency,
        "unit": caller.unit,
        "roles": sorted(caller.roles),
        "sandbox": caller.sandbox,
        "iat": int(now.timestamp()),
        "exp": int((now + valid_for).timestamp()),
    }
    if caller.programme is not None:
        claims["programme"] = caller.programme
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})
