"""Who signed becomes a token: one for one signer, however the name of the street was typed."""

import unicodedata
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.contracts.fields import SignerKind
from services.contracts.programme.ids import organisation_token
from services.contracts.signer_identity import SignerIdentity
from services.pledge.identity import (
    BASES,
    Place,
    SignerKey,
    SignerRefused,
    canonical_number,
    canonical_words,
    token,
)

KEY = SignerKey("hong-linh-2024-1", b"k" * 32)
PLACE = Place("hong-linh-2024", "18115-tdp-01", lambda listed: listed == "18115-truong-thcs")
SYLLABLES = ("hoà", "tuý", "khoẻ", "thuỷ", "quý", "giá", "Nguyễn", "đường", "ngõ", "12", "số", "Hồng", "Lĩnh")


def household(**identity: str) -> bytes:
    return token("household", SignerIdentity(**identity), PLACE, KEY).value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("tuý", "túy"),
        ("khoẻ", "khỏe"),
        ("thuỷ", "thủy"),
        ("quý", "qúy"),
        ("HOÀ BÌNH", "hòa bình"),
        ("Số 1, ngõ 2", "số 1  ngõ 2"),
        ("Số 12/3", "Số 12-3."),
        ("Ðường Nguyễn Du", "Đường nguyễn du"),
        ("đường\u00a0Trần Phú", "Đường Trần Phú"),
    ],
)
def test_two_ways_to_write_an_address_are_one_household(one: str, other: str) -> None:
    assert household(address=f"Số 7 {one}") == household(address=f"Số 7 {other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà", "hoa"), ("hoà", "hoá"), ("số 1 2", "số 12"), ("ngõ 2", "ngo 2"), ("đường", "dường"), ("cân", "căn")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert household(address=f"x {one}") != household(address=f"x {other}")


def test_a_register_number_counts_without_its_punctuation() -> None:
    assert household(register_number="HK-000 123") == household(register_number="hk000123")
    assert household(register_number="HK-000123") != household(register_number="HK-000124")


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=6), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_unicode_form_of_the_sender_changes_nothing(words: list[str], form: str) -> None:
    text = " ".join(words)
    assert canonical_words(unicodedata.normalize(form, text)) == canonical_words(text)
    assert canonical_words(canonical_words(text)) == canonical_words(text)


@given(st.text(max_size=60))
@example("ÈṢ")
@example("𝓐")
def test_what_is_canonical_stays_so(text: str) -> None:
    assert canonical_words(canonical_words(text)) == canonical_words(text)
    assert " " not in canonical_number(text)


def test_an_address_is_another_household_in_another_group_and_a_number_is_not() -> None:
    elsewhere = PLACE._replace(group="18115-tdp-02")
    for identity, same in ((SignerIdentity(address="Số 1"), False), (SignerIdentity(register_number="123"), True)):
        here = token("household", identity, PLACE, KEY).value
        assert (token("household", identity, elsewhere, KEY).value == here) is same


def test_a_token_is_of_one_programme_and_one_key_and_sixteen_bytes_long() -> None:
    who = SignerIdentity(register_number="HK-1234")
    ours = token("household", who, PLACE, KEY).value
    assert len(ours) == 16
    assert token("household", who, PLACE._replace(programme="other"), KEY).value != ours
    assert token("household", who, PLACE, SignerKey(KEY.id, b"j" * 32)).value != ours


def test_a_register_number_and_an_address_with_one_text_are_two_signers() -> None:
    assert household(register_number="abc 1") != household(address="abc 1")


def test_a_listed_organisation_needs_no_key() -> None:
    who = SignerIdentity(register_id="18115-truong-thcs")
    assert token("organisation", who, PLACE, KEY).value == organisation_token("18115-truong-thcs")
    assert token("organisation", who, PLACE, SignerKey("other", b"j" * 32)).basis == "register_id"


@pytest.mark.parametrize(
    ("kind", "who", "place", "at", "code"),
    [
        ("organisation", {"register_id": "not-there"}, PLACE, "identity.register_id", "not_listed"),
        ("organisation", {"address": "Số 1"}, PLACE, "identity", "wrong_basis"),
        ("household", {"register_id": "18115-truong-thcs"}, PLACE, "identity", "wrong_basis"),
        ("household", {"address": "Số 1"}, PLACE._replace(group=None), "group", "group_needed"),
        ("household", {"address": "-.,/"}, PLACE, "identity.address", "invalid_field"),
        ("household", {"register_number": "- - -"}, PLACE, "identity.register_number", "invalid_field"),
        ("individual", {"register_number": "123456"}, PLACE, "identity", "wrong_basis"),
        ("household", {"citizen_number": "042 000 123"}, PLACE, "identity", "wrong_basis"),
        ("official", {"citizen_number": " . . . . "}, PLACE, "identity.citizen_number", "invalid_field"),
        ("individual", {"address": "Số 1"}, PLACE, "identity.full_name", "required"),
        ("individual", {"address": "Số 1", "full_name": "Họ Tên"}, PLACE, "identity.birth_date", "required"),
        ("pupil", {"roll_number": "7A-12"}, PLACE, "identity.school", "required"),
        ("pupil", {"roll_number": "7A-12", "school": "not-there"}, PLACE, "identity.school", "not_listed"),
        ("clan", {"clan_name": "Họ Lê"}, PLACE._replace(group=None), "group", "group_needed"),
        ("business", {"register_id": "not-there"}, PLACE, "identity.register_id", "not_listed"),
    ],
)
def test_who_cannot_be_identified_is_refused_by_field(
    kind: SignerKind, who: dict[str, str], place: Place, at: str, code: str
) -> None:
    with pytest.raises(SignerRefused) as refused:
        token(kind, SignerIdentity(**who), place, KEY)
    assert (refused.value.at, refused.value.code) == (at, code)
    assert not any(value in str(refused.value) for value in who.values())


def test_every_kind_of_signer_can_be_identified() -> None:
    assert set(BASES) == set(get_args(SignerKind))


SCHOOL = {"roll_number": "7A-12", "school": "18115-truong-thcs"}
PERSON = {"address": "Số 1, ngõ 2", "full_name": "Họ Tên", "birth_date": "1980-01-01"}


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("individual", {"citizen_number": "042 000 123"}, {"citizen_number": "042000123"}, True),
        ("individual", {"citizen_number": "042000123"}, {"citizen_number": "042000124"}, False),
        ("individual", PERSON, {**PERSON, "full_name": "họ  tên", "address": "SỐ 1 ngõ 2"}, True),
        ("individual", PERSON, {**PERSON, "birth_date": "1981-01-01"}, False),
        ("individual", PERSON, {**PERSON, "full_name": "Họ Ten"}, False),
        ("individual", PERSON, {**PERSON, "address": "Số 2, ngõ 2"}, False),
        ("pupil", SCHOOL, {**SCHOOL, "roll_number": "7a 12"}, True),
        ("pupil", SCHOOL, {**SCHOOL, "roll_number": "7A-13"}, False),
        ("pupil", SCHOOL, {**SCHOOL, "school": "18118-truong-thcs"}, False),
        ("clan", {"clan_name": "Họ Nguyễn"}, {"clan_name": "họ nguyễn"}, True),
        ("clan", {"clan_name": "Họ Nguyễn"}, {"clan_name": "Họ Lê"}, False),
    ],
)
def test_a_signer_of_each_kind_is_one_however_it_is_written(
    kind: SignerKind, one: dict[str, str], other: dict[str, str], same: bool
) -> None:
    everywhere = PLACE._replace(lists=lambda _: True)
    tokens = [token(kind, SignerIdentity(**who), everywhere, KEY).value for who in (one, other)]
    assert (tokens[0] == tokens[1]) is same


def test_an_official_who_also_signs_as_a_resident_is_a_signer_of_each_kind() -> None:
    who = SignerIdentity(citizen_number="042000123")
    assert token("official", who, PLACE, KEY).value != token("individual", who, PLACE, KEY).value


def test_a_person_is_the_same_in_another_group_and_a_clan_is_not() -> None:
    elsewhere = PLACE._replace(group="18115-tdp-02")
    for kind, who, same in (("individual", PERSON, True), ("clan", {"clan_name": "Họ Lê"}, False)):
        identity = SignerIdentity(**who)
        here = token(kind, identity, PLACE, KEY).value  # type: ignore[arg-type]
        assert (token(kind, identity, elsewhere, KEY).value == here) is same  # type: ignore[arg-type]


def test_a_key_never_shows_its_secret() -> None:
    assert "kkk" not in repr(KEY)
