"""Tips handed over in time: three days are allowed, so one received on 2/1 is in time to the end of 5/1."""

import pytest

from services.reporting.domain.inputs import Facts, Value
from tests.unit.reporting.town import TOWN, W1, W2, indicator, local, status_at, tip, town

GOAL = indicator("tips_in_time")
M1 = "2024-M01"
IN_TIME, LATE, OPEN = tip("2024-01-02", "2024-01-05"), tip("2024-01-02", "2024-01-06"), tip("2024-01-02")
LAST_DAY, DAY_AFTER, CLOSED = local("2024-01-05"), local("2024-01-06"), local("2024-01-15")
AT_THE_END = tip("2024-01-14")

ROWS = [
    ("nothing received", (), LAST_DAY, "not_due", None),
    ("nothing received, closed", (), CLOSED, "not_due", None),
    ("not yet open", (IN_TIME,), local("2023-12-01"), "not_due", None),
    ("in time", (IN_TIME,), LAST_DAY, "on_track", Value(1, 1)),
    ("undecided on the last day", (IN_TIME, OPEN), LAST_DAY, "on_track", Value(1, 2)),
    ("late from the next midnight", (IN_TIME, OPEN), DAY_AFTER, "lost", Value(1, 2)),
    ("handed over late", (IN_TIME, LATE), LAST_DAY, "lost", Value(1, 2)),
    ("closed in time", (IN_TIME,), CLOSED, "met", Value(1, 1)),
    ("closed with a late one", (IN_TIME, LATE), CLOSED, "not_met", Value(1, 2)),
    ("closed with one undecided", (IN_TIME, AT_THE_END), CLOSED, "no_data", Value(1, 2)),
    ("closed with one late and one undecided", (LATE, AT_THE_END), CLOSED, "not_met", Value(0, 2)),
    ("received in another period", (tip("2024-01-15"),), CLOSED, "not_due", None),
]


@pytest.mark.parametrize(("tips", "now", "status", "value"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_tips_of_a_month(tips, now, status, value):
    found = status_at(town(GOAL, wards=2), Facts(tips={W1: tips}), now, M1)
    assert (found.status, found.value) == (status, value)


def test_below_a_whole_target_a_late_tip_loses_nothing_yet():
    programme = town(indicator("tips_in_time", target="1/2"), wards=2)
    assert status_at(programme, Facts(tips={W1: (IN_TIME, LATE)}), LAST_DAY, M1).status == "on_track"
    assert status_at(programme, Facts(tips={W1: (LATE,)}), LAST_DAY, M1).status == "at_risk"
    decided = Facts(tips={W1: (IN_TIME, AT_THE_END)})
    assert status_at(programme, decided, CLOSED, M1).status == "met"


def test_undecided_tips_bound_the_value_until_the_midnight_after_their_last_day():
    found = status_at(town(GOAL, wards=2), Facts(tips={W1: (IN_TIME, OPEN)}), LAST_DAY, M1)
    assert (found.worst, found.best, found.valid_until) == (Value(1, 2), Value(2, 2), DAY_AFTER)
    decided = status_at(town(GOAL, wards=2), Facts(tips={W1: (IN_TIME, OPEN)}), DAY_AFTER, M1)
    assert (decided.worst, decided.best, decided.valid_until) == (None, None, CLOSED)


def test_a_town_counts_the_tips_of_its_wards_and_its_own():
    programme = town(GOAL, wards=2)
    facts = Facts(tips={W1: (IN_TIME,), W2: (tip("2024-01-03", "2024-01-03", n=2),), TOWN: (LATE,), "other": (LATE,)})
    assert status_at(programme, facts, CLOSED, M1).value == Value(3, 4)
    assert status_at(programme, facts, CLOSED, M1, unit=W2).value is None


RESOLVED = indicator("tips_resolved")
EARLY_CLOSED, LATE_CLOSED = (tip("2023-12-20", closed_on=day) for day in ("2024-01-09", "2024-01-10"))
WAITING = tip("2023-12-20")
RESOLVED_ROWS = [
    ("due in another period", (tip("2024-01-02", closed_on="2024-01-05"),), CLOSED, "not_due", None),
    ("closed on the last day", (EARLY_CLOSED,), local("2024-01-09"), "on_track", Value(1, 1)),
    ("waiting on the last day", (EARLY_CLOSED, WAITING), local("2024-01-09"), "on_track", Value(1, 2)),
    ("waiting on the next", (EARLY_CLOSED, WAITING), local("2024-01-10"), "lost", Value(1, 2)),
    ("closed a day late", (LATE_CLOSED,), CLOSED, "not_met", Value(0, 1)),
    ("all in time", (EARLY_CLOSED,), CLOSED, "met", Value(1, 1)),
]


@pytest.mark.parametrize(
    ("tips", "now", "status", "value"), [row[1:] for row in RESOLVED_ROWS], ids=[row[0] for row in RESOLVED_ROWS]
)
def test_tips_that_fall_due_in_a_month(tips, now, status, value):
    """Received on 20/12, due on 9/1: twenty days."""
    found = status_at(town(RESOLVED, wards=2), Facts(tips={W1: tips}), now, M1)
    assert (found.status, found.value) == (status, value)


def test_how_many_tips_came_is_told_of_the_town_and_never_of_a_ward_and_nobody_judges_it():
    programme = town(indicator("tips_received", "none", 0), wards=2)
    facts = Facts(tips={W1: (IN_TIME, AT_THE_END), W2: (tip("2024-01-03", n=4), tip("2024-01-15")), TOWN: (LATE,)})
    for now in (LAST_DAY, CLOSED):
        found = status_at(programme, facts, now, M1)
        assert (found.status, found.value, found.valid_until) == ("not_due", Value(7), None)
        for ward in (W1, W2):
            assert status_at(programme, facts, now, M1, unit=ward).value is None
    assert status_at(programme, facts, local("2023-12-01"), M1).value is None
