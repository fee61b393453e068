"""Messages between a sender and the police, each readable by the other side alone. Pure but for libsodium's chance."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from services.notify.domain import sealing
from services.notify.domain.sealing import RecipientKey

Author = Literal["police", "sender"]
State = Literal["received", "handed_over", "verifying", "closed"]


class SealedMessage(NamedTuple):
    """`keys`: of a sender's message the key of it for each recipient, sealed and wrapped, in hexadecimal."""

    sealed: bytes
    keys: Mapping[str, str]


def to_police(message: UUID, text: str, to: Iterable[RecipientKey], secret: bytes) -> SealedMessage:
    """A sender's message, sealed as a tip is, under a key of its own. Raises TooLarge."""
    sealed = sealing.seal(message, text.encode(), (), to, secret)
    return SealedMessage(sealed.content, {key_id: wrapped.hex() for key_id, wrapped in sealed.keys.items()})


def read_by_sender(sealed: bytes, private_key: PrivateKey) -> str | None:
    """What the police wrote; None when it does not open."""
    try:
        return SealedBox(private_key).decrypt(sealed).decode()
    except (CryptoError, UnicodeDecodeError):
        return None
