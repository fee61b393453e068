"""The pilot's own folder: what it says is so, and its days off are those of the country."""

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from typing import get_args

import holidays
import pytest

from services.contracts.errors import Text
from services.contracts.programme import LOCAL_ZONE, WorkCalendar, cells, obligations, units_of
from services.contracts.programme.indicators import IndicatorKind
from tests.support.programme_folder import FOLDER, pilot, pilot_files

TOWN = "437@2018-01-01"
WARDS = tuple(f"{code}@2018-01-01" for code in ("18115", "18118", "18121", "18124", "18127", "18130"))
FIRST_LISTED, LAST_LISTED = date(2023, 12, 15), date(2026, 1, 1)


def local(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 17, tzinfo=LOCAL_ZONE)


def test_the_town_has_five_wards_and_one_commune() -> None:
    kinds = [pilot().units.by_id[ward].kind for ward in WARDS]
    assert Counter(kinds) == {"ward": 5, "commune": 1}
    assert pilot().units.by_id["18130@2018-01-01"].kind == "commune"


def test_every_indicator_of_the_catalogue_is_there_in_its_order_and_every_kind_is_used() -> None:
    catalogue = [code for code, indicator in pilot().indicators.items() if not indicator.auxiliary]
    assert catalogue == [f"CT{number:02}" for number in range(1, 32)]
    kinds = {indicator.kind for indicator in pilot().indicators.values()}
    assert kinds == set(get_args(IndicatorKind))


def test_the_definitions_that_were_there_before_keep_their_hashes() -> None:
    """As the release with twelve indicators had them: a status of then and one of now are of one definition."""
    before = {"CT01": "bb0f213b", "CT05": "8bfc8e37", "CT11": "cd856279", "CT16": "2ff2b7e3", "CT21": "9a3b319d"}
    assert {code: pilot().indicators[code].definition_hash[:8] for code in before} == before


def test_not_only_the_police_answer_for_an_indicator() -> None:
    owners = Counter(indicator.owner_kind for indicator in pilot().indicators.values() if not indicator.auxiliary)
    assert owners.keys() == {"people_committee", "police", "front"}
    assert owners["police"] < owners.total() / 2


def test_every_ward_has_a_head_for_everything_that_is_asked_of_it() -> None:
    heads = {(of.unit, of.kind): of.head for of in pilot().agencies.values()}
    for ward in WARDS:
        for indicator in pilot().indicators.values():
            assert heads[ward, indicator.owner_kind] is not None
    assert heads[WARDS[0], "police"] == Text("Trưởng Công an phường Bắc Hồng", "Head, Police of Bắc Hồng ward")


def test_a_target_without_the_number_of_a_decision_is_provisional_and_says_where_it_comes_from() -> None:
    targets = [indicator.target for indicator in pilot().indicators.values() if not indicator.auxiliary]
    assert all(target.provisional or target.decision for target in targets)
    assert all(target.source for target in targets)


def test_every_measure_that_an_indicator_reads_is_asked_for_once_and_the_hotspots_must_balance() -> None:
    forms = pilot().forms
    for indicator in pilot().indicators.values():
        if indicator.form is not None:
            assert set(indicator.measures) <= forms[indicator.form].measures.keys()
    (balance,) = [rule for rule in forms["BC-THANG-CA"].rules if rule.op == "sum_of"]
    stocks = ("hotspots_suspected", "hotspots", "hotspots_broken_up", "hotspots_watched")
    assert (balance.left, balance.rights) == ("hotspots_listed", stocks)


def test_every_definition_is_told_in_both_languages_and_has_a_hash_of_its_own() -> None:
    indicators = pilot().indicators.values()
    assert all(indicator.definition.vi != indicator.definition.en for indicator in indicators)
    assert len({indicator.definition_hash for indicator in indicators}) == len(indicators)


def test_each_ward_owes_two_monthly_reports_and_two_quarterly_ones() -> None:
    owed = Counter((obligation.unit, obligation.form) for obligation in obligations(pilot()))
    each_ward = {"BC-THANG-UBND": 12, "BC-THANG-CA": 12, "BC-QUY-UBND": 4, "BC-QUY-MTTQ": 4}
    assert owed == {(ward, form): count for ward in WARDS for form, count in each_ward.items()}


def test_a_report_is_owed_by_the_agency_of_its_own_ward() -> None:
    for owed in obligations(pilot()):
        assert pilot().agencies[owed.owner].unit == owed.unit
        assert pilot().agencies[owed.owner].kind == pilot().forms[owed.form].owner_kind


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2024-M01", local(2024, 1, 16)),
        ("2024-M02", local(2024, 2, 16)),  # the cut-off is the last day of Tết
        ("2024-M03", local(2024, 3, 18)),  # Thursday + 2: over a weekend
        ("2024-M12", local(2024, 12, 17)),  # Saturday + 2
    ],
)
def test_a_report_is_due_two_working_days_after_the_cut_off_at_17_00(period: str, due: datetime) -> None:
    assert pilot().obligations_of["BC-THANG-UBND", WARDS[0], period].due_at == due


def test_report_ids_are_all_different_and_lead_back_to_their_obligation() -> None:
    owed = obligations(pilot())
    assert len(pilot().obligation_of_report) == len(owed)
    assert all(pilot().obligation_of_report[one.report_id] is one for one in owed)


def test_a_sandbox_of_the_programme_has_report_ids_of_its_own() -> None:
    sandbox = pilot().activated("hong-linh-2024-demo", 1, sandbox=True)
    assert not set(sandbox.obligation_of_report) & set(pilot().obligation_of_report)


def test_the_cells_are_the_wards_and_the_town_in_every_period_not_shorter_than_the_indicator() -> None:
    found = list(cells(pilot()))
    assert len(found) == len(set(found))
    assert {unit for unit, _, _ in found} == {TOWN, *WARDS}
    assert sum(code == "CT05" for _, code, _ in found) == 7 * 19
    assert {period for _, code, period in found if code == "CT21"} == {
        period.code for period in pilot().periods() if period.kind != "month"
    }


def test_the_root_comes_first_among_the_units_of_a_period() -> None:
    year = pilot().period("2024-Y")
    assert year is not None
    assert units_of(pilot(), year) == (TOWN, *WARDS)


def test_the_base_periods_of_a_quarter_are_its_three_months() -> None:
    quarter = pilot().period("2024-Q3")
    assert quarter is not None
    codes = [period.code for period in pilot().base_periods(quarter, "month")]
    assert codes == ["2024-M07", "2024-M08", "2024-M09"]


def test_the_newest_number_known_on_a_day_is_the_denominator_of_that_day() -> None:
    denominators = pilot().denominators
    ward = WARDS[0]
    assert denominators.latest(ward, "household", date(2023, 12, 14)) is None
    first = denominators.latest(ward, "household", date(2024, 6, 14))
    later = denominators.latest(ward, "household", date(2024, 6, 15))
    assert first is not None
    assert later is not None
    assert (first.as_of, later.as_of) == (date(2023, 12, 15), date(2024, 6, 15))
    assert later.value > first.value


def test_the_town_has_about_ten_thousand_households_all_marked_provisional() -> None:
    entries = [entry for entry in pilot().denominators.entries if entry.kind == "household"]
    assert 9_500 <= sum(entry.value for entry in entries if entry.as_of == date(2023, 12, 15)) <= 10_500
    assert all(entry.provisional for entry in entries)


def test_a_target_of_each_month_and_ward_grows_with_the_period_and_the_unit() -> None:
    target = pilot().indicators["CT11"].target
    assert target.of_period(months=3, leaves=6) == 18
    assert target.passes(18, months=3, leaves=6)
    assert not target.passes(17, months=3, leaves=6)
    ratio = pilot().indicators["CT21"].target
    assert ratio.passes(Fraction(9, 10))
    assert not ratio.passes(Fraction(899, 1000))
    zero = pilot().indicators["CT13"].target
    assert zero.passes(0)
    assert not zero.passes(1)


def test_the_days_off_are_those_that_the_library_proposes() -> None:
    proposed = set(holidays.country_holidays("VN", years=range(2023, 2027)))
    expected = {day for day in proposed if FIRST_LISTED <= day <= LAST_LISTED}
    assert pilot().holidays.holidays == expected


def test_a_day_swapped_for_a_bridge_is_worked_on_the_weekend() -> None:
    library = holidays.country_holidays("VN", years=range(2023, 2027))
    assert pilot().holidays.working == {day for day in library.weekend_workdays if FIRST_LISTED <= day <= LAST_LISTED}
    calendar: WorkCalendar = pilot().holidays
    assert calendar.add_working_days(date(2024, 4, 26), 1) == date(2024, 5, 2)
    assert calendar.add_working_days(date(2024, 5, 3), 1) == date(2024, 5, 4)


def test_every_file_of_the_folder_is_named_in_its_list_of_sources() -> None:
    sources = (FOLDER / "SOURCES.md").read_text()
    assert [name for name in pilot_files() if name != "SOURCES.md" and name not in sources] == []
