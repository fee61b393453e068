"""A made-up map that changes: units merge, split, give parts away and take new names, told as the files tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from services.contracts.programme import Units, parse_map

FIRST = date(2018, 1, 1)
ONE_DAY = timedelta(days=1)
Weights = Mapping[str, Fraction]


@dataclass
class MovingMap:
    """`standing`: the ids of today. Every change happens on `today`, which only goes forward.

    `counted` is moved with the territory, step by step: what `carry` must find in one.
    """

    today: date = FIRST
    rows: dict[str, list[str]] = field(default_factory=dict)
    successions: list[str] = field(default_factory=list)
    counted: dict[str, Fraction] = field(default_factory=dict)

    @property
    def standing(self) -> list[str]:
        return sorted(unit for unit, row in self.rows.items() if not row[2])

    def found(self, code: str) -> str:
        unit = f"{code}@{self.today}"
        self.rows[unit] = [code, self.today.isoformat(), "", "ward", f"Phường {code}-{self.today}", "", ""]
        return unit

    def merge(self, units: list[str]) -> str:
        """The new unit takes the code of the first, as those of 2025 did. One alone is renamed."""
        values = [self.counted.pop(unit, Fraction(0)) for unit in units]
        self._end(units)
        new = self.found(units[0].split("@")[0])
        self._tell(new, sum(values, Fraction(0)), ((unit, "whole", None) for unit in units))
        return new

    def split(self, unit: str, into: list[str], weights: list[Fraction] | None) -> None:
        """A unit ends, and the units `into`, new or standing, have its parts."""
        value = self.counted.pop(unit, Fraction(0))
        self._end([unit])
        for number, new in enumerate(into):
            weight = weights[number] if weights else None
            self._tell(new, value * weight if weight else Fraction(0), [(unit, "part", weight)])

    def give(self, unit: str, to: str, weight: Fraction) -> None:
        """A part of a unit goes to another; both stand."""
        value = self.counted.get(unit, Fraction(0))
        self.counted[unit] = value * (1 - weight)
        self._tell(to, value * weight, [(unit, "part", weight)])

    def files(self) -> dict[str, bytes]:
        units = ["code,valid_from,valid_to,kind,name,parent_code,note", *map(",".join, self.rows.values())]
        head = "old_unit,new_unit,on,extent,decision,weight_num,weight_den,weight_provisional,weight_source"
        return {
            "units.csv": "\n".join([*units, ""]).encode(),
            "succession.csv": "\n".join([head, *self.successions, ""]).encode(),
        }

    def units(self) -> Units:
        return parse_map(self.files())

    def _end(self, units: list[str]) -> None:
        for unit in units:
            self.rows[unit][2] = (self.today - ONE_DAY).isoformat()

    def _tell(self, new: str, value: Fraction, olds: Iterable[tuple[str, str, Fraction | None]]) -> None:
        self.counted[new] = self.counted.get(new, Fraction(0)) + value
        for old, extent, weight in olds:
            share = f"{weight.numerator},{weight.denominator},true," if weight is not None else ",,,"
            self.successions.append(f"{old},{new},{self.today},{extent},QĐ,{share}")
