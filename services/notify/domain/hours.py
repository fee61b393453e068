"""When people may be reached: the hours of working days, by the dated list of holidays of a programme."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from services.contracts.programme import NoticeHours, WorkCalendar, local_date, local_instant

_ONE_DAY = timedelta(days=1)
_ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Half-open: at the opening instant they are open, at the closing instant they are not."""

    calendar: WorkCalendar
    hours: NoticeHours

    def closed(self, at: datetime) -> Literal["hours", "day_off"] | None:
        """Why nobody should be disturbed at an instant; None: they may."""
        day = local_date(at)
        if not self.calendar.is_working(day):
            return "day_off"
        return None if self._opens(day) <= at < self._closes(day) else "hours"

    def next_open(self, at: datetime) -> datetime:
        """The instant itself while they are open, else the next opening."""
        if self.closed(at) is None:
            return at
        day = local_date(at)
        if self.calendar.is_working(day) and at < self._opens(day):
            return self._opens(day)
        return self.opening_after(at)

    def opening_after(self, at: datetime) -> datetime:
        """The opening of the first working day after the day of an instant."""
        return self._opens(self.calendar.add_working_days(local_date(at), 1))

    def next_hour(self, at: datetime) -> datetime:
        """The next full hour while they are open, else the next opening."""
        full = at.replace(minute=0, second=0, microsecond=0)
        return self.next_open(full if full == at else full + _ONE_HOUR)

    def plus(self, at: datetime, minutes: int) -> datetime:
        """The instant by which so many minutes of working time have passed since `at`."""
        left, now = timedelta(minutes=minutes), self.next_open(at)
        while (today := self._closes(local_date(now)) - now) < left:
            left -= today
            now = self.opening_after(now)
        return now + left

    def opening_of(self, day: date) -> datetime:
        """The opening of that day, or of the first working day after it."""
        return self._opens(self.calendar.add_working_days(day, 0))

    def working_days_before(self, day: date, n: int) -> date:
        """The n-th working day before a day; for n = 0 the day itself."""
        for _ in range(n):
            day -= _ONE_DAY
            while not self.calendar.is_working(day):
                day -= _ONE_DAY
        return day

    def _opens(self, day: date) -> datetime:
        return local_instant(day, self.hours.opens)

    def _closes(self, day: date) -> datetime:
        return local_instant(day, self.hours.closes)
