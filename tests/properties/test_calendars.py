"""Report calendars: what must hold in every year, and the local days at their edges."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.programme import WorkCalendar, local_date, local_midnight, period_of, periods_of
from services.contracts.programme.calendars import CALENDARS, PERIOD_KINDS, CalendarName, PeriodKind

ONE_DAY = timedelta(days=1)
YEARS = range(2018, 2048)
calendars = st.sampled_from(CALENDARS)
kinds = st.sampled_from(PERIOD_KINDS)
days = st.dates(date(2018, 1, 1), date(2047, 12, 31))
day_sets = st.frozensets(st.dates(date(2024, 1, 1), date(2024, 12, 31)), max_size=60)


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("kind", PERIOD_KINDS)
@pytest.mark.parametrize("year", YEARS)
def test_the_periods_of_a_kind_tile_the_year_without_gap_or_overlap(
    calendar: CalendarName, kind: PeriodKind, year: int
) -> None:
    periods = periods_of(calendar, year)
    whole = periods[-1]
    tiles = [period for period in periods if period.kind == kind]
    assert (tiles[0].start, tiles[-1].end) == (whole.start, whole.end)
    assert sum(tile.months for tile in tiles) == 12
    assert all(tile.covers(tile.start) and tile.covers(tile.end) for tile in tiles)
    for earlier, later in pairwise(tiles):
        assert earlier.end + ONE_DAY == later.start
        assert earlier.closes_at == later.opens_at
        assert not earlier.covers(later.start)
        assert not later.covers(earlier.end)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_the_years_follow_each_other_for_30_years(calendar: CalendarName) -> None:
    wholes = [periods_of(calendar, year)[-1] for year in YEARS]
    for earlier, later in pairwise(wholes):
        assert earlier.end + ONE_DAY == later.start


@given(calendars, kinds, days)
def test_every_day_belongs_to_exactly_one_period_of_a_kind(calendar: CalendarName, kind: PeriodKind, day: date) -> None:
    around = [period for year in range(day.year - 1, day.year + 2) for period in periods_of(calendar, year)]
    holding = [period for period in around if period.kind == kind and period.covers(day)]
    assert holding == [period_of(calendar, kind, day)]


@given(calendars, days)
def test_a_month_lies_in_its_quarter_its_half_and_its_year(calendar: CalendarName, day: date) -> None:
    month, quarter, half, year = (period_of(calendar, kind, day) for kind in PERIOD_KINDS)
    assert year.contains(half)
    assert half.contains(quarter)
    assert quarter.contains(month)
    assert not month.contains(quarter)


@given(calendars, kinds, days)
def test_a_period_is_open_exactly_on_its_own_local_days(calendar: CalendarName, kind: PeriodKind, day: date) -> None:
    period = period_of(calendar, kind, day)
    second = timedelta(seconds=1)
    assert local_date(period.opens_at) == period.start
    assert local_date(period.opens_at - second) == period.start - ONE_DAY
    assert local_date(period.closes_at - second) == period.end
    assert local_date(period.closes_at) == period.end + ONE_DAY


@given(days)
def test_a_local_midnight_is_seven_hours_before_the_utc_one(day: date) -> None:
    assert local_midnight(day) == datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)


def test_the_report_year_2024_is_15_12_2023_to_14_12_2024() -> None:
    year = periods_of("nd09", 2024)[-1]
    assert (year.code, year.start, year.end) == ("2024-Y", date(2023, 12, 15), date(2024, 12, 14))
    assert year.opens_at == datetime(2023, 12, 14, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("2024-M01", date(2023, 12, 15), date(2024, 1, 14)),
        ("2024-M03", date(2024, 2, 15), date(2024, 3, 14)),
        ("2024-Q1", date(2023, 12, 15), date(2024, 3, 14)),
        ("2024-Q2", date(2024, 3, 15), date(2024, 6, 14)),
        ("2024-H1", date(2023, 12, 15), date(2024, 6, 14)),
        ("2024-H2", date(2024, 6, 15), date(2024, 12, 14)),
    ],
)
def test_the_periods_of_2024_are_those_of_the_decree(code: str, start: date, end: date) -> None:
    found = next(period for period in periods_of("nd09", 2024) if period.code == code)
    assert (found.start, found.end) == (start, end)


def test_the_day_of_the_launch_lies_in_the_last_month_of_report_year_2023() -> None:
    assert period_of("nd09", "month", date(2023, 11, 23)).code == "2023-M12"
    assert period_of("nd09", "month", date(2023, 12, 15)).code == "2024-M01"


def test_half_past_midnight_on_the_15th_is_the_next_month_although_it_is_the_14th_in_utc() -> None:
    instant = datetime(2024, 3, 14, 17, 30, tzinfo=UTC)
    assert instant.date() == date(2024, 3, 14)
    assert period_of("nd09", "month", local_date(instant)).code == "2024-M04"


@given(day_sets, day_sets, st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(0, 30))
def test_a_due_day_is_a_working_day_and_more_days_never_make_it_earlier(
    off: frozenset[date], worked: frozenset[date], day: date, n: int
) -> None:
    calendar = WorkCalendar(off, worked)
    due = calendar.add_working_days(day, n)
    assert calendar.is_working(due)
    assert due > day or (n == 0 and due == day)
    assert calendar.add_working_days(day, n + 1) >= due
    assert calendar.add_working_days(day + ONE_DAY, n) >= due


@given(day_sets, day_sets, st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(1, 30))
def test_exactly_n_working_days_lie_after_the_day_up_to_the_due_day(
    off: frozenset[date], worked: frozenset[date], day: date, n: int
) -> None:
    calendar = WorkCalendar(off, worked)
    due = calendar.add_working_days(day, n)
    between = (day + timedelta(days=ahead) for ahead in range(1, (due - day).days + 1))
    assert sum(calendar.is_working(passed) for passed in between) == n
