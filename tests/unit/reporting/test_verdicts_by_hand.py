"""Wards whose numbers stand in our sources, judged by the pilot's packs as one would by hand.

Trung Lương has 6,665 residents: 0.5 % of them are 33.3 people, 0.1 % are 6.7, 0.05 % are 3.3. What a report does not
say here is 0 in every report of the year.
"""

from datetime import timedelta

import pytest

from services.contracts.programme import Criterion
from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Facts, Report
from services.reporting.domain.status import evaluate
from services.reporting.domain.verdicts import Judgement, judge, needed
from tests.support.programme_folder import pilot

WARD = "18121@2018-01-01"
LAST_MONTH, LAST_QUARTER = "2024-M12", "2024-Q4"
AFTERWARDS = timedelta(days=10)
RESIDENTS = 6_665


def judged(pack: str, period: str = "2024-Y", silent: str | None = None, **said: int) -> Judgement:
    """Every report of the year is there; `said` of the last month and quarter. `silent`: a measure nobody states."""
    year = pilot().period("2024-Y")
    asked = pilot().period(period)
    assert year is not None
    assert asked is not None
    reports = {}
    for owed in pilot().obligations:
        form = pilot().forms[owed.form]
        values = dict.fromkeys(form.measures, 0) | ({"residents": RESIDENTS} if "residents" in form.measures else {})
        if owed.period in (LAST_MONTH, LAST_QUARTER):
            values |= {name: number for name, number in said.items() if name in form.measures}
        reports[owed.report_id] = Report(owed.due_at, {name: n for name, n in values.items() if name != silent})
    now = year.closes_at + AFTERWARDS
    found = pilot().pack(pack, year.end)
    assert found is not None
    cells = needed(pilot(), found, WARD, asked)
    readings = {cell: Reading(evaluate(cell, pilot(), Facts(reports), now)) for cell in cells}
    return judge(pilot(), found, WARD, asked, readings, now)


def grades(judgement: Judgement) -> dict[str, list[str]]:
    return {ruling.verdict.code: [grade.code for grade in ruling.possible] for ruling in judgement.rulings}


def states(judgement: Judgement) -> dict[str, str]:
    return {found.criterion.code: found.state for found in judgement.criteria}


def test_an_loi_dong_had_no_addict_no_user_and_no_offender_and_was_drug_free() -> None:
    """HCMC 2023: the only drug-free commune."""
    assert grades(judged("qd-3122-2010")) == {"drug_free": ["drug_free"], "complexity": ["class_none"]}


@pytest.mark.parametrize("one", ["addicts_detained", "users_recorded", "drug_offenders"])
def test_in_2023_one_addict_wherever_he_is_or_one_user_or_offender_ends_it(one: str) -> None:
    """Three zero counters, with no exceptions mentioned."""
    assert grades(judged("qd-3122-2010", **{one: 1}))["drug_free"] == ["not_drug_free"]


def test_hua_la_with_thirteen_addicts_none_of_them_at_large_is_free_by_the_criteria_of_2025_alone() -> None:
    """Sơn La 2024: nine in facilities, four on substitution: left out by the criteria of 2025, not by the others."""
    said = {"addicts_in_facility": 9, "addicts_substitution": 4}
    assert grades(judged("qd-28-2025", **said)) == {"drug_free": ["drug_free"], "complexity": ["class_none"]}
    assert grades(judged("qd-3122-2010", **said))["drug_free"] == ["not_drug_free"]


@pytest.mark.parametrize(
    "one", ["addicts_at_large", "users_at_large", "resident_violators", "wanted_hiding", "use_points"]
)
def test_by_the_criteria_of_2025_one_of_five_ends_it(one: str) -> None:
    assert grades(judged("qd-28-2025", **{one: 1}))["drug_free"] == ["not_drug_free"]


def test_a_gathering_point_is_no_point_of_use_and_an_offender_no_resident_who_breaks_the_law() -> None:
    """Each criterion is held against its own words."""
    found = judged("qd-28-2025", gathering_points=1, drug_offenders=1)
    assert grades(found)["drug_free"] == ["drug_free"]


@pytest.mark.parametrize(("people", "state"), [(33, "failed"), (34, "satisfied")])
def test_addicts_and_users_with_records_are_a_share_of_the_residents(people: int, state: str) -> None:
    """33/6665 = 0.495 %, 34/6665 = 0.510 %; the threshold is 0.5 %."""
    found = judged("qd-28-2025", addicts_home_rehab=people - 10, users_recorded=10)
    assert states(found)["I-1"] == state
    assert found.criteria[0].reason is None


@pytest.mark.parametrize(
    ("arrested", "class_1", "class_2"),
    [(3, "failed", "failed"), (4, "failed", "undecided"), (6, "failed", "undecided"), (7, "satisfied", "undecided")],
)
def test_offenders_arrested_are_a_share_of_the_residents(arrested: int, class_1: str, class_2: str) -> None:
    """3/6665 = 0.045 %, 4 = 0.060 %, 6 = 0.090 %, 7 = 0.105 %; 0.05 % and 0.1 %. The upper threshold of class II is
    inferred: above the lower one it leaves the criterion open."""
    found = states(judged("qd-28-2025", drug_offenders_arrested=arrested))
    assert (found["I-3"], found["II-3"]) == (class_1, class_2)


def test_three_criteria_of_class_one_are_enough_and_two_are_not() -> None:
    """0.510 %, two points and 0.105 %: class I; without the points what is not readable leaves it open."""
    said = {"addicts_at_large": 34, "drug_offenders_arrested": 7, "resident_violators": 7}
    assert grades(judged("qd-28-2025", use_points=2, **said))["complexity"] == ["class_1"]
    open_classes = ["class_1", "class_2", "class_3", "class_some"]
    assert grades(judged("qd-28-2025", use_points=1, **said))["complexity"] == open_classes


@pytest.mark.parametrize("plants", [{"drug_plants_destroyed": 3_000}, {"drug_plant_area_destroyed": 750}])
def test_plants_or_an_area_destroyed_are_one_criterion_of_class_one(plants: dict[str, int]) -> None:
    said = {"addicts_at_large": 34, "use_points": 2, "drug_plants_found": 3_000}
    assert grades(judged("qd-28-2025", **said, **plants))["complexity"] == ["class_1"]
    both = {"drug_plants_destroyed": 3_000, "drug_plant_area_destroyed": 750}
    alone = grades(judged("qd-28-2025", addicts_at_large=34, drug_plants_found=3_000, **both))["complexity"]
    assert alone != ["class_1"], "plants and their area are not two criteria"


@pytest.mark.parametrize(
    ("addicts", "grade"), [(100, ["class_1"]), (99, ["class_1", "class_2", "class_3", "class_some"])]
)
def test_by_the_decision_of_2010_a_hundred_addicts_alone_are_class_one(addicts: int, grade: list[str]) -> None:
    """Addicts alone, as its wording is known to us; below, the thresholds have no source and C-3 no unit."""
    assert grades(judged("qd-3122-2010", addicts_at_large=addicts))["complexity"] == grade


@pytest.mark.parametrize("silent", ["resident_violators", "use_points", "users_at_large"])
def test_a_number_that_nobody_states_certifies_nobody(silent: str) -> None:
    found = judged("qd-28-2025", silent=silent)
    assert grades(found)["drug_free"] == ["drug_free", "not_drug_free"]


def test_without_the_number_of_residents_no_share_is_decided() -> None:
    found = states(judged("qd-28-2025", silent="residents", addicts_at_large=400, drug_offenders_arrested=70))
    assert (found["I-1"], found["I-3"], found["II-3"]) == ("undecided", "undecided", "undecided")


def test_what_has_no_source_never_decides() -> None:
    """Whatever is reported."""
    everything = dict.fromkeys((name for form in pilot().forms.values() for name in form.measures), 900)
    for pack in ("qd-28-2025", "qd-3122-2010"):
        for found in judged(pack, **everything).criteria:
            criterion: Criterion = found.criterion
            if criterion.provisional:
                assert (found.state, found.reason) == ("undecided", "provisional")
