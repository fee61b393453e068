"""The words of a receipt: enough chance, the same without marks, a slip is seen, nothing stored leads back."""

import unicodedata

import pytest

from services.notify.domain.receipt_list import WORDS
from services.notify.domain.receipts import BITS_A_WORD, SECRET_WORDS, read_words, receipt_of, words_of

RECEIPT = words_of(b"sixteen bytes of" * 2)


def test_the_list_holds_as_many_different_words_without_marks_as_its_bits_say() -> None:
    assert len(WORDS) == len(set(WORDS)) == 2**BITS_A_WORD
    assert SECRET_WORDS * BITS_A_WORD >= 80
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)


def test_words_are_read_with_marks_capitals_and_any_gaps() -> None:
    written = "  ".join(RECEIPT).upper() + ".\n"
    assert read_words(written) == RECEIPT
    marked = unicodedata.normalize("NFC", " ".join(word[0] + word[1:].replace("a", "á") for word in RECEIPT))
    assert read_words(marked) == RECEIPT
    assert read_words(" ".join(RECEIPT).replace("d", "đ")) == RECEIPT


def test_a_slip_of_one_word_or_two_in_the_wrong_order_is_seen() -> None:
    caught = 0
    for place in range(len(RECEIPT)):
        other = WORDS[(WORDS.index(RECEIPT[place]) + 1) % len(WORDS)]
        caught += read_words(" ".join((*RECEIPT[:place], other, *RECEIPT[place + 1 :]))) is None
    assert caught == len(RECEIPT)
    assert read_words(" ".join((RECEIPT[1], RECEIPT[0], *RECEIPT[2:]))) is None


@pytest.mark.parametrize(
    "text", ["", "mot hai ba", "x" * 400, " ".join(RECEIPT[:-1]), " ".join((*RECEIPT, RECEIPT[0]))]
)
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert read_words(text) is None


def test_the_same_chance_gives_the_same_words_and_other_chance_others() -> None:
    assert words_of(b"sixteen bytes of" * 2) == RECEIPT
    assert len({words_of(number.to_bytes(16, "big")) for number in range(200)}) == 200


def test_what_is_stored_follows_from_the_words_alone() -> None:
    once, again, other = receipt_of(RECEIPT), receipt_of(RECEIPT), receipt_of(words_of(b"y" * 16))
    assert once.lookup_hash == again.lookup_hash != other.lookup_hash
    assert bytes(once.private_key) == bytes(again.private_key) != bytes(other.private_key)
    assert bytes(once.private_key) != once.lookup_hash
