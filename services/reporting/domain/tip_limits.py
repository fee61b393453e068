"""The day by which a tip must be resolved: Bộ luật Tố tụng hình sự 2015, articles 147 to 149."""

from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple

COMPLEX_MONTHS: Final = 2
"""Article 147.2: two months from receipt at the most, where the matter is complex or lies in several places."""
PROLONGED_MONTHS: Final = 4
"""Article 147.2: the Procuracy extends once, by two more months at the most."""
RESUMED_MONTHS: Final = 1
"""Articles 148.2 and 149: one month from the day of resumption at the most."""


class Acts(NamedTuple):
    """On which days what moves the limit was done: of extensions the first, of a suspension and its end the last."""

    extended_on: date | None = None
    extended_again_on: date | None = None
    suspended_on: date | None = None
    resumed_on: date | None = None


def due_day(received_on: date, told: date, acts: Acts) -> date | None:
    """The last day in time; None while the tip is suspended. `told`: the day told at receipt (20 days).

    The law's own limits are taken, for how long was granted is not told. What was done after the limit moves nothing.
    """
    due = told
    if _in_time(acts.extended_on, due):
        due = after_months(received_on, COMPLEX_MONTHS)
        if _in_time(acts.extended_again_on, due):
            due = after_months(received_on, PROLONGED_MONTHS)
    if acts.suspended_on is None or not _in_time(acts.suspended_on, due):
        return due
    if acts.resumed_on is None or acts.resumed_on < acts.suspended_on:
        return None
    return after_months(acts.resumed_on, RESUMED_MONTHS)


def after_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _in_time(done_on: date | None, due: date) -> bool:
    return done_on is not None and done_on <= due
