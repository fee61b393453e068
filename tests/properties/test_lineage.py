"""Whatever becomes of units, what was counted in them stays what it is: on the old map, on the new one, and between."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import CannotCarry, Lineage, carry
from tests.support.moving_map import FIRST, ONE_DAY, MovingMap

Draw = Callable[[st.SearchStrategy], int]
LAST = date(2030, 1, 1)
few = settings(max_examples=50)  # each parses a map


def sizes(draw: Draw, parts: int, whole: bool) -> list[Fraction]:
    """Weights of so many parts; together 1, or less when a rest stays."""
    shares = [draw(st.integers(1, 9)) for _ in range(parts)]
    together = sum(shares) + (0 if whole else draw(st.integers(1, 9)))
    return [Fraction(share, together) for share in shares]


def step(draw: Draw, known: MovingMap, number: int) -> None:
    """One change of the map, on a day of its own."""
    known.today += timedelta(days=draw(st.integers(1, 200)))
    units = known.standing
    at = draw(st.integers(0, len(units) - 1))
    turned = units[at:] + units[:at]
    kind = draw(st.integers(0, 3))
    if kind == 0:
        known.merge(turned[: draw(st.integers(1, 3))])
    elif kind == 1:
        fresh = [known.found(f"{50000 + 10 * number + piece}") for piece in range(draw(st.integers(1, 3)))]
        into = fresh + turned[1 : 1 + draw(st.integers(0, 1))]
        known.split(turned[0], into, sizes(draw, len(into), whole=True)) if len(into) > 1 else known.rows.popitem()
    elif len(turned) > 1:
        known.give(turned[0], turned[1], *sizes(draw, 1, whole=False))


@st.composite
def maps(draw: Draw) -> tuple[MovingMap, dict[str, Fraction]]:
    """A map after some changes, and what was counted in its units on the first day."""
    known = MovingMap()
    for number in range(draw(st.integers(1, 6))):
        known.found(f"{10000 + number}")
    counted = {unit: Fraction(draw(st.integers(0, 1_000))) for unit in known.standing}
    known.counted = dict(counted)
    for number in range(draw(st.integers(0, 8))):
        step(draw, known, number)
    return known, counted


@few
@given(maps())
def test_random_merges_and_splits_move_figures_as_the_territory_moves_and_keep_their_sum(
    made: tuple[MovingMap, dict[str, Fraction]],
) -> None:
    known, counted = made
    carried = carry(Lineage(known.units()), counted, FIRST, LAST)
    assert {unit: figure.value for unit, figure in carried.items() if figure.value} == {
        unit: value for unit, value in known.counted.items() if value
    }
    assert sum(figure.value for figure in carried.values()) == sum(counted.values())
    assert all(figure.missing == () for figure in carried.values())


@few
@given(maps(), st.dates(FIRST, LAST))
def test_it_does_not_matter_on_which_map_a_figure_rests_on_the_way(
    made: tuple[MovingMap, dict[str, Fraction]], between: date
) -> None:
    known, counted = made
    lineage = Lineage(known.units())
    rested = {unit: figure.value for unit, figure in carry(lineage, counted, FIRST, between).items()}
    twice = carry(lineage, rested, between, LAST)
    once = carry(lineage, counted, FIRST, LAST)
    assert {unit: figure.value for unit, figure in twice.items()} == {
        unit: figure.value for unit, figure in once.items()
    }


@few
@given(maps())
def test_the_two_maps_are_two_sides_of_one_lineage(made: tuple[MovingMap, dict[str, Fraction]]) -> None:
    known, counted = made
    lineage = Lineage(known.units())
    for old in counted:
        for new, share in lineage.became(old, FIRST, LAST).items():
            assert lineage.made_of(new, LAST, FIRST)[old] == share
    for new in known.standing:
        for old, share in lineage.made_of(new, LAST, FIRST).items():
            assert lineage.became(old, FIRST, LAST)[new] == share


@few
@given(maps())
def test_shares_of_a_unit_add_up_to_the_whole_of_it(made: tuple[MovingMap, dict[str, Fraction]]) -> None:
    known, counted = made
    lineage = Lineage(known.units())
    for old in counted:
        assert sum(share.weight or 0 for share in lineage.became(old, FIRST, LAST).values()) == 1


@few
@given(maps())
def test_what_goes_back_to_the_old_map_keeps_its_sum_or_is_refused_by_name(
    made: tuple[MovingMap, dict[str, Fraction]],
) -> None:
    known, _ = made
    lineage = Lineage(known.units())
    for number, unit in enumerate(known.standing):
        older = lineage.made_of(unit, LAST, FIRST)
        if len(older) == 1:
            back = carry(lineage, {unit: number}, LAST, FIRST)
            assert {old: figure.value for old, figure in back.items()} == dict.fromkeys(older, number)
        else:
            with pytest.raises(CannotCarry) as caught:
                carry(lineage, {unit: number}, LAST, FIRST)
            assert (caught.value.unit, unit in caught.value.text.vi) == (unit, True)


@few
@given(maps(), st.integers(2, 4))
def test_a_part_without_a_weight_is_never_carried_and_its_unit_is_named(
    made: tuple[MovingMap, dict[str, Fraction]], parts: int
) -> None:
    known, _ = made
    known.today += ONE_DAY
    unit = known.standing[0]
    before = known.today - ONE_DAY
    known.split(unit, [known.found(f"{60000 + number}") for number in range(parts)], None)
    with pytest.raises(CannotCarry) as caught:
        carry(Lineage(known.units()), {unit: 7}, before, LAST)
    assert caught.value.unit == unit
    assert unit in caught.value.text.en
    assert unit in caught.value.text.vi
