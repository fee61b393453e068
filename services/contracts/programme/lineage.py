"""What became of units and what they were made of: the map of one day seen from another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from services.contracts.programme.units import Succession, Units

Change = Literal["unchanged", "rename", "merge", "split", "part"]
Exact = int | Fraction
_ONE_DAY = timedelta(days=1)


class Share(NamedTuple):
    """`weight` of one unit lies in another; None: a part of it does, and nobody declared how large a part."""

    weight: Exact | None
    provisional: bool = False

    def plus(self, other: "Share") -> "Share":
        weight = None if self.weight is None or other.weight is None else self.weight + other.weight
        return Share(weight, self.provisional or other.provisional)

    def times(self, other: "Share") -> "Share":
        weight = None if self.weight is None or other.weight is None else self.weight * other.weight
        return Share(weight, self.provisional or other.provisional)


@dataclass(frozen=True)
class Lineage:
    """The successions of a map, both ways. What happens on one day happens at once, to what stood the day before."""

    units: Units

    def predecessors(self, unit: str) -> tuple[Succession, ...]:
        """What of other units it was made of, or has received since; in order of time."""
        return self._into.get(unit, ())

    def successors(self, unit: str) -> tuple[Succession, ...]:
        """Where it went, or what it has given away while it stands; in order of time."""
        return self._out_of.get(unit, ())

    def change(self, step: Succession) -> Change:
        """What a succession is called: a whole unit that goes alone is renamed, or unchanged if it keeps its name."""
        old, new = self.units.by_id[step.old_unit], self.units.by_id[step.new_unit]
        alone = new.valid_from == step.on and [row for row in self._into[new.id] if row.on == step.on] == [step]
        if step.extent == "part":
            return "split" if alone and not old.valid_on(step.on) else "part"
        if not alone:
            return "merge"
        return "unchanged" if old.name == new.name else "rename"

    def became(self, unit: str, since: date, on: date) -> dict[str, Share]:
        """Old map to new: what the unit was on the day `since`, shared out over the units of a later day.

        The weights add up to 1. What ended without a successor stays with the unit that ended.
        """
        step = next((row for row in self.successors(unit) if since < row.on <= on), None)
        if step is None:
            return {unit: Share(1)}
        found: dict[str, Share] = {}
        for went, share in self._moved(unit, step.on):
            for later, of_it in self.became(went, step.on, on).items():
                found[later] = found.get(later, Share(0)).plus(share.times(of_it))
        if len(found) == 1:
            return dict.fromkeys(found, Share(1))  # parts of unknown size that came together again are the whole
        return found

    def made_of(self, unit: str, since: date, on: date) -> dict[str, Share]:
        """New map to old: the units of an earlier day that what the unit is on the day `since` came from.

        The weight is the share of the old unit that went into it, as in `became`.
        """
        older = (one for one in self._older(unit, since, on) if self.units.by_id[one].valid_on(on))
        shares = ((one, self.became(one, on, since).get(unit)) for one in sorted(older))
        return {one: share for one, share in shares if share is not None}

    def on_map(self, unit: str, day: date) -> dict[str, Share]:
        """The unit on the map of any day: itself while it stands, else what it became or was made of."""
        known = self.units.by_id[unit]
        if known.valid_to is not None and known.valid_to < day:
            shares = self.became(unit, known.valid_to, day)
            return {one: share for one, share in shares.items() if self.units.by_id[one].valid_on(day)}
        if day < known.valid_from:
            return self.made_of(unit, known.valid_from, day)
        return {unit: Share(1)}

    def later(self, unit: str) -> tuple[str, ...]:
        """Every unit to which some of it ever went, nearest first."""
        found: list[str] = []
        waiting = [(unit, date.min)]
        while waiting:
            one, since = waiting.pop(0)
            for row in self.successors(one):
                if row.on >= since and row.new_unit not in found:
                    found.append(row.new_unit)
                    waiting.append((row.new_unit, row.on))
        return tuple(found)

    def _moved(self, unit: str, day: date) -> Iterator[tuple[str, Share]]:
        """Where the parts of a unit went on a day; the rest stays while it stands."""
        rows = [row for row in self.successors(unit) if row.on == day]
        if self.units.by_id[unit].valid_on(day):
            weights = [row.weight for row in rows if row.weight is not None]
            rest = 1 - sum(weights) if len(weights) == len(rows) else None
            yield unit, Share(rest, any(row.provisional for row in rows))
        elif [(row.extent, row.weight) for row in rows] == [("part", None)]:
            yield unit, Share(None)  # of one that ended, the other part is not told
        for row in rows:
            yield row.new_unit, Share(1) if row.extent == "whole" else Share(row.weight, row.provisional)

    def _older(self, unit: str, since: date, on: date) -> set[str]:
        """The unit and everything that some of it may have come from after the day `on`."""
        found, waiting = {unit}, [(unit, since)]
        while waiting:
            newer, last = waiting.pop()
            rows = [row for row in self.predecessors(newer) if on < row.on <= last]
            waiting += [(row.old_unit, row.on - _ONE_DAY) for row in rows]
            found.update(row.old_unit for row in rows)
        return found

    @cached_property
    def _into(self) -> Mapping[str, tuple[Succession, ...]]:
        return _grouped(self.units.successions, lambda row: row.new_unit)

    @cached_property
    def _out_of(self) -> Mapping[str, tuple[Succession, ...]]:
        return _grouped(self.units.successions, lambda row: row.old_unit)


def _grouped(rows: Iterable[Succession], key: Callable[[Succession], str]) -> dict[str, tuple[Succession, ...]]:
    found: dict[str, list[Succession]] = {}
    for row in sorted(rows, key=lambda row: (row.on, row.old_unit, row.new_unit)):
        found.setdefault(key(row), []).append(row)
    return {unit: tuple(steps) for unit, steps in found.items()}
