"""Figures of one map told on the map of another day, so that their sums stay what they are.

Only what is counted can be carried: stocks, which hold on a day, and flows, which are added up over the days on which
one map held (`stubs`). A flag cannot be, a ratio only by its two parts. Certificates and streaks are not carried:
they stay with the unit that earned them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from services.contracts.errors import Text
from services.contracts.programme.lineage import Exact, Lineage, Share


class CannotCarry(Exception):
    """A figure of `unit` cannot be told on another map; `text` names the unit and says why, in both languages."""

    def __init__(self, unit: str, text: Text) -> None:
        super().__init__(text.en)
        self.unit = unit
        self.text = text


class Carried(NamedTuple):
    """A figure on the other map.

    `provisional`: the size of a part in it is. `missing`: units of the first map that belong to it and for which no
    figure was given (one that took no part before it joined): it is not the whole, and not to be compared with it.
    """

    value: Exact
    provisional: bool = False
    missing: tuple[str, ...] = ()

    def plus(self, other: "Carried") -> "Carried":
        missing = tuple(sorted({*self.missing, *other.missing}))
        return Carried(self.value + other.value, self.provisional or other.provisional, missing)


def carry(lineage: Lineage, figures: Mapping[str, Exact], since: date, on: date) -> dict[str, Carried]:
    """What units counted on the map of the day `since`, by the units of the day `on`, earlier or later.

    The sum is kept: whole units and whole numbers exactly, parts by their declared weights as exact fractions. Raises
    CannotCarry for a figure that would have to be divided and nobody said how: a part without a weight, or a merged
    unit asked for on the map before its merger.
    """
    found: dict[str, Carried] = {}
    for unit, figure in figures.items():
        if not lineage.units.by_id[unit].valid_on(since):
            raise _cannot(lineage, unit, f"không tồn tại ngày {since}", f"does not stand on {since}")
        for target, share in _shares(lineage, unit, since, on):
            assert share.weight is not None
            carried = Carried(figure * share.weight, share.provisional)
            found[target] = found[target].plus(carried) if target in found else carried
    absent = _absent(lineage, figures, found, since, on)
    return {unit: carried._replace(missing=absent.get(unit, ())) for unit, carried in found.items()}


def added(carried: Iterable[Mapping[str, Carried]]) -> dict[str, Carried]:
    """Flows of several stretches of time, already on one map, as one."""
    found: dict[str, Carried] = {}
    for figures in carried:
        for unit, figure in figures.items():
            found[unit] = found[unit].plus(figure) if unit in found else figure
    return found


def _shares(lineage: Lineage, unit: str, since: date, on: date) -> Iterable[tuple[str, Share]]:
    return _forward(lineage, unit, since, on) if since <= on else _back(lineage, unit, since, on)


def _forward(lineage: Lineage, unit: str, since: date, on: date) -> Iterator[tuple[str, Share]]:
    for target, share in lineage.became(unit, since, on).items():
        if not lineage.units.by_id[target].valid_on(on):
            vi, en = "đã kết thúc mà không ghi nhập vào đâu", "ended, and nothing says what became of it"
            raise _cannot(lineage, target, vi, en)
        if share.weight is None:
            vi = f"được chia vào {_name(lineage, target)} mà không có tỷ lệ (succession.csv: weight_num, weight_den)"
            en = f"went in part to {_name(lineage, target)}, without a weight (succession.csv: weight_num, weight_den)"
            raise _cannot(lineage, unit, vi, en)
        yield target, share


def _back(lineage: Lineage, unit: str, since: date, on: date) -> Iterator[tuple[str, Share]]:
    """A unit that came from one alone, a piece of it or all, goes back to it whole."""
    older = list(lineage.made_of(unit, since, on))
    if not older:
        raise _cannot(lineage, unit, f"chưa có gì trước nó ngày {on}", f"was made of nothing that stood on {on}")
    if len(older) > 1:
        names = ", ".join(_name(lineage, one) for one in older)
        raise _cannot(lineage, unit, f"gồm {names}: không thể chia lại", f"is made of {names}: it cannot be divided")
    yield older[0], Share(1)


def _absent(
    lineage: Lineage, figures: Mapping[str, Exact], found: Mapping[str, Carried], since: date, on: date
) -> dict[str, tuple[str, ...]]:
    """By unit of the other map: what belongs to it on the first map and gave no figure."""
    absent: dict[str, tuple[str, ...]] = {}
    for target in found:
        look = lineage.made_of(target, on, since) if since <= on else lineage.became(target, on, since)
        absent[target] = tuple(sorted(look.keys() - figures.keys()))
    return absent


def _cannot(lineage: Lineage, unit: str, vi: str, en: str) -> CannotCarry:
    name = _name(lineage, unit)
    return CannotCarry(unit, Text(f"{name} {vi}.", f"{name} {en}."))


def _name(lineage: Lineage, unit: str) -> str:
    return f"{lineage.units.by_id[unit].name} ({unit})"
