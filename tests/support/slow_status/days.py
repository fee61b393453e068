"""Local days, and the report periods of Nghị định 09/2019/NĐ-CP (article 12) or of the wall calendar, day by day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

VIETNAM = timezone(timedelta(hours=7))
ONE_DAY = timedelta(days=1)
MONTHS_OF = {"M": 1, "Q": 3, "H": 6, "Y": 12}
LETTER_OF = {"month": "M", "quarter": "Q", "half": "H", "year": "Y"}


def at_hour(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour, VIETNAM).astimezone(UTC)


def day_of(instant: datetime) -> date:
    return instant.astimezone(VIETNAM).date()


def walk(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def report_month(calendar: str, day: date) -> tuple[int, int]:
    """The report year and month that a day belongs to: by the decree the 15th begins the next one."""
    if calendar == "nd09" and day.day >= 15:
        return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return day.year, day.month


@lru_cache(maxsize=512)
def days_of(calendar: str, code: str) -> tuple[date, ...]:
    """Every day of a period: 2024-M03, 2024-Q1, 2024-H2, 2024-Y."""
    year, letter, number = int(code[:4]), code[5], int(code[6:] or 1)
    length = MONTHS_OF[letter]
    months = {(year, month) for month in range((number - 1) * length + 1, number * length + 1)}
    around = walk(date(year - 1, 12, 1), date(year, 12, 31))
    return tuple(day for day in around if report_month(calendar, day) in months)


def codes_of(year: int, kind: str) -> list[str]:
    letter = LETTER_OF[kind]
    numbers = range(1, 12 // MONTHS_OF[letter] + 1)
    return [
        f"{year}-Y" if letter == "Y" else f"{year}-{letter}{n:02}" if letter == "M" else f"{year}-{letter}{n}"
        for n in numbers
    ]


def codes_inside(calendar: str, code: str, kind: str) -> list[str]:
    """The periods of a kind of which every day is a day of this period."""
    days = set(days_of(calendar, code))
    return [inner for inner in codes_of(int(code[:4]), kind) if set(days_of(calendar, inner)) <= days]


def working_day_after(day: date, n: int, holidays: frozenset[date], worked: frozenset[date]) -> date:
    """The n-th working day after a day: Mondays to Fridays that are no holidays, and weekend days that are worked."""
    while n:
        day += ONE_DAY
        n -= day in worked or (day.weekday() < 5 and day not in holidays)
    return day


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months on, or the last there is of that month."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    there = walk(date(year, month, 1), date(year, month, 28) + 3 * ONE_DAY)
    return max(one for one in there if one.month == month and one.day <= day.day)


def due_day(received: date, told: date, done: Mapping[str, Sequence[date]]) -> date | None:
    """The last lawful day to close a tip (docs/status.md, CT29), by the days of each step; None: it stands still.

    A tip is suspended and resumed once at the most: of more often the text says nothing.
    """
    due = told
    for step, months in (("extended", 2), ("extended_again", 4)):
        if any(day <= due for day in done.get(step, ())):
            due = months_after(received, months)
        else:
            break
    suspended = [day for day in done.get("suspended", ()) if day <= due]
    if not suspended:
        return due
    resumed = [day for day in done.get("resumed", ()) if day >= suspended[0]]
    return months_after(resumed[0], 1) if resumed else None
