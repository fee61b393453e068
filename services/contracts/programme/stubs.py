"""Stub periods: what of a reporting period falls to a unit that began or ended inside it.

On 1/7/2025 wards were merged in the middle of a report month, a quarter, a half and a year of Nghị định 09/2019/NĐ-CP.
The old ward's last period ends on 30/6, the new ward's first begins on 1/7; both keep the code of the whole period and
are marked (kỳ bị chia). The rule is this project's: no source says how such a period is reported.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from services.contracts.programme.calendars import Period, local_midnight
from services.contracts.programme.units import Unit

_ONE_DAY = timedelta(days=1)


def cut(period: Period, first: date, last: date) -> Period | None:
    """What of a period lies between two days, both included: itself, a stub of it, or None."""
    start, end = max(period.start, first), min(period.end, last)
    if start > end:
        return None
    if (start, end) == (period.start, period.end):
        return period
    opens_at, closes_at = local_midnight(start), local_midnight(end + _ONE_DAY)
    return replace(period, start=start, end=end, opens_at=opens_at, closes_at=closes_at, stub=True)


def own_period(unit: Unit, period: Period) -> Period | None:
    """The period as it is for a unit: its own days of it; None when it never stood in it."""
    if unit.valid_from <= period.start and (unit.valid_to is None or period.end <= unit.valid_to):
        return period
    return cut(period, unit.valid_from, unit.valid_to or period.end)


def stubs_at(period: Period, boundaries: Iterable[date]) -> tuple[Period, ...]:
    """A period divided at the first days of new maps: pieces that tile it, in order of time."""
    starts = [period.start, *sorted({day for day in boundaries if period.start < day <= period.end})]
    ends = [*(day - _ONE_DAY for day in starts[1:]), period.end]
    pieces = (cut(period, start, end) for start, end in zip(starts, ends, strict=True))
    return tuple(piece for piece in pieces if piece is not None)


def share_of(parts: Iterable[Period], whole: Period) -> Fraction:
    """How many times a period the pieces of it are, by days: a target per month is asked of stubs in proportion."""
    return Fraction(sum(_days(part) for part in parts), _days(whole))


def _days(period: Period) -> int:
    return (period.end - period.start).days + 1
