"""Stocks, flags and ratios: of every ward the current report counts. M01 ends 14/1/2024, due 16/1/2024 17:00."""

from fractions import Fraction

import pytest

from services.reporting.domain.inputs import Report, Value
from tests.unit.reporting.town import W1, W2, W3, facts_of, indicator, local, status_at, town

HOTSPOTS = indicator("stock", "at_most", 0)
LAUNCHED = indicator("flag", "at_least", 1)
HELPED = indicator("ratio", "at_least", Fraction(9, 10))
M1, M2, M3, Q1 = "2024-M01", "2024-M02", "2024-M03", "2024-Q1"
BEFORE, DURING = local("2023-12-14"), local("2024-01-02")
CLOSED, DUE, Q1_CLOSED = local("2024-01-15"), local("2024-01-16", "17:00"), local("2024-03-15")
JAN_20, FEB_20 = local("2024-01-20"), local("2024-02-20")


def people(helped: int | None, listed: int | None) -> dict[str, int | None]:
    return {"helped": helped, "listed": listed}


ROWS = [
    ("stock not due before it opens", HOTSPOTS, {}, BEFORE, M1, "not_due"),
    ("stock not due while nothing is owed", HOTSPOTS, {}, DURING, M1, "not_due"),
    ("stock never clean in silence", HOTSPOTS, {}, CLOSED, M1, "no_data"),
    ("stock never clean in late silence", HOTSPOTS, {}, DUE, M1, "overdue"),
    ("stock met by an explicit zero", HOTSPOTS, {(W1, M1): 0}, CLOSED, M1, "met"),
    ("stock met by nil", HOTSPOTS, {(W1, M1): Report(DURING, {}, nil=True)}, CLOSED, M1, "met"),
    ("stock missing by null", HOTSPOTS, {(W1, M1): None}, DUE, M1, "overdue"),
    ("stock missing by return", HOTSPOTS, {(W1, M1): Report(DURING, {"m": 0}, returned=True)}, DUE, M1, "overdue"),
    ("stock not met by one", HOTSPOTS, {(W1, M1): 1}, CLOSED, M1, "not_met"),
    ("stock at risk by an early one, never lost", HOTSPOTS, {(W1, M1): 1}, DURING, M1, "at_risk"),
    ("stock on track by an early zero", HOTSPOTS, {(W1, M1): 0}, DURING, M1, "on_track"),
    ("stock of an open quarter by its latest month", HOTSPOTS, {(W1, M1): 1, (W1, M2): 0}, FEB_20, Q1, "on_track"),
    ("stock does not miss an older month", HOTSPOTS, {(W1, M2): 0}, FEB_20, Q1, "on_track"),
    ("stock misses the latest owed month", HOTSPOTS, {(W1, M1): 0}, FEB_20, Q1, "overdue"),
    ("stock takes a later month that came early", HOTSPOTS, {(W1, M3): 1}, FEB_20, Q1, "at_risk"),
    ("stock of a closed quarter is its last month", HOTSPOTS, {(W1, M1): 5, (W1, M3): 0}, Q1_CLOSED, Q1, "met"),
    ("stock of a closed quarter wants its last month", HOTSPOTS, {(W1, M2): 0}, Q1_CLOSED, Q1, "no_data"),
    ("flag met", LAUNCHED, {(W1, M1): 1}, CLOSED, M1, "met"),
    ("flag not met", LAUNCHED, {(W1, M1): 0}, CLOSED, M1, "not_met"),
    ("flag at risk", LAUNCHED, {(W1, M1): 0}, JAN_20, Q1, "at_risk"),
    ("flag overdue", LAUNCHED, {}, DUE, M1, "overdue"),
    ("ratio met at the target itself", HELPED, {(W1, M1): people(9, 10)}, CLOSED, M1, "met"),
    ("ratio not met below it", HELPED, {(W1, M1): people(8, 9)}, CLOSED, M1, "not_met"),
    ("ratio at risk", HELPED, {(W1, M1): people(8, 9)}, JAN_20, Q1, "at_risk"),
    ("ratio not due when nobody is listed", HELPED, {(W1, M1): people(0, 0)}, CLOSED, M1, "not_due"),
    ("ratio not due in the open when nobody is listed", HELPED, {(W1, M1): people(0, 0)}, JAN_20, Q1, "not_due"),
    ("ratio missing by one part", HELPED, {(W1, M1): people(9, None)}, DUE, M1, "overdue"),
]


@pytest.mark.parametrize(("goal", "said", "now", "period", "expected"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_what_holds_at_a_cut_off(goal, said, now, period, expected):
    programme = town(goal)
    assert status_at(programme, facts_of(programme, said), now, period, unit=W1).status == expected


THREE_RATIOS = {(W1, M1): people(10, 10), (W2, M1): people(1, 2), (W3, M1): people(98, 98)}
TOWN_ROWS = [
    ("one ward's silence is not the town's zero", HOTSPOTS, {(W1, M1): 0, (W2, M1): 0}, DUE, "overdue"),
    ("one ward's hotspot decides the closed town", HOTSPOTS, {(W1, M1): 1}, CLOSED, "not_met"),
    ("one ward's no does not decide a flag early", LAUNCHED, {(W1, M1): 0}, CLOSED, "no_data"),
    ("wards' ratios are added by their parts", HELPED, THREE_RATIOS, CLOSED, "met"),
]


@pytest.mark.parametrize(("goal", "said", "now", "expected"), [r[1:] for r in TOWN_ROWS], ids=[r[0] for r in TOWN_ROWS])
def test_a_town_of_three_wards(goal, said, now, expected):
    programme = town(goal, wards=3)
    assert status_at(programme, facts_of(programme, said), now, M1).status == expected


def test_a_flag_is_a_share_of_the_wards_and_bounded_by_those_that_are_missing():
    programme = town(LAUNCHED, wards=3)
    found = status_at(programme, facts_of(programme, {(W1, M1): 1, (W2, M1): 0}), CLOSED, M1)
    assert (found.value, found.worst, found.best) == (Value(1, 3), Value(1, 3), Value(2, 3))


def test_a_ratio_with_a_missing_ward_may_still_be_anything():
    programme = town(HELPED, wards=2)
    found = status_at(programme, facts_of(programme, {(W1, M1): people(9, 10)}), CLOSED, M1)
    assert (found.value, found.worst, found.best) == (Value(9, 10), Value(0), Value(1))


def test_a_stock_with_a_missing_ward_is_known_on_its_good_side_only():
    programme = town(HOTSPOTS, wards=2)
    found = status_at(programme, facts_of(programme, {(W1, M1): 2}), CLOSED, M1)
    assert (found.status, found.value, found.worst, found.best) == ("not_met", Value(2), None, Value(2))
    assert found.flags == ("provisional",)


def test_wards_that_owe_nothing_yet_are_left_out_when_another_reports_early():
    programme = town(LAUNCHED, wards=3)
    found = status_at(programme, facts_of(programme, {(W1, M1): 1}), DURING, M1)
    assert (found.status, found.value) == ("on_track", Value(1, 1))


def test_a_closed_period_that_counts_a_late_report_is_restated():
    programme = town(HOTSPOTS)
    for accepted_at, flags in ((DUE, ("restated",)), (local("2024-01-16", "16:59"), ())):
        facts = facts_of(programme, {(W1, M1): Report(accepted_at, {"m": 0})})
        assert status_at(programme, facts, JAN_20, M1).flags == flags
        assert status_at(programme, facts, JAN_20, Q1).flags == (), "an open period is not restated"
