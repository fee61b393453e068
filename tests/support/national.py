"""The national lists of units and of the mergers of 2025, as a programme would read them."""

from functools import cache
from pathlib import Path

from services.contracts.programme import Units, parse_map

FOLDER = Path(__file__).parents[2] / "data" / "national"


@cache
def national_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}


@cache
def nation() -> Units:
    return parse_map(national_files())
