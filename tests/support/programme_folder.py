"""The folder of the pilot town for tests, whole or with something wrong in it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.contracts.programme import Programme, parse

FOLDER = Path(__file__).parents[2] / "programmes" / "hong-linh-2024"
Files = Mapping[str, bytes]


@cache
def pilot_files() -> Files:
    return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}


@cache
def pilot() -> Programme:
    return parse(pilot_files())


def edited(file: str, old: str, new: str) -> Files:
    """The folder with the first `old` in a file replaced."""
    text = pilot_files()[file].decode()
    assert old in text, f"{old!r} is not in {file}: the example is out of date"
    return {**pilot_files(), file: text.replace(old, new, 1).encode()}


def added(file: str, *lines: str) -> Files:
    """The folder with lines at the end of a file."""
    text = pilot_files()[file].decode()
    return {**pilot_files(), file: (text + "\n".join(lines) + "\n").encode()}


def without(file: str, starting: str) -> Files:
    """The folder without the lines of a file that start so."""
    lines = pilot_files()[file].decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(starting)]
    assert len(kept) < len(lines), f"no line of {file} starts with {starting!r}: the example is out of date"
    return {**pilot_files(), file: "".join(kept).encode()}
