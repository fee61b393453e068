"""How much of the nation is simulated: 3,321 wards of 8,130 households, or some of every province.

The map is that of July 2025, as if it had stood in the pilot's year, and nothing that is said of a place is a fact.
Everything follows from the name and the numbers below, so the same land says the same events in every run.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from deploy.laptop import places
from services.contracts.programme.units import LEAF_KINDS

WARDS: Final = 3_321
_MAP: Final = places.ROOT / "data" / "national" / "units.csv"
_SINCE: Final = "2025-07-01"
HOUSEHOLDS: Final = 8_130
"""Of a ward: 27 million in all, shared out evenly."""
SHEET: Final = 200
GROUPS: Final = 10
SINCE: Final = "2018-01-01"
COUNTRY: Final = "000"


class Ward(NamedTuple):
    code: str
    province: str

    @property
    def id(self) -> str:
        return unit_id(self.code)

    def group(self, number: int) -> str:
        return f"{self.code}-{number % GROUPS + 1:02}"


@dataclass(frozen=True)
class Land:
    """A programme's id, and how large it is."""

    programme: str
    wards: int
    households: int = HOUSEHOLDS

    @classmethod
    def part(cls, share: float) -> "Land":
        """So much of the nation, e.g. 0.1: at least one ward."""
        wards = max(1, round(WARDS * share))
        return cls(f"nation-{wards}", wards)

    @property
    def signatures(self) -> int:
        return self.wards * self.households

    def listed(self) -> Iterator[Ward]:
        """Its wards, in the order of the list, taken from all over it."""
        every = _every()
        return (every[number * len(every) // self.wards] for number in range(self.wards))


@cache
def _every() -> tuple[Ward, ...]:
    with _MAP.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["valid_from"] == _SINCE and row["kind"] in LEAF_KINDS]
    return tuple(Ward(row["code"], row["parent_code"]) for row in rows)


def unit_id(code: str) -> str:
    return f"{code}@{SINCE}"
