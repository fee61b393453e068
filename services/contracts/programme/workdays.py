"""Working days, by the dated list of a programme: what a library says later must not move a due date of the past."""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`holidays` are days off; `working` are weekend days worked to make up for a day off."""

    holidays: frozenset[date]
    working: frozenset[date]

    def is_working(self, day: date) -> bool:
        if day in self.working:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day` (n >= 1); for n = 0 the first working day on or after it."""
        if n < 0:
            raise ValueError("working days are counted forwards")
        found = day if n > 0 else day - _ONE_DAY
        for _ in range(max(n, 1)):
            found = self._next(found)
        return found

    def _next(self, day: date) -> date:
        day += _ONE_DAY
        while not self.is_working(day):
            day += _ONE_DAY
        return day
