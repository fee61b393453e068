"""A period that a new map divides is still whole: its stubs tile it, and the stubs of shorter periods tile those."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.programme import Period, period_of, periods_of
from services.contracts.programme.calendars import CALENDARS, PERIOD_KINDS, CalendarName, PeriodKind, local_midnight
from services.contracts.programme.stubs import cut, own_period, share_of, stubs_at
from services.contracts.programme.units import Unit

REFORM = date(2025, 7, 1)
days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
calendars = st.sampled_from(CALENDARS)
kinds = st.sampled_from(PERIOD_KINDS)


def unit(first: date, last: date | None) -> Unit:
    return Unit("18115@2018-01-01", "18115", "ward", "Phường", first, last, None)


@given(calendars, kinds, days, st.lists(days, max_size=4))
def test_stubs_tile_their_period_and_keep_its_code(
    calendar: CalendarName, kind: PeriodKind, day: date, boundaries: list[date]
) -> None:
    period = period_of(calendar, kind, day)
    pieces = stubs_at(period, boundaries)
    assert (pieces[0].start, pieces[-1].end) == (period.start, period.end)
    assert (pieces[0].opens_at, pieces[-1].closes_at) == (period.opens_at, period.closes_at)
    for earlier, later in pairwise(pieces):
        assert later.start == earlier.end + timedelta(days=1)
        assert later.opens_at == earlier.closes_at == local_midnight(later.start)
        assert later.start in boundaries
    assert all((piece.code, piece.kind, piece.stub) == (period.code, kind, len(pieces) > 1) for piece in pieces)
    assert share_of(pieces, period) == 1
    assert sum(share_of([piece], period) for piece in pieces) == 1


@given(calendars, st.integers(2019, 2029), days)
def test_stubs_of_shorter_periods_nest_in_and_tile_the_stubs_of_longer_ones(
    calendar: CalendarName, year: int, boundary: date
) -> None:
    before, after = (date.min, boundary - timedelta(days=1)), (boundary, date(2100, 1, 1))
    for side in (before, after):
        pieces = [piece for period in periods_of(calendar, year) if (piece := cut(period, *side)) is not None]
        for longer in pieces:
            for kind in PERIOD_KINDS[: PERIOD_KINDS.index(longer.kind)]:
                inside = [piece for piece in pieces if piece.kind == kind and longer.contains(piece)]
                assert (inside[0].start, inside[-1].end) == (longer.start, longer.end)
                assert all(later.start == earlier.end + timedelta(days=1) for earlier, later in pairwise(inside))


@given(calendars, kinds, days, days, days)
def test_a_units_own_period_is_the_days_of_it_on_which_the_unit_stood(
    calendar: CalendarName, kind: PeriodKind, day: date, one: date, other: date
) -> None:
    period, stood = period_of(calendar, kind, day), unit(min(one, other), max(one, other))
    own = own_period(stood, period)
    expected = [
        day
        for day in (period.start + timedelta(days=number) for number in range((period.end - period.start).days + 1))
        if stood.valid_on(day)
    ]
    if own is None:
        assert expected == []
    else:
        assert (own.start, own.end, own.stub) == (expected[0], expected[-1], len(expected) < _length(period))


@given(calendars, kinds, days)
def test_a_period_in_which_a_unit_stands_throughout_is_no_stub(
    calendar: CalendarName, kind: PeriodKind, day: date
) -> None:
    period = period_of(calendar, kind, day)
    assert own_period(unit(period.start, None), period) is period
    assert stubs_at(period, [period.start, period.end + timedelta(days=1)]) == (period,)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("month", 16, 14), ("quarter", 16, 76), ("half", 16, 167), ("year", 198, 167)],
)
def test_the_reform_of_1_7_2025_divides_the_report_month_the_quarter_the_half_and_the_year(
    kind: PeriodKind, before: int, after: int
) -> None:
    period = period_of("nd09", kind, REFORM)
    old, new = stubs_at(period, [REFORM])
    assert (old.end, new.start) == (date(2025, 6, 30), REFORM)
    assert (_length(old), _length(new)) == (before, after)
    assert stubs_at(period_of("calendar", "half", REFORM), [REFORM])[0].stub is False


def _length(period: Period) -> int:
    return (period.end - period.start).days + 1
