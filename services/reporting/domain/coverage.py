"""Distinct signers of a kind: over a dated denominator (CT05 households, CT08 organisations), or as a mere number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from services.contracts.programme import Denominator
from services.contracts.programme.calendars import local_midnight
from services.reporting.domain import branches
from services.reporting.domain.branches import Branch
from services.reporting.domain.case import Case, Cause, Finding, FlagName
from services.reporting.domain.inputs import DayCount, Value

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Covered(Cause):
    """A reporting unit: its distinct signers by day, and its newest denominator (None: it has none)."""

    unit: str
    counts: tuple[DayCount, ...]
    denominator: Denominator | None

    def signed_by(self, day: date) -> int:
        return sum(entry.n for entry in self.counts if entry.day <= day)

    def ahead(self, day: date, end: date) -> list[DayCount]:
        """What begins to count after a day, up to an end."""
        return [entry for entry in self.counts if day < entry.day <= end and entry.n]


def coverage(case: Case) -> Finding:
    """Formula: signers in the reporting units up to today or the period's end / sum of the latest denominators.

    Required of an open period: the whole target (step) or the part of it that falls to today (linear).
    """
    units, others = tuple(_covered(case, case.standing)), tuple(_covered(case, case.not_standing))
    denominators = [unit.denominator for unit in units if unit.denominator is not None]
    if len(denominators) < len(units):
        return Finding(branches.DENOMINATOR_UNKNOWN, changes=case.map_changes, causes=units, aside=others)
    den = sum(entry.value for entry in denominators)
    if den == 0:
        return Finding(branches.DENOMINATOR_ZERO, changes=case.map_changes, causes=units, aside=others)
    value = Value(sum(unit.signed_by(last_day(case)) for unit in units), den)
    needed = required(case, last_day(case))
    enough = value.fraction >= needed
    return Finding(
        _branch(case, enough=enough),
        value=value,
        flags=_flags(value, denominators),
        changes=()
        if case.closed
        else (case.period.closes_at, *case.map_changes, *_midnights(case, units, value, enough)),
        causes=units,
        aside=others,
        required=needed,
    )


def _branch(case: Case, *, enough: bool) -> Branch:
    if case.closed:
        return branches.PASSES if enough else branches.FAILS
    return branches.ON_PACE if enough else branches.BEHIND_PACE


def signers(case: Case) -> Finding:
    """Formula: signers in the reporting units up to today or the period's end; for want of a denominator not judged."""
    units, others = tuple(_covered(case, case.standing)), tuple(_covered(case, case.not_standing))
    counted = Value(sum(unit.signed_by(last_day(case)) for unit in units))
    ahead = _first_ahead(case, units)
    changes = (*case.map_changes, *([] if ahead is None else [local_midnight(ahead)]))
    return Finding(branches.COUNTED, value=counted, changes=changes, causes=units, aside=others)


def required(case: Case, day: date) -> Fraction:
    """The share required on a day: target x days of the programme so far / all its days when linear."""
    programme, target = case.programme, case.indicator.target.value
    if case.indicator.trajectory == "step":
        return target
    reached = min(max(day, programme.starts_on), programme.ends_on)
    return target * Fraction(_days(programme.starts_on, reached), _days(programme.starts_on, programme.ends_on))


def _covered(case: Case, leaves: Iterable[str]) -> Iterator[Covered]:
    kind = case.indicator.signer_kind or ""
    for leaf in leaves:
        denominator = case.programme.denominators.latest(leaf, kind, case.period.end)
        yield Covered(leaf, case.facts.signers.get((kind, leaf), ()), denominator)


def last_day(case: Case) -> date:
    """Signatures of later days do not count yet."""
    return min(case.period.end, case.today)


def _flags(value: Value, denominators: list[Denominator]) -> frozenset[FlagName]:
    flags: set[FlagName] = set()
    if any(entry.provisional for entry in denominators):
        flags.add("provisional")
    if value.num > value.den:
        flags.add("quality")
    return frozenset(flags)


def _midnights(case: Case, units: Iterable[Covered], value: Value, enough: bool) -> list[datetime]:
    """When a signature dated ahead begins to count, and when a linear requirement overtakes what is there."""
    days = [_first_ahead(case, units), _overtaken_on(case, value) if enough else None]
    return [local_midnight(day) for day in days if day is not None and day <= case.period.end]


def _first_ahead(case: Case, units: Iterable[Covered]) -> date | None:
    return min((entry.day for unit in units for entry in unit.ahead(case.today, case.period.end)), default=None)


def _overtaken_on(case: Case, value: Value) -> date | None:
    """The first day on which the linear requirement is above the value: day k with target x k / all > value."""
    target = case.indicator.target.value
    if case.indicator.trajectory == "step" or target == 0:
        return None
    all_days = _days(case.programme.starts_on, case.programme.ends_on)
    reached = value.fraction * all_days / target
    return case.programme.starts_on + _ONE_DAY * int(reached) if reached < all_days else None


def _days(first: date, last: date) -> int:
    return (last - first).days + 1
