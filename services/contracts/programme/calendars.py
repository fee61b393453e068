"""Reporting calendars as pure functions of local days.

`nd09`: Nghị định 09/2019/NĐ-CP, article 12: month m runs from the 15th of the month before to the 14th of m, so
the year 2024 is 15/12/2023 to 14/12/2024. `calendar`: the months of the wall calendar. In both of them quarters,
halves and the year are whole numbers of months and tile the year exactly.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

CalendarName = Literal["nd09", "calendar"]
PeriodKind = Literal["month", "quarter", "half", "year"]

LOCAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDARS: Final[tuple[CalendarName, ...]] = ("nd09", "calendar")
PERIOD_KINDS: Final[tuple[PeriodKind, ...]] = ("month", "quarter", "half", "year")
MONTHS_IN: Final[dict[PeriodKind, int]] = {"month": 1, "quarter": 3, "half": 6, "year": 12}

_ND09_FIRST_DAY = 15
_MONTHS_IN_YEAR = 12


def local_date(instant: datetime) -> date:
    """The day on the wall in Việt Nam at an instant (timezone-aware)."""
    return instant.astimezone(LOCAL_ZONE).date()


def local_instant(day: date, at: time) -> datetime:
    """The UTC instant of a local wall-clock time."""
    return datetime.combine(day, at, LOCAL_ZONE).astimezone(UTC)


def local_midnight(day: date) -> datetime:
    """The UTC instant at which a local day begins."""
    return local_instant(day, time())


def day_end(day: date) -> datetime:
    """The last instant of a local day that a database can tell: a microsecond before the next day begins."""
    return local_midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period. `start` and `end` are its first and last local day; it is open in [opens_at, closes_at).

    `stub`: only the days of it that a unit which began or ended inside it stood (see `stubs`); the code is the whole's.
    """

    code: str
    kind: PeriodKind
    start: date
    end: date
    opens_at: datetime
    closes_at: datetime
    stub: bool = False

    @property
    def months(self) -> int:
        return MONTHS_IN[self.kind]

    def contains(self, other: "Period") -> bool:
        return self.start <= other.start and other.end <= self.end

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end


@lru_cache(maxsize=256)
def periods_of(calendar: CalendarName, year: int) -> tuple[Period, ...]:
    """M01..M12, Q1..Q4, H1, H2 and Y of a report year, in this order."""
    return tuple(
        _period(calendar, year, kind, number)
        for kind in PERIOD_KINDS
        for number in range(1, _MONTHS_IN_YEAR // MONTHS_IN[kind] + 1)
    )


def period_of(calendar: CalendarName, kind: PeriodKind, day: date) -> Period:
    """The one period of a kind that a local day belongs to."""
    year, month = day.year, day.month
    if calendar == "nd09" and day.day >= _ND09_FIRST_DAY:
        year, month = _shifted(year, month + 1)
    return _period(calendar, year, kind, (month - 1) // MONTHS_IN[kind] + 1)


def _period(calendar: CalendarName, year: int, kind: PeriodKind, number: int) -> Period:
    first_month = (number - 1) * MONTHS_IN[kind] + 1
    start = _month_start(calendar, year, first_month)
    after = _month_start(calendar, year, first_month + MONTHS_IN[kind])
    return Period(
        code=_code(year, kind, number),
        kind=kind,
        start=start,
        end=after - timedelta(days=1),
        opens_at=local_midnight(start),
        closes_at=local_midnight(after),
    )


def _code(year: int, kind: PeriodKind, number: int) -> str:
    suffix = {"month": f"M{number:02}", "quarter": f"Q{number}", "half": f"H{number}", "year": "Y"}[kind]
    return f"{year:04}-{suffix}"


def _month_start(calendar: CalendarName, year: int, month: int) -> date:
    """First day of a report month; month 13 is January of the next year."""
    if calendar == "calendar":
        return date(*_shifted(year, month), 1)
    return date(*_shifted(year, month - 1), _ND09_FIRST_DAY)


def _shifted(year: int, month: int) -> tuple[int, int]:
    """Brings a month outside 1..12 into its year."""
    return year + (month - 1) // _MONTHS_IN_YEAR, (month - 1) % _MONTHS_IN_YEAR + 1
