"""The oracle against the rules of a status, case by case, for indicators that reports feed."""

from datetime import datetime

import pytest

from services.simulator.actions import APPROVED, RETURNED, Action
from services.simulator.truth import Expected
from tests.unit.simulator.stage import MONTHLY, POLICE, QUARTERLY, TOWN, at, decision, report, told

BEFORE, M01, M02, M03 = at("2023-12-14"), at("2024-01-10"), at("2024-02-10"), at("2024-03-10")
M01_CLOSED, M01_DUE = at("2024-01-15", 0), at("2024-01-16", 17)
M02_CLOSED, M02_DUE = at("2024-02-15", 0), at("2024-02-16", 17)
Q1_CLOSED, Q1_DUE = at("2024-03-15", 0), at("2024-03-18", 17)
WARDS = ("18115", "18118", "18121", "18124", "18127", "18130")


def sessions(period: str, count: int | None, when: datetime = M01_CLOSED) -> Action:
    return report(MONTHLY, period, when, {"propaganda_sessions": count})


def rings(period: str, count: int, when: datetime = M01_CLOSED) -> Action:
    return report(POLICE, period, when, {"rings_found": count})


def hotspots(period: str, count: int, when: datetime = M01_CLOSED, unit: str = "18115") -> Action:
    return report(POLICE, period, when, {"hotspots": count}, unit=unit)


def launched(period: str, flag: int, when: datetime = M01_CLOSED, unit: str = "18115") -> Action:
    return report(MONTHLY, period, when, {"model_deployed": flag}, unit=unit)


def helped(num: int | None, den: int, when: datetime = Q1_CLOSED) -> Action:
    return report(QUARTERLY, "2024-Q1", when, {"post_rehab_helped": num, "post_rehab_listed": den})


FLOW_AT_LEAST = [
    ("the period has not begun", [], BEFORE, "2024-M01", "not_due", None),
    ("nothing is owed and nothing came", [], M01, "2024-M01", "not_due", None),
    ("enough came early", [sessions("2024-M01", 1, M01)], M01, "2024-M01", "on_track", (1, 1)),
    ("everything came early and is too little", [sessions("2024-M01", 0, M01)], M01, "2024-M01", "lost", (0, 1)),
    ("closed, missing, before it is due", [], M01_CLOSED, "2024-M01", "no_data", None),
    ("closed, missing, at the instant it is due", [], M01_DUE, "2024-M01", "overdue", None),
    ("closed and enough", [sessions("2024-M01", 1)], M01_CLOSED, "2024-M01", "met", (1, 1)),
    ("closed and too little", [sessions("2024-M01", 0)], M01_CLOSED, "2024-M01", "not_met", (0, 1)),
    ("a third of the quarter gave a third", [sessions("2024-M01", 1)], M01_CLOSED, "2024-Q1", "on_track", (1, 1)),
    ("a third of the quarter gave nothing", [sessions("2024-M01", 0)], M01_CLOSED, "2024-Q1", "at_risk", (0, 1)),
    ("an owed month is missing", [], M01_CLOSED, "2024-Q1", "no_data", None),
    ("an owed month is past its due date", [], M01_DUE, "2024-Q1", "overdue", None),
    (
        "the whole target is reached beside a silent month",
        [sessions("2024-M02", 3, M02)],
        M02,
        "2024-Q1",
        "on_track",
        (3, 1),
    ),
    (
        "closed, a month is silent, the rest is enough",
        [sessions("2024-M02", 2, M02_CLOSED), sessions("2024-M03", 1, Q1_CLOSED)],
        Q1_CLOSED,
        "2024-Q1",
        "met",
        (3, 1),
    ),
]
FLOW_AT_MOST = [
    ("one ring, while more months come", [rings("2024-M01", 1)], M01_CLOSED, "2024-Q1", "lost", (1, 1)),
    ("one ring, then silence", [rings("2024-M01", 1)], Q1_DUE, "2024-Q1", "not_met", (1, 1)),
    ("none so far", [rings("2024-M01", 0)], M01_CLOSED, "2024-Q1", "on_track", (0, 1)),
    ("a nil report says zero", [report(POLICE, "2024-M01", M01_CLOSED, None)], M01_CLOSED, "2024-M01", "met", (0, 1)),
    ("silence is not zero", [], M01_CLOSED, "2024-M01", "no_data", None),
]
STOCK = [
    ("open and one hotspot", [hotspots("2024-M01", 1)], M01_CLOSED, "2024-Q1", "at_risk", (1, 1)),
    (
        "the newer month counts, though it came early",
        [hotspots("2024-M01", 1), hotspots("2024-M02", 0, M02)],
        M02,
        "2024-Q1",
        "on_track",
        (0, 1),
    ),
    (
        "only the last month of a closed quarter matters",
        [hotspots("2024-M03", 0, Q1_CLOSED)],
        Q1_CLOSED,
        "2024-Q1",
        "met",
        (0, 1),
    ),
    ("closed with one", [hotspots("2024-M03", 1, Q1_CLOSED)], Q1_CLOSED, "2024-Q1", "not_met", (1, 1)),
    (
        "the owed month is silent, an older one is not enough",
        [hotspots("2024-M01", 0)],
        M02_DUE,
        "2024-Q1",
        "overdue",
        None,
    ),
    ("nothing owed yet", [], M01, "2024-Q1", "not_due", None),
    ("owed and not yet due", [], M01_CLOSED, "2024-Q1", "no_data", None),
]
FLAG = [
    ("launched", [launched("2024-M01", 1)], M01_CLOSED, "2024-M01", "met", (1, 1)),
    ("not launched", [launched("2024-M01", 0)], M01_CLOSED, "2024-M01", "not_met", (0, 1)),
    ("not launched so far", [launched("2024-M01", 0)], M01_CLOSED, "2024-Q1", "at_risk", (0, 1)),
    ("launched so far", [launched("2024-M01", 1)], M01_CLOSED, "2024-Q1", "on_track", (1, 1)),
    ("silent", [], M01_DUE, "2024-M01", "overdue", None),
    ("silent, not yet due", [], M01_CLOSED, "2024-M01", "no_data", None),
    ("nothing owed yet", [], M01, "2024-M01", "not_due", None),
]
RATIO = [
    ("nine of ten", [helped(9, 10)], Q1_CLOSED, "2024-Q1", "met", (9, 10)),
    ("eight of ten", [helped(8, 10)], Q1_CLOSED, "2024-Q1", "not_met", (8, 10)),
    ("nobody is listed", [helped(0, 0)], Q1_CLOSED, "2024-Q1", "not_due", None),
    ("one part is not known", [helped(None, 10)], Q1_CLOSED, "2024-Q1", "no_data", None),
    ("one part is not known and it is due", [helped(None, 10)], Q1_DUE, "2024-Q1", "overdue", None),
    ("the half year so far", [helped(9, 10)], Q1_CLOSED, "2024-H1", "on_track", (9, 10)),
    ("the half year so far, too few", [helped(8, 10)], Q1_CLOSED, "2024-H1", "at_risk", (8, 10)),
]


@pytest.mark.parametrize(
    ("indicator", "case"),
    [
        *(("CT11", case) for case in FLOW_AT_LEAST),
        *(("CT14", case) for case in FLOW_AT_MOST),
        *(("CT16", case) for case in STOCK),
        *(("CT01", case) for case in FLAG),
        *(("CT21", case) for case in RATIO),
    ],
    ids=lambda given: given if isinstance(given, str) else given[0],
)
def test_the_truth_says_what_the_rules_say(
    indicator: str, case: tuple[str, list[Action], datetime, str, str, tuple[int, int] | None]
) -> None:
    _, actions, now, period, status, value = case
    found = told(actions, now, indicator, period)
    assert (found.status, found.value) == (status, value)


def test_a_town_is_not_met_by_one_ward_while_others_are_silent() -> None:
    found = told([hotspots("2024-M01", 1)], M01_CLOSED, "CT16", "2024-M01", TOWN)
    assert found == Expected("not_met", (1, 1))


def test_a_town_without_a_case_is_not_met_nor_missed_while_a_ward_is_silent() -> None:
    five = [hotspots("2024-M01", 0, unit=unit) for unit in WARDS[:5]]
    assert told(five, M01_CLOSED, "CT16", "2024-M01", TOWN).status == "no_data"


def test_a_town_counts_the_wards_that_launched() -> None:
    reports = [launched("2024-M01", int(unit != "18127"), unit=unit) for unit in WARDS]
    assert told(reports, M01_CLOSED, "CT01", "2024-M01", TOWN) == Expected("not_met", (5, 6))


def test_a_ward_that_reports_early_stands_alone_in_the_towns_value() -> None:
    assert told([launched("2024-M01", 1, M01)], M01, "CT01", "2024-M01", TOWN) == Expected("on_track", (1, 1))


def test_the_target_of_a_town_grows_with_its_wards_and_months() -> None:
    reports = [report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 1}, unit=unit) for unit in WARDS]
    assert told(reports, M01_CLOSED, "CT11", "2024-M01", TOWN) == Expected("met", (6, 1))
    assert told(reports[:5], M01_CLOSED, "CT11", "2024-M01", TOWN).status == "no_data"


def test_the_highest_revision_counts_whenever_it_came() -> None:
    second = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 4}, revision=2)
    first = report(MONTHLY, "2024-M01", M01_DUE, {"propaganda_sessions": 1}, revision=1)
    assert told([second, first], M01_DUE, "CT11", "2024-M01").value == (4, 1)


def test_of_two_reports_with_one_revision_the_earlier_counts() -> None:
    first = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 1}, key="first-one")
    other = report(MONTHLY, "2024-M01", M01_DUE, {"propaganda_sessions": 4}, key="other-one")
    assert told([other, first], M01_DUE, "CT11", "2024-M01").value == (1, 1)


def test_of_two_reports_at_one_instant_the_smaller_event_id_counts() -> None:
    one = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 1}, key="first-one")
    other = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 4}, key="other-one")
    smaller = min((one, other), key=lambda action: next(action.events())[0])
    found = told([one, other], M01_CLOSED, "CT11", "2024-M01")
    assert found.value == (smaller.body["values"]["propaganda_sessions"], 1)


def test_a_later_copy_with_another_body_counts_for_nothing() -> None:
    first = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 1}, key="the-same-key")
    other = report(MONTHLY, "2024-M01", M01_DUE, {"propaganda_sessions": 4}, key="the-same-key")
    assert told([other, first], M01_DUE, "CT11", "2024-M01").value == (1, 1)


def test_a_returned_report_is_missing_until_it_is_approved_or_filed_again() -> None:
    bad = sessions("2024-M01", 1)
    returned = decision(RETURNED, bad, M01_DUE)
    approved = decision(APPROVED, bad, at("2024-01-20"))
    again = report(MONTHLY, "2024-M01", at("2024-01-21"), {"propaganda_sessions": 2}, revision=2)
    assert told([bad, returned], M01_DUE, "CT11", "2024-M01").status == "overdue"
    assert told([bad, returned, approved], at("2024-01-20"), "CT11", "2024-M01") == Expected("met", (1, 1))
    assert told([bad, returned, again], at("2024-01-21"), "CT11", "2024-M01") == Expected("met", (2, 1))


def test_a_return_of_another_body_is_void() -> None:
    first = report(MONTHLY, "2024-M01", M01_CLOSED, {"propaganda_sessions": 1}, key="first-one")
    other = report(MONTHLY, "2024-M01", M01_DUE, {"propaganda_sessions": 4}, key="other-one")
    found = told([first, other, decision(RETURNED, other, M01_DUE)], M01_DUE, "CT11", "2024-M01")
    assert found == Expected("met", (1, 1))


def test_what_has_not_been_accepted_yet_is_not_known() -> None:
    assert told([sessions("2024-M01", 1, M01_DUE)], M01_CLOSED, "CT11", "2024-M01").status == "no_data"
