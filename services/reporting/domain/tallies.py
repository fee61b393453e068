"""What was added up below units that do not report themselves, remembered from one turn of an evaluator to the next.

Nothing here is a fact. All of it follows from facts, is made again from them whenever it is missing, and is forgotten
as soon as a mark says that one of them has moved (ADR 31).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

MOST: Final = 50_000
"""Entries that are remembered: a few hundred bytes each. A nation of two levels above its wards has some 20,000."""


class Part(NamedTuple):
    """The reports on a form for some base periods, which lie on the days from `since` to `until`.

    `owed` None: all of them. Else of every reporting unit the last one that came, or, of the first `owed` of the base
    periods, is owed.
    """

    form: str
    bases: tuple[str, ...]
    owed: int | None
    since: date
    until: date


class Key(NamedTuple):
    unit: str
    indicator: str
    part: Part


@dataclass
class Tallies:
    """Of one version of a programme. `wanted`: those that may be made now, because what they rest on has been read."""

    wanted: frozenset[Key] = frozenset()
    _edition: tuple[str, int] = ("", 0)
    _known: dict[tuple[str, str], dict[Part, tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(dict))
    _size: int = 0

    def begin(self, programme: str, version: int) -> None:
        """For another turn. What another version of the programme says is forgotten, and all when it is too much."""
        self.wanted = frozenset()
        if self._edition != (programme, version) or self._size > MOST:
            self.forget_all()
        self._edition = (programme, version)

    def __contains__(self, key: Key) -> bool:
        return key.part in self._known.get(key[:2], ())

    def __getitem__(self, key: Key) -> tuple[Any, ...]:
        return self._known[key[:2]][key.part]

    def remember(self, key: Key, lots: Iterable[Any]) -> tuple[Any, ...]:
        """Raises LookupError for one that is not wanted: what was not read must not pass for missing."""
        if key not in self.wanted:
            raise LookupError(f"{key}: its reports were not read")
        self._size += 1
        found = self._known[key[:2]][key.part] = tuple(lots)
        return found

    def forget_all(self) -> None:
        self._known.clear()
        self._size = 0

    def forget(self, units: Iterable[str], indicators: Collection[str], since: date | None, until: date | None) -> None:
        """What rests on days from `since` to `until` (None: without limit), for these units and indicators."""
        for unit in units:
            for indicator in indicators:
                parts = self._known.get((unit, indicator), {})
                moved = [part for part in parts if _meets(part, since, until)]
                self._size -= len(moved)
                for part in moved:
                    del parts[part]


def _meets(part: Part, since: date | None, until: date | None) -> bool:
    return (since is None or since <= part.until) and (until is None or part.since <= until)
