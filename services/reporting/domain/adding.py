"""Adding up what the parts of a unit say, where an evaluator remembers it: the same lots, fewer of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Protocol, Self, TypeVar

from services.reporting.domain.case import Case
from services.reporting.domain.parts import adds_up, parts_of
from services.reporting.domain.tallies import Key, Part


class Addable(Protocol):
    """Of lots that are `alike` no rule can tell one from the other."""

    @property
    def alike(self) -> Hashable: ...

    def with_others(self, others: Sequence[Self]) -> Self: ...


L = TypeVar("L", bound=Addable)
Listed = Callable[[Case, Part, Iterable[str]], Iterable[L]]
"""The lots of some reporting units, one by one."""


def added_up(case: Case, listed: Listed[L]) -> list[L] | None:
    """The lots that decide a case; None where nothing is added up beforehand, and all must be looked at."""
    if case.facts.tallies is None or not adds_up(case.unit, case.indicator.code, case.period, case.programme):
        return None
    parts = parts_of(case.indicator, case.period, case.programme, case.now)
    return [lot for part in parts for lot in _tally(case, part, listed)]


def _tally(case: Case, part: Part, listed: Listed[L]) -> tuple[L, ...]:
    tallies, units = case.facts.tallies, case.programme.units
    assert tallies is not None
    key = Key(case.unit, case.indicator.code, part)
    if key in tallies:
        return tallies[key]
    below = (_tally(replace(case, unit=one), part, listed) for one in units.holders_below(case.unit))
    own = listed(case, part, units.reporting_directly_below(case.unit))
    return tallies.remember(key, merged(chain(own, *below)))


def merged(lots: Iterable[L]) -> Iterable[L]:
    alike: dict[Hashable, list[L]] = defaultdict(list)
    for lot in lots:
        alike[lot.alike].append(lot)
    return (first.with_others(others) for first, *others in alike.values())
