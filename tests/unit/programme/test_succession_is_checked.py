"""What became of whom is refused where it cannot be: on its line, in both languages, with the unit's name."""

import pytest

from services.contracts.programme import Fault, ProgrammeFaults, Units, parse, parse_map
from tests.support.programme_folder import pilot_files

UNITS = """code,valid_from,valid_to,kind,name,parent_code,note
1000,2018-01-01,2020-12-31,ward,Phường A,,
2000,2018-01-01,2020-12-31,ward,Phường B,,
3000,2018-01-01,,ward,Phường C,,
4000,2021-01-01,,ward,Phường D,,
5000,2021-01-01,,ward,Phường E,,
"""
A, B, C, D, E = "1000@2018-01-01", "2000@2018-01-01", "3000@2018-01-01", "4000@2021-01-01", "5000@2021-01-01"
ON = "2021-01-01"
HEAD = "old_unit,new_unit,on,extent,decision,weight_num,weight_den,weight_provisional,weight_source"


def read(*rows: str, units: str = UNITS, head: str = HEAD) -> Units:
    return parse_map({"units.csv": units.encode(), "succession.csv": "\n".join([head, *rows, ""]).encode()})


def faults(*rows: str, units: str = UNITS) -> list[Fault]:
    with pytest.raises(ProgrammeFaults) as caught:
        read(*rows, units=units)
    return caught.value.faults


def whole(old: str, new: str, on: str = ON) -> str:
    return f"{old},{new},{on},whole,QĐ,,,,"


def part(old: str, new: str, weight: str = ",,,", on: str = ON) -> str:
    return f"{old},{new},{on},part,QĐ,{weight}"


def test_parts_with_weights_that_add_up_to_the_whole_are_read_as_exact_fractions() -> None:
    units = read(part(A, D, "1,3,true,"), part(A, E, "2,3,false,Cục Thống kê"), whole(B, D))
    one, other, _ = units.successions
    assert (one.weight, one.provisional, one.source) == (one.weight, True, "")
    assert one.weight is not None
    assert other.weight is not None
    assert one.weight + other.weight == 1
    assert (other.provisional, other.source) == (False, "Cục Thống kê")


def test_a_table_written_before_weights_were_known_is_still_read() -> None:
    units = read(f"{A},{D},{ON},whole,QĐ", head="old_unit,new_unit,on,extent,decision")
    assert [(row.extent, row.weight) for row in units.successions] == [("whole", None)]


def test_a_column_that_is_not_optional_is_still_missed() -> None:
    with pytest.raises(ProgrammeFaults) as caught:
        read(f"{A},{D},{ON},whole", head="old_unit,new_unit,on,extent")
    assert [fault.message_en for fault in caught.value.faults] == ["column decision is missing"]


@pytest.mark.parametrize(
    ("rows", "line", "field", "words"),
    [
        ([part(A, D, "1,3,true,"), part(A, E, "1,3,true,")], 3, "weight_num", f"the parts of {A} add up to 2/3, not 1"),
        ([part(A, D, "2,3,true,"), part(A, E, "2,3,true,")], 3, "weight_num", f"the parts of {A} add up to 4/3, not 1"),
        ([part(A, D, "1,3,true,"), part(A, E)], 3, "weight_num", f"only some parts of {A}"),
        ([part(C, D, "1,2,true,"), part(C, E, "1,2,true,")], 3, "weight_num", f"{C} still stands"),
        ([part(A, D, "1,,true,"), part(A, E)], 2, "weight_num", "needs weight_num, weight_den and"),
        ([part(A, D, "1,2,,"), part(A, E)], 2, "weight_num", "needs weight_num, weight_den and"),
        ([part(A, D, "1,0,true,"), part(A, E)], 2, "weight_num", "above 0 and not above 1"),
        ([part(A, D, "0,2,true,"), part(A, E)], 2, "weight_num", "above 0 and not above 1"),
        ([part(A, D, "3,2,true,"), part(A, E)], 2, "weight_num", "above 0 and not above 1"),
        ([part(A, D, "1,2,false,"), part(A, E)], 2, "weight_source", "without a source must be provisional"),
        ([f"{A},{D},{ON},whole,QĐ,1,1,true,"], 2, "weight_num", "a whole unit has no weight"),
        ([whole(A, D), whole(A, E)], 2, "extent", f"the whole of {A} cannot go to several"),
        ([whole(A, D), part(A, E)], 2, "extent", f"the whole of {A} cannot go to several"),
        ([whole(A, B), whole(B, A)], 2, "new_unit", f"{A} would come from itself"),
        ([whole(A, A)], 2, "new_unit", "succeeds itself"),
        ([whole(A, D), whole(A, D)], 3, "old_unit", "repeats line 2"),
        ([whole(A, "9999@2021-01-01")], 2, "new_unit", "there is no unit 9999@2021-01-01"),
        ([whole("4000@2018-01-01", D)], 2, "old_unit", f"there is no unit 4000@2018-01-01 ({D}?)"),
        ([whole(A, D, "2021-02-01")], 2, "old_unit", f"{A} does not stand the day before 2021-02-01"),
        ([whole(A, D, "2020-01-01")], 2, "new_unit", f"{D} does not stand on 2020-01-01"),
        ([whole(C, D)], 2, "old_unit", f"{C} still stands after the whole of it went"),
    ],
)
def test_nonsense_is_refused_on_its_line(rows: list[str], line: int, field: str, words: str) -> None:
    found = [fault for fault in faults(*rows) if (fault.line, fault.field) == (line, field)]
    assert any(words in fault.message_en for fault in found), faults(*rows)
    assert all(fault.message_vi != fault.message_en for fault in found)


def test_a_unit_may_give_a_part_away_and_later_go_as_a_whole() -> None:
    later = UNITS.replace("4000,2021-01-01", "4000,2019-01-01")
    units = read(part(A, "4000@2019-01-01", "1,10,true,", "2019-01-01"), whole(A, "4000@2019-01-01"), units=later)
    assert len(units.successions) == 2


def test_units_that_both_stand_may_exchange_parts_one_after_the_other() -> None:
    units = read(part(C, D, "1,9,true,", "2022-01-01"), part(D, C, "1,9,true,", "2023-01-01"))
    assert len(units.successions) == 2


def test_who_had_a_code_before_must_have_gone_somewhere_by_name() -> None:
    reused = UNITS + "1000,2021-01-01,,ward,Phường F,,\n"
    [fault] = faults(whole(B, D), units=reused)
    assert (fault.file, fault.line, fault.field) == ("units.csv", 2, "code")
    assert fault.message_en == f"code 1000 is 1000@2021-01-01 now; succession.csv does not say what became of {A}"
    assert read(whole(A, "1000@2021-01-01"), units=reused).successions
    assert read(whole(A, D), units=reused).successions, "it need not have become the one that has its code"


def test_a_code_that_passes_between_units_above_the_wards_needs_no_row() -> None:
    provinces = "code,valid_from,valid_to,kind,name,parent_code,note\n15,2018-01-01,2025-06-30,province,Yên Bái,,\n"
    assert read(units=provinces + "15,2025-07-01,,province,Lào Cai,,\n").successions == ()


def test_the_pilots_succession_tells_of_every_ward_whose_code_was_reused() -> None:
    rows = pilot_files()["succession.csv"].decode().splitlines(keepends=True)
    files = {**pilot_files(), "succession.csv": "".join(row for row in rows if "18118@2018" not in row).encode()}
    with pytest.raises(ProgrammeFaults) as caught:
        parse(files)
    assert [fault.field for fault in caught.value.faults] == ["code"]
    assert "18118@2018-01-01" in caught.value.faults[0].message_vi


def test_a_unit_that_once_received_a_part_may_later_take_in_the_giver() -> None:
    standing = UNITS.replace("1000,2018-01-01,2020-12-31", "1000,2018-01-01,2022-12-31")
    units = read(part(C, A, "1,9,true,", "2019-01-01"), whole(A, C, "2023-01-01"), units=standing)
    assert [row.extent for row in units.successions] == ["part", "whole"]
