"""A programme has exactly one signer key, or its pledges wait."""

from pathlib import Path

import pytest

from services.kit.errors import Unavailable
from services.pledge.signer_keys import SignerKeys


def put(folder: Path, name: str, size: int = 32) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.key").write_bytes(b"x" * size)


@pytest.mark.parametrize("names", [[], ["one", "two"]])
def test_without_exactly_one_key_no_pledge_is_taken(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        put(tmp_path / "programme", name)
    with pytest.raises(Unavailable):
        SignerKeys(tmp_path).of("programme")


def test_a_key_of_another_length_is_no_key(tmp_path: Path) -> None:
    put(tmp_path / "programme", "one", size=16)
    with pytest.raises(Unavailable):
        SignerKeys(tmp_path).of("programme")


def test_a_key_that_comes_later_is_found_and_then_kept(tmp_path: Path) -> None:
    keys = SignerKeys(tmp_path)
    with pytest.raises(Unavailable):
        keys.of("programme")
    put(tmp_path / "programme", "one")
    first = keys.of("programme")
    put(tmp_path / "programme", "two")
    assert keys.of("programme") == first
    assert first.id == "one"
