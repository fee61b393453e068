"""Every row of the national lists is read and checked, and nothing that is counted is lost between the two maps."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from random import Random

import pytest

from services.contracts.programme import (
    CannotCarry,
    Carried,
    Fault,
    Lineage,
    ProgrammeFaults,
    Succession,
    Unit,
    Units,
    added,
    carry,
    parse_map,
)
from tests.support.national import FOLDER, nation, national_files

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
Sums = dict[str, Fraction]


@cache
def wards(day: date) -> tuple[Unit, ...]:
    return tuple(unit for unit in nation().by_id.values() if unit.is_leaf and unit.valid_on(day))


def province_of(unit: str) -> str:
    return nation().ancestors(unit)[-1]


@cache
def divided() -> dict[str, list[Succession]]:
    """The wards that went in parts to several."""
    found: dict[str, list[Succession]] = {}
    for row in nation().successions:
        if row.extent == "part":
            found.setdefault(row.old_unit, []).append(row)
    return found


def weighted(chance: Random) -> Lineage:
    """The map with a weight for every part: made up, as exact fractions that add up to 1."""
    shares = {old: [chance.randrange(1, 50) for _ in rows] for old, rows in divided().items()}
    sizes = {
        (row.old_unit, row.new_unit): Fraction(share, sum(shares[old]))
        for old, rows in divided().items()
        for row, share in zip(rows, shares[old], strict=True)
    }
    rows = (replace(row, weight=sizes.get((row.old_unit, row.new_unit))) for row in nation().successions)
    return Lineage(Units(nation().by_id, tuple(rows)))


def by_new_province(lineage: Lineage, figures: Mapping[str, int]) -> Sums:
    """Sums on the old map, each part of a ward counted in the province in which it lies since."""
    sums: Sums = {}
    for unit, figure in figures.items():
        for new, share in lineage.became(unit, OLD, NEW).items():
            assert share.weight is not None
            sums[province_of(new)] = sums.get(province_of(new), Fraction(0)) + figure * share.weight
    return sums


def summed(figures: Mapping[str, int | Fraction], of: Mapping[str, str]) -> Sums:
    sums: Sums = {}
    for unit, figure in figures.items():
        sums[of[unit]] = sums.get(of[unit], Fraction(0)) + figure
    return sums


def values(carried: Mapping[str, Carried]) -> dict[str, int | Fraction]:
    return {unit: figure.value for unit, figure in carried.items()}


def test_the_lists_hold_what_their_sources_say() -> None:
    kinds = Counter((unit.kind, unit.valid_on(OLD), unit.valid_on(NEW)) for unit in nation().by_id.values())
    leaves = {
        kind: count for kind, count in kinds.items() if kind[0] in {"ward", "commune", "township", "special_zone"}
    }
    assert len(nation().by_id) == 14_138
    assert sum(count for (_, old, _), count in leaves.items() if old) == 10_035
    assert sum(count for (_, _, new), count in leaves.items() if new) == 3_321
    assert (kinds["commune", False, True], kinds["ward", False, True], kinds["special_zone", False, True]) == (
        2_621,
        687,
        13,
    )
    assert Counter(row.extent for row in nation().successions) == {"whole": 9_597, "part": 976}
    provinces = [unit for unit in nation().by_id.values() if unit.parent is None]
    assert [sum(unit.valid_on(day) for unit in provinces) for day in (OLD, NEW)] == [63, 34]


def test_every_ward_of_the_old_map_has_a_successor_and_every_ward_of_the_new_map_a_predecessor() -> None:
    lineage = Lineage(nation())
    assert [unit.id for unit in wards(OLD) if not lineage.successors(unit.id)] == []
    assert [unit.id for unit in wards(NEW) if not lineage.predecessors(unit.id)] == []


def test_five_island_districts_without_communes_are_where_special_zones_came_from() -> None:
    islands = {row.old_unit: row.new_unit for row in nation().successions if not nation().by_id[row.old_unit].is_leaf}
    assert {old.split("@")[0] for old in islands} == {"318", "471", "498", "536", "755"}
    assert {nation().by_id[new].kind for new in islands.values()} == {"special_zone"}
    codes = {old.split("@")[0]: nation().by_id[province_of(old)].code for old in islands}
    assert codes == {"318": "31", "471": "45", "498": "48", "536": "51", "755": "77"}


def test_of_the_codes_on_both_maps_few_name_the_same_ward() -> None:
    old, new = ({unit.code: unit for unit in wards(day)} for day in (OLD, NEW))
    assert len(old.keys() & new.keys()) == 3_316
    assert sum(old[code].name == new[code].name for code in old.keys() & new.keys()) == 1_141
    for unit in new.values():
        assert nation().resolve(unit.code, NEW) == unit


@pytest.mark.parametrize("seed", range(2))
def test_a_flow_and_a_stock_of_every_old_ward_keep_their_sum_in_every_province_of_both_maps(seed: int) -> None:
    chance = Random(seed)
    lineage = weighted(chance)
    for _ in ("flow", "stock"):
        figures = {unit.id: chance.randrange(10_000) for unit in wards(OLD)}
        carried = values(carry(lineage, figures, OLD, NEW))
        assert carried.keys() == {unit.id for unit in wards(NEW)} - islands_now()
        assert sum(carried.values()) == sum(figures.values())
        of_new = {unit.id: province_of(unit.id) for unit in wards(NEW)}
        assert summed(carried, of_new) == by_new_province(lineage, figures)


@pytest.mark.parametrize("seed", range(2))
def test_every_new_province_has_the_sum_of_the_old_provinces_that_became_it(seed: int) -> None:
    chance = Random(seed)
    figures = {unit.id: chance.randrange(10_000) for unit in wards(OLD)}
    carried = values(carry(weighted(chance), figures, OLD, NEW))
    after = summed(carried, {unit.id: province_of(unit.id) for unit in wards(NEW)})
    joined: dict[str, set[str]] = {}
    for row in nation().successions:
        joined.setdefault(province_of(row.new_unit), set()).add(province_of(row.old_unit))
    assert sum(map(len, joined.values())) == 63, "no old province was divided"
    before = summed(figures, {unit.id: province_of(unit.id) for unit in wards(OLD)})
    assert after == {new: sum(before[old] for old in olds) for new, olds in joined.items()}


def test_whole_mergers_are_exact_whole_numbers() -> None:
    chance = Random(7)
    lineage = Lineage(nation())
    figures = {unit.id: chance.randrange(10_000) for unit in wards(OLD) if unit.id not in divided()}
    carried = carry(lineage, figures, OLD, NEW)
    assert len(figures) == 10_035 - 443
    assert all(type(figure.value) is int for figure in carried.values())
    for new, figure in carried.items():
        assert figure.value == sum(figures.get(row.old_unit, 0) for row in lineage.predecessors(new))


def test_a_ward_whose_parts_have_no_weight_is_refused_by_its_name() -> None:
    lineage = Lineage(nation())
    for old in divided():
        with pytest.raises(CannotCarry) as caught:
            carry(lineage, {old: 1}, OLD, NEW)
        assert caught.value.unit == old
        for text in caught.value.text:
            assert nation().by_id[old].name in text
            assert old in text


def test_a_new_ward_of_which_a_part_was_not_carried_says_whose() -> None:
    lineage = Lineage(nation())
    old = {unit.id for unit in wards(OLD)}
    figures = dict.fromkeys(sorted(old - divided().keys()), 1)
    for new, figure in carry(lineage, figures, OLD, NEW).items():
        parts = {row.old_unit for row in lineage.predecessors(new) if row.extent == "part"}
        islands = {row.old_unit for row in lineage.predecessors(new)} - old
        assert set(figure.missing) == parts | islands


def test_a_flow_over_the_reform_is_that_before_it_carried_and_that_after_it() -> None:
    chance = Random(11)
    lineage = weighted(chance)
    before = {unit.id: chance.randrange(100) for unit in wards(OLD)}
    after = {unit.id: chance.randrange(100) for unit in wards(NEW)}
    whole = added([carry(lineage, before, OLD, NEW), carry(lineage, after, NEW, NEW)])
    assert sum(figure.value for figure in whole.values()) == sum(before.values()) + sum(after.values())


def test_a_new_ward_that_came_from_one_alone_goes_back_to_it_and_no_other_does() -> None:
    lineage = Lineage(nation())
    alone = {unit.id for unit in wards(NEW) if len(lineage.predecessors(unit.id)) == 1}
    figures = dict.fromkeys(sorted(alone), 3)
    back = carry(lineage, figures, NEW, OLD)
    assert sum(figure.value for figure in back.values()) == 3 * len(alone)
    for unit in wards(NEW):
        if unit.id not in alone:
            with pytest.raises(CannotCarry):
                carry(lineage, {unit.id: 3}, NEW, OLD)


@cache
def islands_now() -> set[str]:
    """Special zones whose predecessors were no wards."""
    old = {unit.id for unit in wards(OLD)}
    return {row.new_unit for row in nation().successions if row.old_unit not in old}


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "succession.csv",
            "18121@2018-01-01,18115@2025-07-01",
            "18121@2018-01-01,18115@2018-01-01",
            "does not stand on",
        ),
        (
            "succession.csv",
            "18121@2018-01-01,",
            "18121@2025-07-01,",
            "there is no unit 18121@2025-07-01 (18121@2018-01-01?)",
        ),
        ("succession.csv", "00004@2018-01-01,00004@2025-07-01", "00005@2018-01-01,00004@2025-07-01", "no unit 00005"),
        ("succession.csv", "00004@2018-01-01,00004@2025-07-01", "00006@2018-01-01,00004@2025-07-01", "code 00004 is"),
        ("units.csv", "18115,2025-07-01", "18115,2025-06-30", "overlaps"),
    ],
)
def test_one_wrong_row_among_all_is_found(file: str, old: str, new: str, words: str) -> None:
    text = national_files()[file].decode()
    assert old in text
    found = faults_of({**national_files(), file: text.replace(old, new, 1).encode()})
    assert any(words in fault.message_en for fault in found), found[:5]


def faults_of(files: Mapping[str, bytes]) -> list[Fault]:
    with pytest.raises(ProgrammeFaults) as caught:
        parse_map(files)
    return caught.value.faults


def test_every_list_is_named_with_its_source_and_the_notices_of_those_who_carried_it_are_kept() -> None:
    sources = (FOLDER / "SOURCES.md").read_text()
    assert [name for name in national_files() if f"`{name}`" not in sources] == []
    notice = (FOLDER.parents[1] / "NOTICE").read_text()
    for repository in ("dvhcvn/20250701", "tranngocminhhieu/vietnamadminunits"):
        assert repository in sources
        assert repository in notice
