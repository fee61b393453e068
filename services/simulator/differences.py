"""Where the system and the truth do not agree."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from services.simulator.posting import instant
from services.simulator.truth import Cell, Expected, Number, Truth
from services.simulator.watching import Seen, Seens


class Difference(NamedTuple):
    """`got` is None where the system does not show the cell, `expected` where it shows one that does not exist."""

    at: datetime
    cell: Cell
    expected: Expected | None
    got: Seen | None

    def __str__(self) -> str:
        unit, indicator, period = self.cell
        wanted = "-" if self.expected is None else _told(self.expected.status, self.expected.value)
        got = "-" if self.got is None else _told(self.got.status, self.got.value)
        return f"{instant(self.at)} {unit} {indicator} {period}: expected {wanted}, got {got}"


def differences(at: datetime, truth: Truth, seen: Seens) -> Iterator[Difference]:
    """Every cell in which status, value or the mark of a coverage above 100 % is not as expected."""
    for cell, expected in truth.items():
        got = seen.get(cell)
        if got is None or not agree(expected, got):
            yield Difference(at, cell, expected, got)
    for cell in seen.keys() - truth.keys():
        yield Difference(at, cell, None, seen[cell])


def agree(expected: Expected, got: Seen) -> bool:
    if expected.status != got.status or expected.quality != ("quality" in got.flags):
        return False
    return not expected.stated or _equal(expected.value, got.value)


def _equal(one: Number | None, other: Number | None) -> bool:
    if one is None or other is None or one[1] == 0 or other[1] == 0:
        return one == other
    return Fraction(*one) == Fraction(*other)


def _told(status: str, value: Number | None) -> str:
    return status if value is None else f"{status} {value[0]}/{value[1]}"
