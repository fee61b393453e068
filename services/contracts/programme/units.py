"""Units and their tree. A unit is a code together with the day from which it was valid: codes are reused.

18115 is phường Bắc Hồng until 30/6/2025 and phường Bắc Hồng Lĩnh from 1/7/2025; they are two units.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from services.contracts.programme.calendars import Period

UnitKind = Literal["country", "province", "city", "town", "district", "ward", "commune", "township", "special_zone"]
_ONE_DAY = timedelta(days=1)
LEAF_KINDS: Final[frozenset[UnitKind]] = frozenset({"ward", "commune", "township", "special_zone"})


@dataclass(frozen=True, slots=True)
class Unit:
    """`valid_to` is the last day; None while the unit still stands. `parent` is a unit id."""

    id: str
    code: str
    kind: UnitKind
    name: str
    valid_from: date
    valid_to: date | None
    parent: str | None

    @property
    def is_leaf(self) -> bool:
        """True for the kinds that owe reports."""
        return self.kind in LEAF_KINDS

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, start: date, end: date) -> bool:
        return self.valid_from <= end and (self.valid_to is None or start <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """On the day `on` the whole or a part of `old_unit` became (a part of) `new_unit`. Both are unit ids.

    `weight`: the declared size of a part, as a share of the old unit; None where nobody declared it, and of a whole.
    """

    old_unit: str
    new_unit: str
    on: date
    extent: Literal["whole", "part"]
    decision: str
    weight: Fraction | None = None
    provisional: bool = False
    source: str = ""


@dataclass(frozen=True)
class Units:
    """All units of a programme; the tree has no cycle (the parser refuses one)."""

    by_id: Mapping[str, Unit]
    successions: tuple[Succession, ...] = ()
    _leaves_on: dict[tuple[str, int, int], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def resolve(self, ref: str, on: date) -> Unit | None:
        """The unit that a code or an id means on a day; None when there is none on that day."""
        candidates = self._by_code.get(ref, ())
        if ref in self.by_id:
            candidates = (self.by_id[ref],)
        return next((unit for unit in candidates if unit.valid_on(on)), None)

    def during(self, ref: str, first: date, last: date) -> tuple[Unit, ...]:
        """The units that a code or an id means on the days from `first` to `last`, the later ones last."""
        known = (self.by_id[ref],) if ref in self.by_id else self._by_code.get(ref, ())
        return tuple(sorted((one for one in known if one.overlaps(first, last)), key=lambda one: one.valid_from))

    def leaves(self, unit_id: str, period: Period) -> tuple[str, ...]:
        """Ids of the reporting units at or below `unit_id` on any day of the period, in the order of the data."""
        return self._during(unit_id, period.start, period.end)

    def standing(self, unit_id: str, day: date) -> tuple[str, ...]:
        """Ids of the reporting units at or below `unit_id` on a day, in the order of the data."""
        return self._during(unit_id, day, day)

    def changes_in(self, unit_id: str, period: Period) -> tuple[date, ...]:
        """The days after the first of a period on which reporting units at or below `unit_id` begin, or are gone."""
        if self.leaves(unit_id, period) == self.standing(unit_id, period.start) == self.standing(unit_id, period.end):
            return ()
        stood = [self.by_id[leaf] for leaf in self.leaves(unit_id, period)]
        began = {unit.valid_from for unit in stood}
        gone = {unit.valid_to + _ONE_DAY for unit in stood if unit.valid_to is not None}
        return tuple(sorted(day for day in began | gone if period.start < day <= period.end))

    def _during(self, unit_id: str, first: date, last: date) -> tuple[str, ...]:
        states = self._new_states
        key = (unit_id, bisect_right(states, first), bisect_right(states, last))
        if key not in self._leaves_on:
            below = self._leaves_below.get(unit_id, ())
            self._leaves_on[key] = tuple(leaf.id for leaf in below if leaf.overlaps(first, last))
        return self._leaves_on[key]

    def subtree(self, unit_id: str) -> frozenset[str]:
        """Ids of the unit and of everything ever below it; empty for an unknown id."""
        return self._subtrees.get(unit_id, frozenset())

    def directly_below(self, unit_id: str) -> tuple[str, ...]:
        """Ids of the units whose parent it ever is, in the order of the data."""
        return self._children.get(unit_id, ())

    def ancestors(self, unit_id: str) -> tuple[str, ...]:
        """Ids above the unit, nearest first."""
        return self._ancestors.get(unit_id, ())

    def within(self, unit_id: str, root_id: str) -> bool:
        """True when the unit is `root_id` or below it."""
        return unit_id in self.subtree(root_id)

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[Unit, ...]]:
        found: dict[str, tuple[Unit, ...]] = {}
        for unit in self.by_id.values():
            found[unit.code] = (*found.get(unit.code, ()), unit)
        return found

    @cached_property
    def _new_states(self) -> tuple[date, ...]:
        """The days on which the map is another one: days between two of them are all alike, and remembered once."""
        units = self.by_id.values()
        gone = {unit.valid_to + _ONE_DAY for unit in units if unit.valid_to is not None and unit.valid_to < date.max}
        return tuple(sorted({unit.valid_from for unit in units} | gone))

    @cached_property
    def _ancestors(self) -> Mapping[str, tuple[str, ...]]:
        return {unit_id: tuple(self._climb(unit_id)) for unit_id in self.by_id}

    def _climb(self, unit_id: str) -> list[str]:
        above = []
        parent = self.by_id[unit_id].parent
        while parent is not None:
            above.append(parent)
            parent = self.by_id[parent].parent
        return above

    @cached_property
    def _subtrees(self) -> Mapping[str, frozenset[str]]:
        members: dict[str, set[str]] = {unit_id: {unit_id} for unit_id in self.by_id}
        for unit_id, above in self._ancestors.items():
            for ancestor in above:
                members[ancestor].add(unit_id)
        return {unit_id: frozenset(ids) for unit_id, ids in members.items()}

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for unit in self.by_id.values():
            if unit.parent is not None:
                found.setdefault(unit.parent, []).append(unit.id)
        return {parent: tuple(children) for parent, children in found.items()}

    @cached_property
    def _leaves_below(self) -> Mapping[str, tuple[Unit, ...]]:
        below: dict[str, list[Unit]] = {}
        for unit in self.by_id.values():
            if unit.is_leaf:
                for holder in (unit.id, *self.ancestors(unit.id)):
                    below.setdefault(holder, []).append(unit)
        return {unit_id: tuple(leaves) for unit_id, leaves in below.items()}
