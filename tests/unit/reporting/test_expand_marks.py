"""A mark names every cell that its facts can change, and no cell that does not exist."""

from datetime import date

from services.contracts.programme import cells
from services.reporting.domain.expand import Mark, expand, waiting
from services.reporting.domain.inputs import Cell
from tests.unit.reporting.town import MONTHLY, QUARTERLY, TOWN, W1, W2, indicator, town

PROGRAMME = town(
    indicator("flow", code="CT11"),
    indicator("ratio", code="CT21", form=QUARTERLY, frequency="quarter"),
    indicator("coverage", code="CT05"),
    indicator("tips_in_time", code="CT28"),
    indicator("reports_on_time", code="CT30"),
    indicator("signers", "none", 0, code="CT06"),
    indicator("tips_received", "none", 0, code="CT27"),
    indicator("tips_resolved", code="CT29"),
    wards=2,
    quarterly=True,
)
JANUARY = (date(2023, 12, 15), date(2024, 1, 14))


def shape(found: set[Cell]) -> tuple[set[str], set[str], set[str]]:
    units, indicators, periods = zip(*found, strict=True)
    return set(units), set(indicators), set(periods)


def test_a_report_touches_its_indicators_and_timeliness_in_the_periods_around_it():
    found = expand([Mark(W1, f"form:{MONTHLY}", *JANUARY)], PROGRAMME)
    periods = {"2024-M01", "2024-Q1", "2024-H1", "2024-Y"}
    assert shape(found) == ({W1, TOWN}, {"CT11", "CT30"}, periods)
    assert len(found) == 2 * 2 * 4


def test_a_quarterly_report_touches_no_month_of_its_own_indicator():
    found = expand([Mark(W1, f"form:{QUARTERLY}", date(2023, 12, 15), date(2024, 3, 14))], PROGRAMME)
    assert {cell.period for cell in found if cell.indicator == "CT21"} == {"2024-Q1", "2024-H1", "2024-Y"}


def test_a_signature_touches_its_own_period_and_every_later_one():
    found = expand([Mark(W2, "pledge:household", date(2024, 11, 20), date(2024, 11, 20))], PROGRAMME)
    assert shape(found) == ({W2, TOWN}, {"CT05", "CT06"}, {"2024-M12", "2024-Q4", "2024-H2", "2024-Y"})
    assert expand([Mark(W2, "pledge:organisation", date(2024, 11, 20))], PROGRAMME) == set()


def test_a_tip_touches_the_periods_of_its_day():
    found = expand([Mark(TOWN, "tip", date(2024, 1, 14), date(2024, 1, 14))], PROGRAMME)
    assert shape(found) == ({TOWN}, {"CT27", "CT28", "CT29"}, {"2024-M01", "2024-Q1", "2024-H1", "2024-Y"})
    first_day = expand([Mark(TOWN, "tip", date(2024, 1, 15), date(2024, 1, 15))], PROGRAMME)
    assert shape(first_day)[2] == {"2024-M02", "2024-Q1", "2024-H1", "2024-Y"}


def test_a_tip_touches_no_cell_of_a_ward_of_which_nothing_is_told():
    found = expand([Mark(W1, "tip", date(2024, 1, 14))], PROGRAMME)
    assert {cell.unit for cell in found} == {TOWN}
    month = PROGRAMME.period("2024-M01")
    assert month is not None
    assert {cell.unit for cell in waiting([Mark(W1, "tip")], PROGRAMME, month, [TOWN, W1, W2])} == {TOWN}


def test_a_dead_letter_touches_all_of_its_unit_and_those_above():
    found = expand([Mark(W1, "deadletter")], PROGRAMME)
    assert found == {Cell(*cell) for cell in cells(PROGRAMME) if cell[0] in {W1, TOWN}}


def test_a_new_version_touches_every_cell_whatever_unit_it_was_said_of():
    found = expand([Mark(TOWN, "programme")], PROGRAMME)
    assert found == {Cell(*cell) for cell in cells(PROGRAMME)}


def test_an_unknown_unit_touches_nothing():
    assert expand([Mark("99999@2018-01-01", "deadletter")], PROGRAMME) == set()
