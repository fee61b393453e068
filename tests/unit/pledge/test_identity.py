"""Who signed becomes a token: one for one signer, however the name of the street was typed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.contracts.fields import SignerKind
from services.contracts.programme.ids import organisation_token
from services.contracts.requests import SignerIdentity
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
        ("individual", {"register_number": "123456"}, PLACE, "kind", "kind_not_taken"),
    ],
)
def test_who_cannot_be_identified_is_refused_by_field(
    kind: SignerKind, who: dict[str, str], place: Place, at: str, code: str
) -> None:
    with pytest.raises(SignerRefused) as refused:
        token(kind, SignerIdentity(**who), place, KEY)
    assert (refused.value.at, refused.value.code) == (at, code)
    assert not any(value in str(refused.value) for value in who.values())


def test_the_kinds_that_are_taken_are_the_rows_of_the_table() -> None:
    assert set(BASES) == {"household", "organisation"}


def test_a_key_never_shows_its_secret() -> None:
    assert "kkk" not in repr(KEY)
