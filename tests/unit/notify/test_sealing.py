"""A tip opens with the right key and in no other way; its length says little."""

from uuid import uuid4

import pytest
from nacl.public import PrivateKey

from services.notify.domain import sealing
from services.notify.domain.sealing import NotOpened, RecipientKey

TIP, OTHER = uuid4(), uuid4()
SECRET = sealing.new_secret()
KEYS = {name: PrivateKey.generate() for name in ("ward", "town", "stranger")}


def key_of(name: str) -> RecipientKey:
    public = bytes(KEYS[name].public_key)
    return RecipientKey(sealing.key_id_of(public), name, public)


def sealed_tip(
    content: bytes = b"what was said", images: tuple[bytes, ...] = (b"a picture", b"another")
) -> sealing.Sealed:
    return sealing.seal(TIP, content, images, [key_of("ward"), key_of("town")], SECRET)


def opened_by(name: str, sealed: sealing.Sealed, of: str) -> bytes:
    """The tip's key, as `name` opens what was sealed to `of`."""
    key_id = key_of(of).key_id
    return sealing.tip_key(sealing.unwrapped(TIP, key_id, sealed.keys[key_id], SECRET), bytes(KEYS[name]))


@pytest.mark.parametrize("name", ["ward", "town"])
def test_every_recipient_opens_all_of_it(name: str) -> None:
    sealed = sealed_tip()
    key = opened_by(name, sealed, name)
    assert sealing.opened_content(TIP, sealed.content, key) == b"what was said"
    assert [sealing.opened_image(TIP, n, one, key) for n, one in enumerate(sealed.images)] == [b"a picture", b"another"]


def test_no_other_key_opens_it() -> None:
    sealed = sealed_tip()
    for name, of in (("stranger", "ward"), ("ward", "town"), ("town", "ward")):
        with pytest.raises(NotOpened):
            opened_by(name, sealed, of)
    with pytest.raises(NotOpened):
        sealing.opened_content(TIP, sealed.content, sealing.new_secret())


def test_without_its_secret_nobody_gets_as_far_as_a_sealed_key() -> None:
    sealed = sealed_tip()
    for key_id, wrapped in sealed.keys.items():
        with pytest.raises(NotOpened):
            sealing.unwrapped(TIP, key_id, wrapped, sealing.new_secret())
        with pytest.raises(NotOpened):
            sealing.tip_key(wrapped, bytes(KEYS["ward"]))


def test_what_was_moved_to_another_row_or_place_does_not_open() -> None:
    sealed = sealed_tip()
    key = opened_by("ward", sealed, "ward")
    ward, town = key_of("ward").key_id, key_of("town").key_id
    for attempt in (
        lambda: sealing.opened_content(OTHER, sealed.content, key),
        lambda: sealing.opened_image(TIP, 1, sealed.images[0], key),
        lambda: sealing.opened_content(TIP, sealed.images[0], key),
        lambda: sealing.unwrapped(OTHER, ward, sealed.keys[ward], SECRET),
        lambda: sealing.unwrapped(TIP, town, sealed.keys[ward], SECRET),
    ):
        with pytest.raises(NotOpened):
            attempt()


@pytest.mark.parametrize("flipped", [0, 30, -1])
def test_a_bit_that_was_changed_is_seen(flipped: int) -> None:
    sealed = sealed_tip()
    content = bytearray(sealed.content)
    content[flipped] ^= 1
    with pytest.raises(NotOpened):
        sealing.opened_content(TIP, bytes(content), opened_by("ward", sealed, "ward"))


def test_lengths_fall_into_few_classes() -> None:
    lengths = {len(sealed_tip(b"x" * length, ()).content) for length in (0, 1, 500, 2_047)}
    assert len(lengths) == 1
    assert len({len(sealed_tip(b"x" * length, ()).content) for length in (0, 2_048, 8_192, 32_768)}) == 4
    images = {len(sealed_tip(b"", (b"x" * length,)).images[0]) for length in (1, 10_000, 65_535)}
    assert len(images) == 1
    with pytest.raises(sealing.TooLarge):
        sealed_tip(b"x" * 131_072)


def test_a_fingerprint_says_nothing_without_the_secret_and_knows_a_repetition() -> None:
    assert sealing.fingerprint(b"body", SECRET) == sealing.fingerprint(b"body", SECRET)
    assert len({sealing.fingerprint(body, key) for body in (b"body", b"other") for key in (SECRET, bytes(32))}) == 4
