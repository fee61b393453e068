"""What became of the wards of Hồng Lĩnh on 1/7/2025, and of made-up ones that were divided."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from services.contracts.programme import CannotCarry, Carried, Lineage, Share, added, carry
from tests.support.moving_map import FIRST, MovingMap
from tests.support.programme_folder import pilot

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
BAC_HONG, NAM_HONG, TRUNG_LUONG = (f"{code}@2018-01-01" for code in ("18115", "18118", "18121"))
DUC_THUAN, XUAN_LAM = "18124@2018-01-01", "18400@2018-01-01"
BAC_HONG_LINH, NAM_HONG_LINH = "18115@2025-07-01", "18118@2025-07-01"
LINEAGE = Lineage(pilot().units)


def made() -> tuple[MovingMap, list[str]]:
    known = MovingMap()
    return known, [known.found(code) for code in ("1000", "2000", "3000")]


def test_one_code_is_two_wards_and_the_newer_is_made_of_four() -> None:
    made_of = LINEAGE.on_map(BAC_HONG_LINH, OLD)
    assert made_of == dict.fromkeys((BAC_HONG, TRUNG_LUONG, DUC_THUAN, XUAN_LAM), Share(1))
    assert LINEAGE.on_map(BAC_HONG, NEW) == {BAC_HONG_LINH: Share(1)}
    assert LINEAGE.on_map(BAC_HONG, OLD) == {BAC_HONG: Share(1)}


def test_both_maps_answer_for_a_period_before_and_one_after_the_reform() -> None:
    before = {BAC_HONG: 3, TRUNG_LUONG: 4, DUC_THUAN: 5, XUAN_LAM: 6}
    assert carry(LINEAGE, before, OLD, NEW) == {BAC_HONG_LINH: Carried(18)}
    assert carry(LINEAGE, before, OLD, OLD) == {unit: Carried(value) for unit, value in before.items()}
    assert carry(LINEAGE, {BAC_HONG_LINH: 7}, NEW, NEW) == {BAC_HONG_LINH: Carried(7)}


def test_a_ward_that_never_took_part_is_missing_from_what_its_successor_had_before() -> None:
    carried = carry(LINEAGE, {BAC_HONG: 3, TRUNG_LUONG: 4, DUC_THUAN: 5}, OLD, NEW)
    assert carried == {BAC_HONG_LINH: Carried(12, missing=(XUAN_LAM,))}


def test_a_merged_ward_cannot_be_divided_among_those_it_came_from() -> None:
    with pytest.raises(CannotCarry) as caught:
        carry(LINEAGE, {BAC_HONG_LINH: 7}, NEW, OLD)
    assert "Phường Bắc Hồng Lĩnh (18115@2025-07-01)" in caught.value.text.vi
    assert "Xã Xuân Lam (18400@2018-01-01)" in caught.value.text.en


def test_a_figure_of_a_day_on_which_its_ward_does_not_stand_is_refused() -> None:
    with pytest.raises(CannotCarry, match="18115@2025-07-01"):
        carry(LINEAGE, {BAC_HONG_LINH: 7}, OLD, NEW)


def test_a_flow_over_the_reform_is_the_sum_of_its_stubs() -> None:
    until = carry(LINEAGE, {BAC_HONG: 1, TRUNG_LUONG: 2, DUC_THUAN: 3, XUAN_LAM: 0}, OLD, NEW)
    since = carry(LINEAGE, {BAC_HONG_LINH: 4, NAM_HONG_LINH: 5}, NEW, NEW)
    assert added([until, since]) == {BAC_HONG_LINH: Carried(10), NAM_HONG_LINH: Carried(5)}


def test_changes_have_their_names() -> None:
    known, (one, two, three) = made()
    known.today += timedelta(days=1)
    renamed = known.merge([one])
    known.today += timedelta(days=1)
    merged = known.merge([renamed, two])
    known.today += timedelta(days=1)
    known.split(
        merged, [known.found("4000"), known.found("5000"), three], [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]
    )
    known.today += timedelta(days=1)
    known.give(three, "4000@2018-01-04", Fraction(1, 3))
    lineage = Lineage(known.units())
    changes = [(row.old_unit, lineage.change(row)) for row in lineage.units.successions]
    assert changes == [
        (one, "rename"),
        (renamed, "merge"),
        (two, "merge"),
        (merged, "split"),
        (merged, "split"),
        (merged, "part"),
        (three, "part"),
    ]
    assert {LINEAGE.change(row) for row in pilot().units.successions} == {"merge"}


def test_parts_of_unknown_size_that_come_together_again_are_the_whole() -> None:
    known, (one, *_) = made()
    known.today += timedelta(days=10)
    pieces = [known.found("4000"), known.found("5000")]
    known.split(one, pieces, None)
    between = known.today
    known.today += timedelta(days=10)
    joined = known.merge(pieces)
    lineage = Lineage(known.units())
    assert lineage.became(one, FIRST, known.today) == {joined: Share(1)}
    assert carry(lineage, {one: 9}, FIRST, known.today) == {joined: Carried(9)}
    assert lineage.became(one, FIRST, between) == dict.fromkeys(pieces, Share(None))


def test_a_part_of_which_the_rest_is_not_told_is_never_taken_for_the_whole() -> None:
    known, (one, two, _) = made()
    known.today += timedelta(days=10)
    known.split(one, [two], None)
    with pytest.raises(CannotCarry, match="1000@2018-01-01"):
        carry(Lineage(known.units()), {one: 9}, FIRST, known.today)


def test_what_ended_without_a_successor_is_refused_by_its_name() -> None:
    known, (one, *_) = made()
    known.rows[one][2] = "2019-12-31"
    with pytest.raises(CannotCarry, match="ended, and nothing says what became of it"):
        carry(Lineage(known.units()), {one: 9}, FIRST, date(2020, 1, 1))


def test_what_did_not_exist_cannot_be_told_on_the_map_before_it() -> None:
    known, _ = made()
    known.today += timedelta(days=10)
    founded = known.found("7000")
    with pytest.raises(CannotCarry, match="made of nothing that stood on 2018-01-01"):
        carry(Lineage(known.units()), {founded: 1}, known.today, FIRST)


def test_a_figure_carried_by_a_provisional_weight_is_provisional() -> None:
    known, (one, two, three) = made()
    known.today += timedelta(days=10)
    known.split(one, [two, three], [Fraction(1, 3), Fraction(2, 3)])
    carried = carry(Lineage(known.units()), {one: 9, two: 1, three: 1}, FIRST, known.today)
    assert carried == {two: Carried(4, provisional=True), three: Carried(7, provisional=True)}
