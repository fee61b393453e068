"""Reports on time: what was accepted before it was due. Reports of M01, M02, M03 are due 16/1, 16/2, 18/3 at 17:00."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.contracts.programme import Agency
from services.reporting.domain.inputs import Facts, Report, Value
from services.reporting.domain.obligations import Extension, Submission
from tests.unit.reporting.town import MONTHLY, NO_TEXT, TOWN, W1, W2, facts_of, indicator, local, status_at, town

GOAL = indicator("reports_on_time")
M1, M2, M3, Q1 = "2024-M01", "2024-M02", "2024-M03", "2024-Q1"
DUE = local("2024-01-16", "17:00")
EARLY, LATE = Report(DUE - timedelta(seconds=1), {"m": 0}), Report(DUE, {"m": 0})

ROWS = [
    ("nothing due yet", {}, local("2024-01-02"), M1, "not_due", None),
    ("closed, not yet due", {}, local("2024-01-15"), M1, "no_data", None),
    ("closed and late", {}, DUE, M1, "not_met", Value(0, 1)),
    ("closed and in time", {(W1, M1): EARLY}, local("2024-01-15"), M1, "met", Value(1, 1)),
    ("accepted at the due instant", {(W1, M1): LATE}, DUE, M1, "not_met", Value(0, 1)),
    ("open quarter in time", {(W1, M1): EARLY}, DUE, Q1, "on_track", Value(1, 1)),
    ("open quarter lost by one", {(W1, M2): EARLY}, DUE, Q1, "lost", Value(1, 2)),
    ("returned but in time", {(W1, M1): Report(EARLY.accepted_at, {}, returned=True)}, DUE, M1, "met", Value(1, 1)),
]


@pytest.mark.parametrize(("said", "now", "period", "status", "value"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_reports_of_a_ward(said, now, period, status, value):
    programme = town(GOAL)
    found = status_at(programme, facts_of(programme, said), now, period, unit=W1)
    assert (found.status, found.value) == (status, value)


def test_the_first_submission_decides_whatever_revision_counts():
    programme = town(GOAL)
    owed = programme.obligations_of[MONTHLY, W1, M1]
    facts = Facts(reports={owed.report_id: LATE}, first_accepted={owed.report_id: EARLY.accepted_at})
    assert status_at(programme, facts, DUE, M1).status == "met"


def test_reports_not_yet_due_bound_the_value():
    programme = town(GOAL, wards=2)
    facts = facts_of(programme, {(W1, M1): EARLY})
    found = status_at(programme, facts, local("2024-01-15"), M1)
    assert (found.value, found.worst, found.best, found.valid_until) == (Value(1, 1), Value(1, 2), Value(2, 2), DUE)


def test_every_form_of_the_period_is_owed():
    programme = town(GOAL, quarterly=True)
    said = {(W1, month): 0 for month in (M1, M2, M3)}
    facts = facts_of(programme, said)
    assert status_at(programme, facts, local("2024-04-01"), Q1).value == Value(3, 4)
    facts = facts_of(programme, said | {(W1, Q1): 0})
    assert status_at(programme, facts, local("2024-04-01"), Q1).value == Value(4, 4)


def test_below_a_whole_target_lateness_is_a_trajectory():
    programme = town(indicator("reports_on_time", target="1/2"), wards=2)
    on_track = facts_of(programme, {(W1, M1): EARLY})
    assert status_at(programme, on_track, DUE, Q1).status == "on_track"
    assert status_at(programme, facts_of(programme, {}), DUE, Q1).status == "at_risk"
    assert status_at(programme, facts_of(programme, {(W2, M1): EARLY}), DUE, M1).status == "met"


ABOVE = Agency("ubnd-437", NO_TEXT, "people_committee", TOWN)
LATER = local("2024-01-18", "17:00")


def led(*indicators, **more):
    """A town with an agency above its wards."""
    plain = town(*indicators, **more)
    return replace(plain, agencies={**plain.agencies, ABOVE.id: ABOVE})


@pytest.mark.parametrize(("source", "due"), [(ABOVE.id, LATER), ("ca-18115", DUE)])
def test_an_extension_from_above_moves_the_instant_at_which_a_missing_report_is_late(source, due):
    programme = led(GOAL, indicator("stock", code="CT02"))
    owed = programme.obligations_of[MONTHLY, W1, M1]
    extension = Extension(date(2024, 1, 18), "storm", source, DUE, UUID(int=1))
    facts = facts_of(programme, {}, extensions={owed.report_id: (extension,)})
    for code, before, after in (("CT01", "no_data", "not_met"), ("CT02", "no_data", "overdue")):
        found = status_at(programme, facts, due - timedelta(seconds=1), M1, code=code)
        assert (found.status, found.valid_until) == (before, due)
        assert status_at(programme, facts, due, M1, code=code).status == after


@pytest.mark.parametrize(("source", "status"), [(ABOVE.id, "met"), ("ca-18115", "not_met")])
def test_paper_that_an_agency_above_received_in_time_is_in_time(source, status):
    programme = led(GOAL)
    owed = programme.obligations_of[MONTHLY, W1, M1]
    paper = Submission(1, LATE.accepted_at, UUID(int=1), source, received_on=date(2024, 1, 15))
    facts = facts_of(programme, {(W1, M1): LATE}, papers={owed.report_id: (paper,)})
    assert status_at(programme, facts, DUE, M1).status == status
