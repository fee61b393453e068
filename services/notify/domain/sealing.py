"""How a tip is sealed: for the responsible police alone, of a size that says little, bound to its own row. Pure but for
the chance that libsodium draws.

A tip has a key of its own, under which content and images are encrypted. That key is sealed to the public key of each
recipient, and each sealed key is wrapped once more under the tip's secret, which stands in another database and is
destroyed first (promise P11; docs/threat-model.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead
from nacl.utils import random

KEY_BYTES: Final = 32
_KIB: Final = 1024
CONTENT_SIZES: Final = tuple(size * _KIB for size in (2, 8, 32, 128))
IMAGE_SIZES: Final = tuple(size * _KIB for size in (64, 256, 1024, 4096))
"""What stands in the vault has one of these sizes, so that its length does not tell one tip from another."""


class NotOpened(Exception):
    """The wrong key, or bytes that are not what was sealed."""


class TooLarge(ValueError):
    """No size class holds it."""


@dataclass(frozen=True, slots=True)
class RecipientKey:
    """The public key of an agency's police; the private half never reaches a server."""

    key_id: str
    agency: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """`keys`: for each recipient's key id the tip's key, sealed to it and wrapped."""

    content: bytes
    images: tuple[bytes, ...]
    keys: Mapping[str, bytes]


def key_id_of(public_key: bytes) -> str:
    return sha256(public_key).hexdigest()[:16]


def new_secret() -> bytes:
    return random(KEY_BYTES)


def seal(tip: UUID, content: bytes, images: Sequence[bytes], to: Iterable[RecipientKey], secret: bytes) -> Sealed:
    """Raises TooLarge."""
    box = Aead(random(KEY_BYTES))
    padded = [_padded(image, IMAGE_SIZES) for image in images]
    keys = {one.key_id: SealedBox(PublicKey(one.public_key)).encrypt(bytes(box)) for one in to}
    return Sealed(
        content=bytes(box.encrypt(_padded(content, CONTENT_SIZES), _bound(tip, "content"))),
        images=tuple(bytes(box.encrypt(one, _bound(tip, f"image {number}"))) for number, one in enumerate(padded)),
        keys={key_id: bytes(Aead(secret).encrypt(sealed, _bound(tip, key_id))) for key_id, sealed in keys.items()},
    )


def unwrapped(tip: UUID, key_id: str, wrapped: bytes, secret: bytes) -> bytes:
    """The tip's key as it was sealed to a recipient: all that a server can do of opening. Raises NotOpened."""
    return _decrypted(secret, wrapped, _bound(tip, key_id))


def tip_key(sealed: bytes, private_key: bytes) -> bytes:
    """What a recipient does, on a computer of the police. Raises NotOpened."""
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(sealed)
    except CryptoError as error:
        raise NotOpened from error


def opened_content(tip: UUID, content: bytes, key: bytes) -> bytes:
    """Raises NotOpened."""
    return _unpadded(_decrypted(key, content, _bound(tip, "content")), CONTENT_SIZES)


def opened_image(tip: UUID, number: int, image: bytes, key: bytes) -> bytes:
    """Raises NotOpened."""
    return _unpadded(_decrypted(key, image, _bound(tip, f"image {number}")), IMAGE_SIZES)


def fingerprint(body: bytes, secret: bytes) -> bytes:
    """By which a repeated request is known to be the same: it says nothing without the tip's secret."""
    return blake2b(body, digest_size=32, key=secret, encoder=RawEncoder)


def _padded(plain: bytes, sizes: Sequence[int]) -> bytes:
    for size in sizes:
        if len(plain) < size:
            return sodium_pad(plain, size)
    raise TooLarge


def _unpadded(padded: bytes, sizes: Sequence[int]) -> bytes:
    if len(padded) not in sizes:
        raise NotOpened
    return sodium_unpad(padded, len(padded))


def _decrypted(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return Aead(key).decrypt(sealed, bound)
    except CryptoError as error:
        raise NotOpened from error


def _bound(tip: UUID, part: str) -> bytes:
    """A ciphertext that was moved to another row, or another place in it, does not open."""
    return tip.bytes + part.encode()
