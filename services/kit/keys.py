"""Ed25519 keys: made, read from PEM files named <key id>.pem, and published as a JWKS (RFC 8037)."""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

from services.kit.clock import Clock, SystemClock
from services.kit.errors import Misconfigured, Unavailable

_FETCH_TIMEOUT_S = 2.0
_MAX_JWKS_BYTES = 65_536


def new_signing_key() -> bytes:
    """A fresh private key, PEM, PKCS 8, not encrypted: the file's permissions protect it."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(frozen=True)
class SigningKey:
    """A key with its id. `private` is None for a retired key of which only the public half is kept."""

    kid: str
    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = None

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """From a PEM file, private or public; the key id is the file's stem. Raises Misconfigured."""
        try:
            pem = path.read_bytes()
            if b"PRIVATE KEY" not in pem:
                return cls(path.stem, _public(serialization.load_pem_public_key(pem)))
            private = serialization.load_pem_private_key(pem, password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Misconfigured([f"{path}: no key can be read ({type(error).__name__})"]) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise Misconfigured([f"{path}: not an Ed25519 key"])
        return cls(path.stem, private.public_key(), private)

    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        found: dict[str, str] = json.loads(OKPAlgorithm.to_jwk(self.public))
        return {**found, "kid": self.kid, "use": "sig", "alg": "EdDSA"}


def jwks_of(keys: Iterable[SigningKey]) -> dict[str, Any]:
    return {"keys": [key.jwk() for key in keys]}


def parse_jwks(jwks: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """Key id to public key, of the Ed25519 keys in the set. Raises ValueError."""
    keys = jwks.get("keys")
    if not isinstance(keys, list):
        raise ValueError("no list of keys")  # noqa: TRY004 - a value in a file
    ours = [key for key in keys if isinstance(key, dict) and key.get("crv") == "Ed25519" and "kid" in key]
    return {str(key["kid"]): _public(OKPAlgorithm.from_jwk(key)) for key in ours}


def _public(key: object) -> Ed25519PublicKey:
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")  # noqa: TRY004 - a value in a file
    return key


class KeySet:
    """Public keys from a JWKS file or an https URL. An unknown key id reads the source again, at most every 30 s."""

    def __init__(self, source: str | Path, clock: Clock | None = None, refresh_after_s: float = 30) -> None:
        self._source = str(source)
        self._clock = clock or SystemClock()
        self._refresh_after_s = refresh_after_s
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._generation = 0
        if "://" not in self._source:
            self._refresh()
        elif not self._source.startswith("https://"):
            raise Misconfigured([f"{self._source}: keys are fetched over https only"])

    @property
    def generation(self) -> int:
        """Another one after each reading of the source: what an older one vouched for may be gone."""
        return self._generation

    def get(self, kid: str) -> Ed25519PublicKey | None:
        """The key, or None. Raises Unavailable when the source cannot be asked and the key is not known."""
        if kid not in self._keys and self._may_refresh():
            self._refresh()
        return self._keys.get(kid)

    def _may_refresh(self) -> bool:
        with self._lock:
            now = self._clock.monotonic()
            due = self._read_at is None or now - self._read_at >= self._refresh_after_s
            if due:
                self._read_at = now
            return due

    def _refresh(self) -> None:
        try:
            self._keys = parse_jwks(json.loads(self._fetch()))
            self._generation += 1
        except (OSError, ValueError, httpx.HTTPError) as error:
            if self._keys or "://" in self._source:
                raise Unavailable("keys") from error
            raise Misconfigured([f"{self._source}: no key set can be read ({type(error).__name__})"]) from error

    def _fetch(self) -> bytes:
        if "://" not in self._source:
            return Path(self._source).read_bytes()
        answer = httpx.get(self._source, timeout=_FETCH_TIMEOUT_S, follow_redirects=False).raise_for_status()
        if len(answer.content) > _MAX_JWKS_BYTES:
            raise ValueError("too large")
        return answer.content
