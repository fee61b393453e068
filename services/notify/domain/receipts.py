"""The words with which a sender comes back, and what follows from them. Pure; from what is stored nobody goes back."""

import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from nacl.encoding import RawEncoder
from nacl.hash import blake2b
from nacl.public import PrivateKey
from nacl.pwhash import argon2id

from services.notify.domain.receipt_list import WORDS

BITS_A_WORD: Final = 10
SECRET_WORDS: Final = 9
"""90 bits of chance, and one word more that depends on them all: a slip of the pen is seen at once."""
_SALT: Final = b"binh-yen tip 001"
_OPERATIONS: Final = 3
_MEMORY_BYTES: Final = 16 * 1024 * 1024
"""What is stretched has 90 bits already: this only makes guessing at a dump of the database dearer still."""
_NUMBERS: Final = {word: number for number, word in enumerate(WORDS)}


class Receipt(NamedTuple):
    """`lookup_hash` names the row; `private_key` opens what the police answer, its public half is stored."""

    lookup_hash: bytes
    private_key: PrivateKey


def words_of(chance: bytes) -> tuple[str, ...]:
    """The words of a receipt, from at least 16 bytes that nobody can guess; the same bytes give the same words."""
    number = int.from_bytes(_digest(chance, b"words"), "big")
    mask = (1 << BITS_A_WORD) - 1
    chosen = tuple(WORDS[(number >> (BITS_A_WORD * place)) & mask] for place in range(SECRET_WORDS))
    return (*chosen, _check_word(chosen))


def read_words(text: str) -> tuple[str, ...] | None:
    """The words as somebody has written them, with or without marks; None when they cannot be a receipt."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    kept = "".join(letter if letter.isascii() else "" for letter in plain)
    words = tuple("".join(letter if letter.isalpha() else " " for letter in kept).split())
    if len(words) != SECRET_WORDS + 1 or any(word not in _NUMBERS for word in words):
        return None
    return words if words[-1] == _check_word(words[:-1]) else None


def receipt_of(words: Sequence[str]) -> Receipt:
    """Costs some tens of milliseconds and 16 MiB: whoever calls bounds how many at once."""
    stretched = argon2id.kdf(64, " ".join(words).encode(), _SALT, opslimit=_OPERATIONS, memlimit=_MEMORY_BYTES)
    return Receipt(_digest(stretched[:32], b"lookup"), PrivateKey(stretched[32:]))


def _check_word(words: Sequence[str]) -> str:
    return WORDS[int.from_bytes(_digest(" ".join(words).encode(), b"check")[:2], "big") % len(WORDS)]


def _digest(data: bytes, purpose: bytes) -> bytes:
    return blake2b(data, digest_size=32, person=purpose.ljust(16, b"\0"), encoder=RawEncoder)
