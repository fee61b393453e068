"""The cells of a programme, one by one and as pairs, are the same ones."""

from dataclasses import replace
from datetime import date
from itertools import product

from services.contracts.programme import Programme, Units, cells, is_cell, judged, seats
from tests.support.programme_folder import pilot

ENDED = "18115@2018-01-01"


def _with_an_ended_ward() -> Programme:
    """The pilot, one ward of which ends in the middle of its year."""
    programme = pilot()
    ended = replace(programme.units.by_id[ENDED], valid_to=date(2024, 6, 30))
    return replace(programme, units=Units({**programme.units.by_id, ENDED: ended}))


PROGRAMME = _with_an_ended_ward()


def test_units_and_indicators_paired_by_their_period_are_the_cells():
    paired = [
        (unit, indicator, period)
        for (unit, period), (indicator, other) in product(seats(PROGRAMME), judged(PROGRAMME))
        if period == other
    ]
    assert sorted(paired) == sorted(cells(PROGRAMME))


def test_only_a_cell_of_the_programme_is_one():
    every = set(cells(PROGRAMME))
    codes = [period.code for period in PROGRAMME.periods()]
    asked = product([*PROGRAMME.units.by_id, "99999@2018-01-01"], [*PROGRAMME.indicators, "CT99"], [*codes, "2031-M01"])
    assert {cell for cell in asked if is_cell(PROGRAMME, *cell)} == every
