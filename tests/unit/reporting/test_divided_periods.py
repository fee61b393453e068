"""A period that 1/7/2025 divides: each ward is judged over its own days, the province over both maps."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from services.contracts.programme import cells, local_instant, obligations
from services.reporting.domain.inputs import Cell, DayCount, Facts, Report, TipCount, Value
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import Status, evaluate
from tests.support.two_maps import N1, N2, OUTSIDE, PROVINCE, TOWN, W1, W2, W3, two_maps

PROGRAMME = two_maps()
M7, Q3, YEAR = "2025-M07", "2025-Q3", "2025-Y"


def at(day: str, hour: str = "00:00") -> datetime:
    return local_instant(date.fromisoformat(day), time.fromisoformat(hour))


def said(reports: Mapping[tuple[str, str], Mapping[str, int]], **more: Any) -> Facts:
    """Reports by (ward, month), each an hour before it was due."""
    found = {}
    for (ward, month), values in reports.items():
        owed = PROGRAMME.obligations_of["BC-THANG", ward, month]
        found[owed.report_id] = Report(owed.due_at - timedelta(hours=1), values)
    return Facts(found, {report_id: report.accepted_at for report_id, report in found.items()}, **more)


def status(unit: str, indicator: str, period: str, facts: Facts, now: datetime) -> Status:
    return evaluate(Cell(unit, indicator, period), PROGRAMME, facts, now)


def test_a_ward_that_ended_is_due_after_its_last_day_and_never_again() -> None:
    owed = {one.period: one.due_at for one in obligations(PROGRAMME) if one.unit == W1}
    assert list(owed)[-1] == M7
    assert M7 in owed
    assert owed[M7] == at("2025-07-02", "17:00")
    assert "2025-M08" not in owed
    assert {period for unit, _, period in cells(PROGRAMME) if unit == W1 and period > M7 and "M" in period} == set()


def test_a_new_ward_owes_from_its_first_day_and_the_whole_months_after_it() -> None:
    owed = {one.period: one.due_at for one in obligations(PROGRAMME) if one.unit == N1}
    assert list(owed) == [f"2025-M{month:02}" for month in range(7, 13)]
    assert owed[M7] == at("2025-07-16", "17:00")


def test_a_unit_that_took_no_part_owes_nothing_and_begins_with_the_ward_that_it_joined() -> None:
    assert not [one for one in obligations(PROGRAMME) if one.unit == OUTSIDE]
    units = {unit for unit, _, _ in cells(PROGRAMME)}
    assert OUTSIDE not in units
    first = min(period for unit, _, period in cells(PROGRAMME) if unit == N1 and "M" in period)
    assert first == M7


@pytest.mark.parametrize(("unit", "closes"), [(W1, "2025-07-01"), (N1, "2025-07-15"), (TOWN, "2025-07-01")])
def test_each_unit_has_its_own_days_of_the_month_marked_as_a_stub(unit: str, closes: str) -> None:
    before, after = at(closes) - timedelta(seconds=1), at(closes)
    wards = [W1, W2, W3] if unit == TOWN else [unit]
    facts = said({(ward, M7): {"hotspots": 0} for ward in wards})
    assert status(unit, "CT13", M7, facts, before).status == "on_track"
    found = status(unit, "CT13", M7, facts, after)
    assert (found.status, found.flags) == ("met", ("stub",))


def test_a_period_that_no_new_map_divides_is_no_stub() -> None:
    facts = said({(W1, "2025-M06"): {"hotspots": 0}})
    assert status(W1, "CT13", "2025-M06", facts, at("2025-07-01")).flags == ()


def test_a_new_ward_is_not_due_before_its_first_day() -> None:
    assert status(N1, "CT13", M7, Facts(), at("2025-06-30")).status == "not_due"
    assert status(N1, "CT13", M7, Facts(), at("2025-06-30")).valid_until == at("2025-07-01")


def test_a_target_per_month_is_asked_of_a_stub_in_proportion_to_its_days() -> None:
    facts = said({(N1, M7): {"sessions": 1}, (N1, "2025-M08"): {"sessions": 1}, (N1, "2025-M09"): {"sessions": 0}})
    quarter = status(N1, "CT11", Q3, facts, at("2025-09-15"))
    assert (quarter.status, quarter.value) == ("not_met", Value(2))  # 2 + 14/30 asked
    more = said({(N1, M7): {"sessions": 1}, (N1, "2025-M08"): {"sessions": 1}, (N1, "2025-M09"): {"sessions": 1}})
    assert status(N1, "CT11", Q3, more, at("2025-09-15")).status == "met"
    old = said({(W1, M7): {"sessions": 1}})
    assert status(W1, "CT11", Q3, old, at("2025-07-01")).status == "met"  # 16/30 asked


def test_the_province_adds_up_what_happened_on_both_maps() -> None:
    reports = {(ward, M7): {"sessions": 1} for ward in (W1, W2, W3)} | {
        (ward, M7): {"sessions": 2} for ward in (N1, N2)
    }
    found = status(PROVINCE, "CT14", M7, said(reports), at("2025-07-15"))
    assert (found.value, found.status, found.flags) == (Value(7), "met", ("stub",))
    missing = status(PROVINCE, "CT14", M7, said({k: v for k, v in reports.items() if k[0] != W2}), at("2025-07-15"))
    assert (missing.value, missing.status) == (Value(6), "overdue")


def test_of_what_holds_on_a_day_the_province_counts_the_wards_that_stand_on_it() -> None:
    reports = {(ward, M7): {"hotspots": 3, "plan": 1} for ward in (W1, W2, W3)}
    reports |= {(ward, M7): {"hotspots": 0, "plan": 1} for ward in (N1, N2)}
    facts = said(reports)
    before = status(PROVINCE, "CT02", YEAR, said(reports | {(W1, "2025-M06"): {"plan": 1}}), at("2025-06-30", "12:00"))
    assert before.valid_until == at("2025-07-01"), "another map stands from then on"
    closed = status(PROVINCE, "CT02", M7, facts, at("2025-07-15"))
    assert (closed.status, closed.value) == ("met", Value(2, 2))
    assert status(PROVINCE, "CT13", M7, facts, at("2025-07-15")).value == Value(0)
    assert status(TOWN, "CT13", M7, facts, at("2025-07-15")).value == Value(9)


def test_signatures_stay_with_the_old_ward_and_the_new_one_begins_with_its_own_households() -> None:
    signed = {("household", W1): (DayCount(date(2025, 1, 5), 9),), ("household", N1): (DayCount(date(2025, 7, 3), 6),)}
    facts = Facts(signers=signed)
    assert status(W1, "CT05", M7, facts, at("2025-07-01")).value == Value(9, 10)
    assert status(N1, "CT05", M7, facts, at("2025-07-15")).value == Value(6, 30)
    assert status(PROVINCE, "CT05", M7, facts, at("2025-06-30")).value == Value(9, 30)
    assert status(PROVINCE, "CT05", M7, facts, at("2025-06-30")).valid_until == at("2025-07-01")
    assert status(PROVINCE, "CT05", M7, facts, at("2025-07-01")).value == Value(0, 40)
    assert status(PROVINCE, "CT05", M7, facts, at("2025-07-15")).value == Value(6, 40)


def test_reports_on_time_are_all_that_both_maps_owe() -> None:
    facts = said({(ward, M7): {"hotspots": 0} for ward in (W1, W2, W3, N1)})
    found = status(PROVINCE, "CT30", M7, facts, at("2025-08-01"))
    assert (found.status, found.value) == ("not_met", Value(4, 5))


def test_a_tip_of_an_old_ward_may_be_handed_over_by_what_became_of_it() -> None:
    movers = needs_of([Cell(W2, "CT28", M7)], PROGRAMME).tip_movers[W2]
    assert movers == (W2, TOWN, PROVINCE, N1)
    facts = Facts(tips={W2: (TipCount(date(2025, 6, 30), date(2025, 7, 2), 1),)})
    assert status(W2, "CT28", M7, facts, at("2025-07-03")).value == Value(1, 1)
    assert status(PROVINCE, "CT28", M7, facts, at("2025-07-15")).value == Value(1, 1)
    assert status(N1, "CT28", M7, facts, at("2025-07-15")).status == "not_due"
