"""Dated denominators of coverage: how many could sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Denominator:
    unit: str
    kind: str
    as_of: date
    value: int
    provisional: bool
    source: str


@dataclass(frozen=True)
class Denominators:
    entries: tuple[Denominator, ...]

    def latest(self, unit: str, kind: str, on: date) -> Denominator | None:
        """The newest number of a unit and signer kind that was known on a day."""
        return next((entry for entry in self._newest_first.get((unit, kind), ()) if entry.as_of <= on), None)

    @cached_property
    def _newest_first(self) -> dict[tuple[str, str], tuple[Denominator, ...]]:
        return {
            key: tuple(sorted(entries, key=lambda entry: entry.as_of, reverse=True))
            for key, entries in _grouped(self.entries).items()
        }


def _grouped(entries: Iterable[Denominator]) -> dict[tuple[str, str], list[Denominator]]:
    found: dict[tuple[str, str], list[Denominator]] = {}
    for entry in entries:
        found.setdefault((entry.unit, entry.kind), []).append(entry)
    return found
