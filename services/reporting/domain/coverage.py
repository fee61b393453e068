"""Coverage: distinct signers of a kind over a dated denominator (CT05 households, CT08 organisations)."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from services.contracts.programme import Denominator
from services.contracts.programme.calendars import local_midnight
from services.reporting.domain.case import Case, Finding, FlagName
from services.reporting.domain.inputs import DayCount, Value

_ONE_DAY = timedelta(days=1)


def coverage(case: Case) -> Finding:
    """Formula: signers in the reporting units up to today or the period's end / sum of the latest denominators.

    Required of an open period: the whole target (step) or the part of it that falls to today (linear).
    """
    denominators = _denominators(case)
    if denominators is None:
        return Finding("no_data")
    den = sum(entry.value for entry in denominators)
    if den == 0:
        return Finding("not_due")
    value = Value(sum(entry.n for entry in _counts(case) if entry.day <= _last_day(case)), den)
    enough = value.fraction >= required(case, _last_day(case))
    return Finding(
        status=("met" if enough else "not_met") if case.closed else ("on_track" if enough else "at_risk"),
        value=value,
        flags=_flags(value, denominators),
        changes=() if case.closed else (case.period.closes_at, *_midnights(case, value, enough)),
    )


def required(case: Case, day: date) -> Fraction:
    """The share required on a day: target x days of the programme so far / all its days when linear."""
    programme, target = case.programme, case.indicator.target.value
    if case.indicator.trajectory == "step":
        return target
    reached = min(max(day, programme.starts_on), programme.ends_on)
    return target * Fraction(_days(programme.starts_on, reached), _days(programme.starts_on, programme.ends_on))


def _denominators(case: Case) -> list[Denominator] | None:
    """The latest of every reporting unit; None when one of them has none: no data is not zero."""
    kind = case.indicator.signer_kind or ""
    found = [case.programme.denominators.latest(leaf, kind, case.period.end) for leaf in case.leaves]
    known = [entry for entry in found if entry is not None]
    return known if len(known) == len(found) else None


def _counts(case: Case) -> list[DayCount]:
    kind = case.indicator.signer_kind or ""
    return [entry for leaf in case.leaves for entry in case.facts.signers.get((kind, leaf), ())]


def _last_day(case: Case) -> date:
    return min(case.period.end, case.today)


def _flags(value: Value, denominators: list[Denominator]) -> frozenset[FlagName]:
    flags: set[FlagName] = set()
    if any(entry.provisional for entry in denominators):
        flags.add("provisional")
    if value.num > value.den:
        flags.add("quality")
    return frozenset(flags)


def _midnights(case: Case, value: Value, enough: bool) -> list[datetime]:
    """When a signature dated ahead begins to count, and when a linear requirement overtakes what is there."""
    ahead = (entry.day for entry in _counts(case) if case.today < entry.day <= case.period.end and entry.n)
    days = [min(ahead, default=None), _overtaken_on(case, value) if enough else None]
    return [local_midnight(day) for day in days if day is not None and day <= case.period.end]


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
