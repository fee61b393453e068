"""Who signed, as a token that says nothing about who signed (ADR 15). Pure.

What identifies a signer is one table, a row per signer kind. Two spellings of one identity give one token: letters are
folded (case, Unicode form, place of the Vietnamese tone mark), spaces and punctuation count only as separators.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.contracts.fields import SignerBasis, SignerKind
from services.contracts.programme.ids import organisation_token
from services.contracts.requests import SignerIdentity

TOKEN_BYTES: Final = 16
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below. Circumflex, breve and horn make other letters and stay in place."""
_SYLLABLE: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_LOOKALIKES: Final = str.maketrans({"ð": "đ"})
"""Old Vietnamese fonts write the letter eth for đ."""


class SignerRefused(Exception):
    """The signer cannot be identified: fault code, and the field from `identity`, `group` or `kind` on. No values."""

    def __init__(self, at: str, code: str) -> None:
        super().__init__(f"{code} at {at}")
        self.at = at
        self.code = code


@dataclass(frozen=True, slots=True)
class SignerKey:
    """The secret of one programme. Its id travels with every sheet, the secret never leaves this process."""

    id: str
    secret: bytes = field(repr=False)


class Place(NamedTuple):
    """Where identities are read: within a programme, a group, and a register that lists ids or does not."""

    programme: str
    group: str | None
    lists: Callable[[str], bool]


class Token(NamedTuple):
    value: bytes
    basis: SignerBasis


class Basis(NamedTuple):
    """One way to identify a signer. `material` is what is hashed; the first basis whose field is given is taken."""

    name: SignerBasis
    given: Callable[[SignerIdentity], str | None]
    material: Callable[[str, Place], tuple[str, ...]]
    keyed: bool = True


def canonical_words(text: str) -> str:
    """Lower-case words in one Unicode form, single spaces between them, each syllable's tone at its end.

    A syllable has one tone, so hoà and hòa, tuý and túy, quý and qúy differ in nothing but where a font drew it.
    """
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKALIKES)
    return " ".join(_tone_last(syllable) for syllable in _SYLLABLE.findall(unicodedata.normalize("NFKD", apart)))


def canonical_number(text: str) -> str:
    """A register number without spaces and punctuation."""
    return canonical_words(text).replace(" ", "")


def _tone_last(syllable: str) -> str:
    tones = "".join(sorted(mark for mark in syllable if mark in _TONES))
    letters = "".join(letter for letter in syllable if letter not in _TONES)
    return unicodedata.normalize("NFC", letters) + tones


def _number(text: str, _place: Place) -> tuple[str, ...]:
    return (_something(canonical_number(text), "identity.register_number"),)


def _address_in_group(text: str, place: Place) -> tuple[str, ...]:
    if place.group is None:
        raise SignerRefused("group", "group_needed")
    return (place.group, _something(canonical_words(text), "identity.address"))


def _listed(text: str, place: Place) -> tuple[str, ...]:
    if not place.lists(text):
        raise SignerRefused("identity.register_id", "not_listed")
    return (text,)


def _something(canonical: str, at: str) -> str:
    if not canonical:
        raise SignerRefused(at, "invalid_field")
    return canonical


REGISTER_NUMBER: Final = Basis("register_number", lambda who: who.register_number, _number)
ADDRESS: Final = Basis("address", lambda who: who.address, _address_in_group)
REGISTER_ID: Final = Basis("register_id", lambda who: who.register_id, _listed, keyed=False)

BASES: Final[Mapping[SignerKind, tuple[Basis, ...]]] = {
    "household": (REGISTER_NUMBER, ADDRESS),
    "organisation": (REGISTER_ID,),
}
"""A kind without a row is refused: individual, pupil, official, business and clan come with CT06 to CT10."""


def token(kind: SignerKind, who: SignerIdentity, place: Place, key: SignerKey) -> Token:
    """The signer's token in a programme; raises SignerRefused. The same signer always has the same token."""
    if kind not in BASES:
        raise SignerRefused("kind", "kind_not_taken")
    for basis in BASES[kind]:
        given = basis.given(who)
        if given is not None:
            return Token(_digest(kind, basis, basis.material(given, place), place, key), basis.name)
    raise SignerRefused("identity", "wrong_basis")


def _digest(kind: SignerKind, basis: Basis, material: tuple[str, ...], place: Place, key: SignerKey) -> bytes:
    if not basis.keyed:
        return organisation_token(*material)
    message = json.dumps([place.programme, kind, basis.name, *material], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key.secret, message.encode(), "sha256")[:TOKEN_BYTES]
