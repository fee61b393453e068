"""Which wards stand on a day is found again by the state of the map, not by the day."""

from dataclasses import replace
from datetime import date, timedelta

from services.contracts.programme import Units
from tests.support.programme_folder import pilot

TOWN, ENDED = "437@2018-01-01", "18115@2018-01-01"
LAST = date(2024, 6, 30)


def test_a_year_of_days_leaves_one_list_for_each_state_of_the_map_and_each_day_its_own_answer():
    known = pilot().units.by_id
    units = Units({**known, ENDED: replace(known[ENDED], valid_to=LAST)})
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        assert (ENDED in units.standing(TOWN, day)) is (day <= LAST)
    assert len(units._leaves_on) == 2
