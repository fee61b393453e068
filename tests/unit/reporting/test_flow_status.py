"""Flows: the rules of docs/status.md, row by row. M01 is 15/12/2023-14/1/2024, its report due 16/1/2024 17:00."""

import pytest

from services.reporting.domain.inputs import Report, Value
from tests.unit.reporting.town import W1, W2, facts_of, indicator, local, status_at, town

SESSIONS = indicator("flow", "at_least", 1, per="unit_month")
FOUND = indicator("flow", "at_most", 0)
M1, M2, M3 = "2024-M01", "2024-M02", "2024-M03"
BEFORE, DURING = local("2023-12-14"), local("2024-01-02")
CLOSED, LAST_SECOND, DUE = local("2024-01-15"), local("2024-01-16", "16:59"), local("2024-01-16", "17:00")

MONTH_ROWS = [
    # sessions: at least 1 for every ward and month
    ("is not due before it opens", SESSIONS, {}, BEFORE, "not_due"),
    ("is not due while nothing is owed", SESSIONS, {}, DURING, "not_due"),
    ("is on track once the target is reached early", SESSIONS, {(W1, M1): 1}, DURING, "on_track"),
    ("is lost when all is in and it is not enough", SESSIONS, {(W1, M1): 0}, DURING, "lost"),
    ("has no data when it closes in silence", SESSIONS, {}, CLOSED, "no_data"),
    ("has no data to the last second", SESSIONS, {}, LAST_SECOND, "no_data"),
    ("is overdue from the due instant on", SESSIONS, {}, DUE, "overdue"),
    ("is met by a report", SESSIONS, {(W1, M1): 1}, CLOSED, "met"),
    ("is not met by a zero", SESSIONS, {(W1, M1): 0}, CLOSED, "not_met"),
    ("takes null for missing", SESSIONS, {(W1, M1): None}, DUE, "overdue"),
    ("takes an absent measure for missing", SESSIONS, {(W1, M1): {"other": 3}}, DUE, "overdue"),
    (
        "takes a returned report for missing",
        SESSIONS,
        {(W1, M1): Report(DURING, {"m": 3}, returned=True)},
        DUE,
        "overdue",
    ),
    ("takes nil for zero", SESSIONS, {(W1, M1): Report(DURING, {}, nil=True)}, CLOSED, "not_met"),
    # newly found: at most 0
    ("never calls silence clean", FOUND, {}, CLOSED, "no_data"),
    ("never calls late silence clean", FOUND, {}, DUE, "overdue"),
    ("is met by an explicit zero", FOUND, {(W1, M1): 0}, CLOSED, "met"),
    ("is met by nil", FOUND, {(W1, M1): Report(DURING, {}, nil=True)}, CLOSED, "met"),
    ("is not met by one", FOUND, {(W1, M1): 1}, CLOSED, "not_met"),
    ("is lost in the open period by one", FOUND, {(W1, M1): 1}, DURING, "lost"),
    ("is on track in the open period by zero", FOUND, {(W1, M1): 0}, DURING, "on_track"),
]


@pytest.mark.parametrize(
    ("goal", "said", "now", "expected"), [row[1:] for row in MONTH_ROWS], ids=[r[0] for r in MONTH_ROWS]
)
def test_a_flow_of_one_month(goal, said, now, expected):
    programme = town(goal)
    assert status_at(programme, facts_of(programme, said), now, M1, unit=W1).status == expected


@pytest.mark.parametrize("kind", ["flow", "stock"])
def test_measures_that_are_added_up_are_missing_until_all_of_them_are_stated(kind):
    programme = town(indicator(kind, "at_most", 0, sum_of=("m", "listed")))
    rows = [
        ({"m": 1, "listed": 2}, "not_met", Value(3)),
        ({"m": 0, "listed": 2}, "not_met", Value(2)),
        ({"m": 0, "listed": 0}, "met", Value(0)),
        ({"m": 0}, "no_data", None),
        ({"m": 0, "listed": None}, "no_data", None),
    ]
    for said, status, value in rows:
        found = status_at(programme, facts_of(programme, {(W1, M1): said}), CLOSED, M1, unit=W1)
        assert (found.status, found.value) == (status, value), said


FEB_20, MAR_2 = local("2024-02-20"), local("2024-03-02")
QUARTER_ROWS = [
    ("keeps pace when every owed report is in", SESSIONS, {(W1, M1): 1}, local("2024-01-20"), "on_track"),
    ("falls behind a linear share of the target", SESSIONS, {(W1, M1): 0}, local("2024-01-20"), "at_risk"),
    ("has made up for a weak month", SESSIONS, {(W1, M1): 0, (W1, M2): 2}, FEB_20, "on_track"),
    ("wants every owed report, not only the last", SESSIONS, {(W1, M2): 2}, FEB_20, "overdue"),
    ("has no data while the newest owed report is not due", SESSIONS, {(W1, M1): 1}, local("2024-02-15"), "no_data"),
    ("stays on track when the whole target is reached", SESSIONS, {(W1, M2): 3}, FEB_20, "on_track"),
    ("counts an early report as expected", SESSIONS, {(W1, M1): 0, (W1, M2): 1}, local("2024-01-20"), "at_risk"),
    ("is lost at once by one found in an old month", FOUND, {(W1, M1): 1}, MAR_2, "lost"),
    ("stays on track with zeros", FOUND, {(W1, M1): 0, (W1, M2): 0}, FEB_20, "on_track"),
    ("closes as not met though months are missing", FOUND, {(W1, M1): 1}, local("2024-03-15"), "not_met"),
    ("closes as met though months are missing", SESSIONS, {(W1, M1): 3}, local("2024-03-15"), "met"),
    (
        "closes open when the missing month decides",
        SESSIONS,
        {(W1, M1): 1, (W1, M2): 1},
        local("2024-03-15"),
        "no_data",
    ),
    ("closes overdue when an old month is late", SESSIONS, {(W1, M1): 1, (W1, M3): 1}, local("2024-03-15"), "overdue"),
]


@pytest.mark.parametrize(
    ("goal", "said", "now", "expected"), [row[1:] for row in QUARTER_ROWS], ids=[r[0] for r in QUARTER_ROWS]
)
def test_a_flow_of_a_quarter(goal, said, now, expected):
    programme = town(goal)
    assert status_at(programme, facts_of(programme, said), now, "2024-Q1", unit=W1).status == expected


def test_a_flow_adds_over_units_and_months_and_its_target_grows_with_both():
    programme = town(SESSIONS, wards=2)
    said = {(ward, month): 2 for ward in (W1, W2) for month in (M1, M2, M3)}
    found = status_at(programme, facts_of(programme, said), local("2024-03-20"), "2024-Q1")
    assert (found.status, found.value) == ("met", Value(12))
    one_less = said | {(W1, month): 0 for month in (M1, M2, M3)} | {(W2, M3): 1}
    found = status_at(programme, facts_of(programme, one_less), local("2024-03-20"), "2024-Q1")
    assert (found.status, found.value) == ("not_met", Value(5))


def test_a_flow_with_a_missing_input_has_a_known_side_and_an_open_side():
    programme = town(SESSIONS, indicator("flow", "at_most", 0, code="CT14"))
    facts = facts_of(programme, {(W1, M1): 2})
    sessions = status_at(programme, facts, FEB_20, "2024-Q1")
    assert (sessions.value, sessions.worst, sessions.best) == (Value(2), Value(2), None)
    found = status_at(programme, facts, FEB_20, "2024-Q1", code="CT14")
    assert (found.value, found.worst, found.best) == (Value(2), None, Value(2))


def test_a_flow_with_all_inputs_has_no_bounds_and_a_silent_one_no_value():
    programme = town(SESSIONS)
    whole = status_at(programme, facts_of(programme, {(W1, M1): 2}), CLOSED, M1)
    assert (whole.value, whole.worst, whole.best, whole.valid_until) == (Value(2), None, None, None)
    silent = status_at(programme, facts_of(programme, {}), CLOSED, M1)
    assert (silent.value, silent.worst, silent.best, silent.valid_until) == (None, Value(0), None, DUE)


def test_a_decision_while_an_input_is_missing_is_provisional():
    programme = town(SESSIONS)
    said = {(W1, M1): 3}
    assert status_at(programme, facts_of(programme, said), local("2024-03-15"), "2024-Q1").flags == ("provisional",)
    said |= {(W1, M2): 0, (W1, M3): 0}
    assert status_at(programme, facts_of(programme, said), local("2024-03-15"), "2024-Q1").flags == ()
