"""A code is not a unit: what it means depends on the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.programme import period_of
from tests.support.programme_folder import pilot

LAST_OLD_DAY = date(2025, 6, 30)
FIRST_NEW_DAY = date(2025, 7, 1)
UNITS = pilot().units
TOWN, PROVINCE = "437@2018-01-01", "42@2018-01-01"
days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
codes = st.sampled_from(sorted({unit.code for unit in UNITS.by_id.values()}))
ids = st.sampled_from(sorted(UNITS.by_id))


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("18115", "Phường Bắc Hồng", "Phường Bắc Hồng Lĩnh"),
        ("18118", "Phường Nam Hồng", "Phường Nam Hồng Lĩnh"),
        ("18130", "Xã Thuận Lộc", None),
        ("437", "Thị xã Hồng Lĩnh", None),
        ("42", "Tỉnh Hà Tĩnh", "Tỉnh Hà Tĩnh"),
    ],
)
def test_a_code_names_another_unit_after_the_reform_of_1_7_2025(code: str, before: str, after: str | None) -> None:
    old, new = UNITS.resolve(code, LAST_OLD_DAY), UNITS.resolve(code, FIRST_NEW_DAY)
    assert old is not None
    assert old.name == before
    assert (new.name if new else None) == after


@given(codes, days)
def test_at_most_one_unit_of_a_code_stands_on_a_day_and_it_is_the_one_found(code: str, day: date) -> None:
    standing = [unit for unit in UNITS.by_id.values() if unit.code == code and unit.valid_on(day)]
    assert len(standing) <= 1
    assert UNITS.resolve(code, day) == (standing[0] if standing else None)


@given(ids, days)
def test_an_id_is_found_on_its_own_days_only(unit_id: str, day: date) -> None:
    unit = UNITS.by_id[unit_id]
    assert UNITS.resolve(unit_id, day) == (unit if unit.valid_on(day) else None)


@given(ids, days)
def test_the_leaves_of_a_unit_are_those_of_its_children(unit_id: str, day: date) -> None:
    period = period_of("nd09", "month", day)
    children = [unit.id for unit in UNITS.by_id.values() if unit.parent == unit_id]
    below = {leaf for child in children for leaf in UNITS.leaves(child, period)}
    unit = UNITS.by_id[unit_id]
    own = {unit_id} if unit.is_leaf and unit.overlaps(period.start, period.end) else set()
    assert set(UNITS.leaves(unit_id, period)) == below | own


@given(ids, ids)
def test_below_and_above_are_two_sides_of_one_tree(unit_id: str, other: str) -> None:
    assert UNITS.within(unit_id, other) == (unit_id == other or other in UNITS.ancestors(unit_id))


def test_the_town_has_six_reporting_units_in_2024_and_the_province_one_more_that_took_no_part() -> None:
    year = pilot().period("2024-Y")
    assert year is not None
    assert len(UNITS.leaves(TOWN, year)) == 6
    assert set(UNITS.leaves(PROVINCE, year)) - set(UNITS.leaves(TOWN, year)) == {"18400@2018-01-01"}


def test_after_the_reform_the_town_has_no_reporting_unit_and_the_province_has_two() -> None:
    month = period_of("nd09", "month", FIRST_NEW_DAY + timedelta(days=30))
    assert UNITS.leaves(TOWN, month) == ()
    assert UNITS.leaves(PROVINCE, month) == ("18115@2025-07-01", "18118@2025-07-01")
