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
from services.contracts.signer_identity import SignerIdentity

TOKEN_BYTES: Final = 16
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below. Circumflex, breve and horn make other letters and stay in place."""
_SYLLABLE: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_TONE: Final = re.compile(f"[{_TONES}]")
_LOOKALIKES: Final = str.maketrans({"ð": "đ"})
"""Old Vietnamese fonts write the letter eth for đ."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


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
    """One way to identify a signer. `material` is what is hashed; the first basis whose field is given is taken.

    `name` is what the event says of it: a number in a register, words that somebody wrote, an id in our own register.
    """

    name: SignerBasis
    given: Callable[[SignerIdentity], str | None]
    material: Callable[[SignerIdentity, Place], tuple[str, ...]]
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
    if syllable.isascii():
        return syllable
    tones = sorted(_TONE.findall(syllable))
    return unicodedata.normalize("NFC", _TONE.sub("", syllable)) + "".join(tones)


def _number(who: SignerIdentity, _place: Place) -> tuple[str, ...]:
    return (_something(canonical_number(who.register_number or ""), "identity.register_number"),)


def _citizen(who: SignerIdentity, _place: Place) -> tuple[str, ...]:
    return (_something(canonical_number(who.citizen_number or ""), "identity.citizen_number"),)


def _roll(who: SignerIdentity, place: Place) -> tuple[str, ...]:
    school = _needed(who.school, "identity.school")
    if not place.lists(school):
        raise SignerRefused("identity.school", "not_listed")
    return (school, _something(canonical_number(who.roll_number or ""), "identity.roll_number"))


def _address_in_group(who: SignerIdentity, place: Place) -> tuple[str, ...]:
    return (_group(place), _something(canonical_words(who.address or ""), "identity.address"))


def _clan(who: SignerIdentity, place: Place) -> tuple[str, ...]:
    return (_group(place), _something(canonical_words(who.clan_name or ""), "identity.clan_name"))


def _name_and_address(who: SignerIdentity, _place: Place) -> tuple[str, ...]:
    """A person keeps name and birth date when the group is written in another way, so it does not count here."""
    name = _something(canonical_words(_needed(who.full_name, "identity.full_name")), "identity.full_name")
    born = _needed(who.birth_date, "identity.birth_date")
    return (name, born, _something(canonical_words(who.address or ""), "identity.address"))


def _listed(who: SignerIdentity, place: Place) -> tuple[str, ...]:
    if not place.lists(who.register_id or ""):
        raise SignerRefused("identity.register_id", "not_listed")
    return (who.register_id or "",)


def _group(place: Place) -> str:
    if place.group is None:
        raise SignerRefused("group", "group_needed")
    return place.group


def _needed(text: str | None, at: str) -> str:
    if text is None:
        raise SignerRefused(at, "required")
    return text


def _something(canonical: str, at: str) -> str:
    if not canonical:
        raise SignerRefused(at, "invalid_field")
    return canonical


REGISTER_NUMBER: Final = Basis("register_number", lambda who: who.register_number, _number)
ADDRESS: Final = Basis("address", lambda who: who.address, _address_in_group)
CITIZEN_NUMBER: Final = Basis("register_number", lambda who: who.citizen_number, _citizen)
NAME_AND_ADDRESS: Final = Basis("address", lambda who: who.address, _name_and_address)
ROLL_NUMBER: Final = Basis("register_number", lambda who: who.roll_number, _roll)
CLAN_NAME: Final = Basis("address", lambda who: who.clan_name, _clan)
REGISTER_ID: Final = Basis("register_id", lambda who: who.register_id, _listed, keyed=False)

BASES: Final[Mapping[SignerKind, tuple[Basis, ...]]] = {
    "household": (REGISTER_NUMBER, ADDRESS),
    "individual": (CITIZEN_NUMBER, NAME_AND_ADDRESS),
    "official": (CITIZEN_NUMBER, NAME_AND_ADDRESS),
    "pupil": (ROLL_NUMBER,),
    "clan": (CLAN_NAME,),
    "organisation": (REGISTER_ID,),
    "business": (REGISTER_ID,),
}


def token(kind: SignerKind, who: SignerIdentity, place: Place, key: SignerKey) -> Token:
    """The signer's token in a programme; raises SignerRefused. The same signer always has the same token."""
    for basis in BASES[kind]:
        if basis.given(who) is not None:
            return Token(_digest(kind, basis, basis.material(who, place), place, key), basis.name)
    raise SignerRefused("identity", "wrong_basis")


def _digest(kind: SignerKind, basis: Basis, material: tuple[str, ...], place: Place, key: SignerKey) -> bytes:
    if not basis.keyed:
        return organisation_token(*material)
    message = _ENCODER.encode([place.programme, kind, basis.name, *material])
    return hmac.digest(key.secret, message.encode(), "sha256")[:TOKEN_BYTES]
