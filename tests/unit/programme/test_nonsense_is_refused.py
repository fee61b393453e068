"""Each kind of nonsense is refused at its own line. `old` becomes `new`; the fault must stand on the line of `new`."""

import pytest

from services.contracts.programme import Fault, ProgrammeFaults, parse
from tests.support.programme_folder import Files, added, edited, pilot_files, without

W = "18115@2018-01-01"


def faults_of(files: Files) -> list[Fault]:
    with pytest.raises(ProgrammeFaults) as caught:
        parse(files)
    return caught.value.faults


def line_of(files: Files, file: str, text: str) -> int:
    return files[file].decode().split(text, 1)[0].count("\n") + 1


EDITS = [
    # file, old, new, field, words of the message
    ("programme.yaml", "id: hong-linh-2024", "id: Hồng Lĩnh", "id", "a code of the right form"),
    ("programme.yaml", "calendar: nd09", "calendar: lunar", "calendar", "one of: nd09, calendar"),
    ("programme.yaml", "last_year: 2024", "last_year: 2023", "last_year", "before the first"),
    ("programme.yaml", "last_year: 2024", "last_year: 2099", "last_year", "longer than 30 years"),
    ("programme.yaml", "last_year: 2024", "last_year: 2024\nlast_year: 2024", "last_year", "there twice"),
    ("programme.yaml", "root: 437@", "root: 438@", "root", "has no 438@2018-01-01"),
    ("programme.yaml", "root: 437@2018-01-01", "root: 18115@2025-07-01", "root", "does not stand for the whole"),
    ("programme.yaml", "root: 437@", "colour: red\nroot: 437@", "colour", "unknown key"),
    ("programme.yaml", "handover_days: 1", "handover_days: -1", "handover_days", "from 0 to 60"),
    ("programme.yaml", "    provisional: true", "    provisional: false", "number", "without a number"),
    ("programme.yaml", "agency_kind: front", "agency_kind: police", "agency_kind", "repeats line"),
    ("units.csv", "437,2018-01-01,2025-06-30", "437,2018-01-01,2017-06-30", "valid_to", "before the first"),
    ("units.csv", "18115,2025-07-01", "18115,2025-06-30", "valid_from", "overlaps"),
    ("units.csv", "Phường Bắc Hồng,437", "Phường Bắc Hồng,443", "parent_code", "no unit 443"),
    ("units.csv", "Phường Bắc Hồng,437", "Phường Bắc Hồng,18118", "parent_code", "is a reporting unit"),
    (
        "units.csv",
        "42,2018-01-01,,province,Tỉnh Hà Tĩnh,,",
        "42,2018-01-01,,province,Tỉnh Hà Tĩnh,42,",
        "parent_code",
        "below itself",
    ),
    ("units.csv", "province,Tỉnh", "planet,Tỉnh", "kind", "one of: country"),
    ("units.csv", "437,2018-01-01", "437,2018-02-30", "valid_from", "a day that exists"),
    (
        "succession.csv",
        "18121@2018-01-01,18115@2025-07-01",
        "18121@2018-01-01,18115@2018-01-01",
        "new_unit",
        "does not stand on 2025-07-01",
    ),
    (
        "succession.csv",
        "18121@2018-01-01,18115@2025-07-01",
        "18121@2018-01-01,18116@2025-07-01",
        "new_unit",
        "there is no unit",
    ),
    ("succession.csv", "18121@2018-01-01", "42@2018-01-01", "old_unit", "still stands"),
    ("succession.csv", "18121@2018-01-01", W, "extent", "cannot go to several"),
    ("groups.csv", "18115-tdp-02", "18115-tdp-01", "group", "repeats line 2"),
    ("groups.csv", f"{W},18115-tdp-02", "437@2018-01-01,18115-tdp-02", "unit", "no reporting unit"),
    ("denominators.csv", "2023-12-15,2097", "2023-12-15,-1", "value", "from 0"),
    ("denominators.csv", "2023-12-15,2097", "2025-12-15,2097", "as_of", "does not stand on 2025-12-15"),
    ("denominators.csv", f"{W},household,2024-06-15", f"{W},household,2023-12-15", "as_of", "repeats line"),
    ("denominators.csv", f"{W},organisation,2023-12-15,12", f"{W},organisation,2023-12-15,13", "value", "lists 12"),
    ("denominators.csv", "household", "households", "kind", "one of: household"),
    ("organisations.csv", "18115-cong-an", "18115-ubnd", "id", "repeats line 2"),
    ("agencies.csv", "ca-437,", "ubnd-437,", "id", "repeats line"),
    ("agencies.csv", "ca-437,", "CA 437,", "id", "a code of the right form"),
    ("holidays.csv", "2024-02-09", "2024-02-08", "day", "repeats line"),
    ("holidays.csv", "2024-05-04,working", "2024-05-03,working", "day", "a Saturday or a Sunday"),
    ("holidays.csv", "2024-04-18", "2024-04-31", "day", "a day that exists"),
    ("forms.yaml", "working_days: 2", "working_days: 0", "working_days", "after the cut-off"),
    ("forms.yaml", 'at: "17:00"', 'at: "25:00"', "at", "such as 17:00"),
    ("forms.yaml", "frequency: month", "frequency: week", "frequency", "one of: month, quarter"),
    ("forms.yaml", "code: plan_issued", "code: model_deployed", "code", "repeats line"),
    ("forms.yaml", "code: BC-THANG-CA", "code: BC-THANG-UBND", "code", "repeats line"),
    ("forms.yaml", "left: post_rehab_helped", "left: hotspots", "left", "no measure hotspots"),
    ("forms.yaml", "left: post_rehab_helped", "left: post_rehab_listed", "right", "compared with itself"),
    ("forms.yaml", "right: users_recorded", "parts: [users_recorded]", "right", "needs right and nothing else"),
    ("forms.yaml", "op: sum_of", "op: at_most", "right", "needs right and nothing else"),
    (
        "forms.yaml",
        "parts: [hotspots_suspected, hotspots, hotspots_broken_up, hotspots_watched]",
        "parts: [hotspots]",
        "parts",
        "two or more different",
    ),
    ("forms.yaml", "parts: [hotspots_suspected, hotspots,", "parts: [hotspots, hotspots,", "parts", "two or more"),
    ("forms.yaml", "parts: [hotspots_suspected, hotspots,", "parts: [hotspots_listed, hotspots,", "parts", "itself"),
    ("forms.yaml", "parts: [hotspots_suspected", "parts: [sightings", "parts", "no measure sightings"),
    ("forms.yaml", "parts: [hotspots_suspected", "parts: [Sightings", "parts", "a code of the right form"),
    ("forms.yaml", "owner_kind: police", "owner_kind: school", "owner_kind", "no agency of kind school"),
    ("indicators.yaml", "code: CT02", "code: CT01", "code", "repeats line"),
    ("indicators.yaml", "form: BC-THANG-CA", "form: BC-NAM", "form", "no form BC-NAM"),
    ("indicators.yaml", "measure: gathering_points", "measure: sightings", "measure", "no measure sightings"),
    ("indicators.yaml", "measure: gathering_points", "measure: rings_found", "measure", "is a flow"),
    ("indicators.yaml", "measure: gathering_points", "measure: model_deployed", "measure", "no measure model_deployed"),
    (
        "indicators.yaml",
        "signer_kind: household",
        "signer_kind: household\n    measure: propaganda_sessions",
        "measure",
        "has no measure",
    ),
    ("indicators.yaml", "signer_kind: household", "signer_kind: animal", "signer_kind", "one of: household"),
    ("indicators.yaml", "measures: [drug_cases, drug_offenders]", "measures: drug_cases", "measures", "must be a list"),
    ("indicators.yaml", "[drug_cases, drug_offenders]", "[drug_cases]", "measures", "two or more different"),
    (
        "indicators.yaml",
        "[drug_cases, drug_offenders]",
        "[drug_cases, drug_cases]",
        "measures",
        "two or more different",
    ),
    ("indicators.yaml", "[drug_cases, drug_offenders]", "[drug_cases, hotspots]", "measures", "is a stock"),
    ("indicators.yaml", "[drug_cases, drug_offenders]", "[drug_cases, sightings]", "measures", "no measure sightings"),
    ("indicators.yaml", "    measures: [drug_cases, drug_offenders]\n", "", "measure", "needs measure"),
    (
        "indicators.yaml",
        "measure: propaganda_sessions",
        "measure: propaganda_sessions\n    measures: [propaganda_sessions, propaganda_attendances]",
        "measures",
        "not both",
    ),
    (
        "indicators.yaml",
        "measure: model_deployed",
        "measures: [model_deployed, plan_issued]",
        "measures",
        "adds no measures up",
    ),
    (
        "indicators.yaml",
        "numerator: post_rehab_helped",
        "numerator: post_rehab_listed",
        "denominator",
        "divided by itself",
    ),
    ("indicators.yaml", "    numerator: post_rehab_helped\n", "", "numerator", "needs numerator"),
    ("indicators.yaml", "op: none", "op: at_least", "op", "has no target"),
    ("indicators.yaml", "op: at_least", "op: none", "op", "only a count may"),
    ("indicators.yaml", "op: none\n      num: 0", "op: none\n      num: 5", "num", "0/1"),
    ("indicators.yaml", "    signer_kind: individual\n", "", "signer_kind", "needs signer_kind"),
    ("indicators.yaml", "num: 9\n      den: 10", "num: 9\n      den: 0", "den", "1 or more"),
    ("indicators.yaml", "num: 9\n      den: 10", "num: 11\n      den: 10", "num", "above 100 %"),
    ("indicators.yaml", "      per: unit_month", "      per: week", "per", "one of: unit_month"),
    ("indicators.yaml", 'decision: ""', 'decision: "1/QĐ"', "decision", "no decision 1/QĐ"),
    (
        "indicators.yaml",
        "      provisional: true",
        "      provisional: false",
        "decision",
        "needs the number of its decision",
    ),
    ("indicators.yaml", "owner_kind: front", "owner_kind: school", "owner_kind", "no agency of kind school"),
    (
        "indicators.yaml",
        "measure: model_deployed",
        "measure: model_deployed\n    trajectory: linear",
        "trajectory",
        "only a coverage",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "words"), EDITS, ids=lambda value: str(value)[:30])
def test_nonsense_is_refused_where_it_stands(file: str, old: str, new: str, field: str, words: str) -> None:
    files = edited(file, old, new)
    found = [fault for fault in faults_of(files) if fault.field == field and words in fault.message_en]
    assert found, [f"{fault.file}:{fault.line} {fault.field} {fault.message_en}" for fault in faults_of(files)]
    assert all(fault.message_vi != fault.message_en for fault in found)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("denominators.csv", "2023-12-15,2097", "2023-12-15,-1"),
        ("units.csv", "province,Tỉnh", "planet,Tỉnh"),
        ("holidays.csv", "2024-05-04,working", "2024-05-03,working"),
        ("forms.yaml", "working_days: 2", "working_days: 0"),
        ("forms.yaml", "owner_kind: police", "owner_kind: school"),
        ("indicators.yaml", "measure: gathering_points", "measure: sightings"),
        ("indicators.yaml", "num: 9\n      den: 10", "num: 11\n      den: 10"),
        ("programme.yaml", "calendar: nd09", "calendar: lunar"),
        ("programme.yaml", "root: 437@", "root: 438@"),
    ],
)
def test_a_fault_names_the_line_on_which_the_wrong_value_stands(file: str, old: str, new: str) -> None:
    files = edited(file, old, new)
    assert {(fault.file, fault.line) for fault in faults_of(files)} == {(file, line_of(files, file, new))}


def test_faults_of_several_files_are_told_at_once() -> None:
    files = {
        **pilot_files(),
        **{
            name: edited(name, old, new)[name]
            for name, old, new in [
                ("holidays.csv", "2024-04-18", "2024-04-31"),
                ("forms.yaml", "working_days: 2", "working_days: 0"),
                ("indicators.yaml", "measure: gathering_points", "measure: rings_found"),
                ("denominators.csv", "2023-12-15,2097", "2023-12-15,-1"),
            ]
        },
    }
    assert [fault.file for fault in faults_of(files)] == [
        "denominators.csv",
        "forms.yaml",
        "holidays.csv",
        "indicators.yaml",
    ]


def test_one_bad_row_brings_no_faults_about_rows_that_refer_to_it() -> None:
    files = edited("units.csv", "18115,2018-01-01,2025-06-30,ward", "18115,2018-01-01,2025-06-31,ward")
    assert [(fault.file, fault.field) for fault in faults_of(files)] == [("units.csv", "valid_to")]


def test_a_report_that_nobody_can_owe_is_a_fault_of_its_form() -> None:
    files = without("agencies.csv", "ca-18121")
    [fault] = faults_of(files)
    assert (fault.file, fault.field) == ("forms.yaml", "owner_kind")
    assert fault.line == line_of(files, "forms.yaml", "owner_kind: police")
    assert "18121@2018-01-01" in fault.message_en


def test_two_agencies_that_would_owe_the_same_report_are_refused() -> None:
    files = added("agencies.csv", f"ca-18115-b,Công an,Police,police,{W}")
    assert {(fault.file, fault.field) for fault in faults_of(files)} == {("agencies.csv", "kind")}


def test_a_cycle_of_units_is_refused_at_every_unit_in_it() -> None:
    files = added("units.csv", "901,2018-01-01,,district,A,902,", "902,2018-01-01,,district,B,901,")
    assert [fault.message_en for fault in faults_of(files)] == [
        "901@2018-01-01 is below itself",
        "902@2018-01-01 is below itself",
    ]


def test_a_year_without_any_day_off_is_a_forgotten_year() -> None:
    files = without("holidays.csv", "2024-")
    assert "no day off is listed for 2024" in [fault.message_en for fault in faults_of(files)]


@pytest.mark.parametrize(
    ("file", "data", "line", "words"),
    [
        ("units.csv", b"", 1, "header"),
        ("units.csv", b"code,kind\n1,ward\n", 1, "column name is missing"),
        ("holidays.csv", b"day,kind,name,decision\n2024-01-01,holiday\n", 2, "2 cells"),
        ("holidays.csv", b'day,kind,name,decision\n2024-01-01,holiday,"T', 2, "broken CSV"),
        ("holidays.csv", b"day,kind,name,decision\n2024-01-01,holiday,\xff,x\n", 2, "UTF-8"),
        ("holidays.csv", "day,kind,name,decision\n2024-01-01,holiday,Te\u0302\u0301t,x\n".encode(), 2, "NFC"),
        ("forms.yaml", b"forms:\n  - code: [\n", 3, "broken YAML"),
        ("forms.yaml", b"forms: &all\n  - *all\n", 2, "alias"),
        ("forms.yaml", b"[" * 5_000, 1, "nested too deeply"),
        ("forms.yaml", b"", 1, "empty"),
        ("forms.yaml", b"forms: nothing\n", 1, "must be a list"),
        ("forms.yaml", b"- forms\n", 1, "group of key: value"),
        ("forms.yaml", b"forms:\n  ? [a]\n  : b\n", 2, "a key must be a word"),
        ("extra.csv", b"a,b\n", 1, "no file of a programme"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_with_a_line(file: str, data: bytes, line: int, words: str) -> None:
    found = [fault for fault in faults_of({**pilot_files(), file: data}) if fault.file == file]
    assert any(fault.line == line and words in fault.message_en for fault in found), found


def test_a_missing_file_is_a_fault() -> None:
    files = {name: data for name, data in pilot_files().items() if name != "groups.csv"}
    assert [(fault.file, fault.message_en) for fault in faults_of(files)] == [("groups.csv", "the file is missing")]


def test_a_cell_over_two_lines_does_not_shift_the_lines_after_it() -> None:
    files = edited("holidays.csv", "Tết Dương lịch,", '"Tết\nDương lịch",')
    broken = {**files, "holidays.csv": files["holidays.csv"].replace(b"2024-04-18", b"2024-04-31")}
    [fault] = faults_of(broken)
    assert fault.line == line_of(broken, "holidays.csv", "2024-04-31")


def test_columns_in_another_order_are_the_same_table() -> None:
    rows = [line.split(",", 1) for line in pilot_files()["groups.csv"].decode().splitlines()]
    turned = "\n".join(f"{rest},{unit}" for unit, rest in rows).encode()
    assert parse({**pilot_files(), "groups.csv": turned}).groups == parse(pilot_files()).groups
