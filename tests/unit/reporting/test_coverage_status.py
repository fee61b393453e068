"""Coverage by distinct signers over dated denominators. The programme has 366 days: 15/12/2023 to 14/12/2024."""

from fractions import Fraction

import pytest

from services.reporting.domain.inputs import Facts, Value
from tests.unit.reporting.town import W1, W2, indicator, local, signed, status_at, town

STEP = indicator("coverage", target=Fraction(9, 10))
LINEAR = indicator("coverage", trajectory="linear")
Y = "2024-Y"


@pytest.mark.parametrize(
    ("signers", "day", "expected"),
    [
        (89, "2024-02-01", "at_risk"),
        (90, "2024-02-01", "on_track"),
        (89, "2024-12-15", "not_met"),
        (90, "2024-12-15", "met"),
        (0, "2023-12-14", "not_due"),
    ],
)
def test_a_step_requires_the_whole_target_from_the_first_day(signers, day, expected):
    programme = town(STEP, households={W1: 100})
    facts = Facts(signers=signed(w1={"2023-12-15": signers}))
    assert status_at(programme, facts, local(day), Y).status == expected


@pytest.mark.parametrize(
    ("signers", "day", "expected"),
    [
        (0, "2023-12-15", "at_risk"),  # the first day already asks for 1/366
        (1, "2023-12-15", "on_track"),
        (1, "2023-12-16", "at_risk"),
        (365, "2024-12-13", "on_track"),
        (365, "2024-12-14", "at_risk"),
        (365, "2024-12-15", "not_met"),
        (366, "2024-12-15", "met"),
    ],
)
def test_a_linear_requirement_grows_by_the_day(signers, day, expected):
    programme = town(LINEAR, households={W1: 366})
    facts = Facts(signers=signed(w1={"2023-12-15": signers}))
    assert status_at(programme, facts, local(day), Y).status == expected


def test_a_closed_month_is_judged_by_what_its_last_day_required():
    programme = town(LINEAR, households={W1: 366})
    for signers, expected in ((31, "met"), (30, "not_met")):
        facts = Facts(signers=signed(w1={"2024-01-14": signers, "2024-01-15": 50}))
        found = status_at(programme, facts, local("2024-08-01"), "2024-M01")
        assert (found.status, found.value, found.valid_until) == (expected, Value(signers, 366), None)


def test_a_withdrawal_counts_from_its_own_day():
    programme = town(STEP, households={W1: 10})
    facts = Facts(signers=signed(w1={"2024-01-02": 9, "2024-02-20": -1}))
    assert status_at(programme, facts, local("2024-03-01"), "2024-M01").value == Value(9, 10)
    assert status_at(programme, facts, local("2024-03-01"), "2024-Q1").value == Value(8, 10)


def test_a_town_adds_signers_and_denominators_of_its_wards():
    programme = town(STEP, wards=2, households={W1: 10, W2: 30})
    facts = Facts(signers=signed(w1={"2024-01-02": 9}, w2={"2024-01-03": 3}))
    found = status_at(programme, facts, local("2024-03-01"), Y)
    assert (found.status, found.value) == ("at_risk", Value(12, 40))


def test_a_missing_denominator_is_no_data_and_an_empty_one_is_not_due():
    facts = Facts(signers=signed(w1={"2024-01-02": 9}))
    one_missing = town(STEP, wards=2, households={W1: 10})
    found = status_at(one_missing, facts, local("2024-03-01"), Y)
    assert (found.status, found.value, found.valid_until) == ("no_data", None, None)
    empty = town(STEP, households={W1: 0})
    assert status_at(empty, facts, local("2024-03-01"), Y).status == "not_due"


def test_more_signers_than_households_is_shown_and_flagged():
    programme = town(STEP, households={W1: 10}, provisional=True)
    found = status_at(programme, Facts(signers=signed(w1={"2024-01-02": 11})), local("2024-03-01"), Y)
    assert (found.status, found.value, found.flags) == ("on_track", Value(11, 10), ("provisional", "quality"))


def test_the_answer_holds_until_the_midnight_on_which_the_requirement_overtakes_it():
    programme = town(LINEAR, households={W1: 366})
    facts = Facts(signers=signed(w1={"2023-12-15": 100}))
    overtaken = local("2024-03-24")  # day 101 of the programme
    found = status_at(programme, facts, local("2024-01-02"), Y)
    assert (found.status, found.valid_until) == ("on_track", overtaken)
    assert status_at(programme, facts, overtaken, Y).status == "at_risk"


def test_a_signature_dated_ahead_counts_from_its_day_on():
    programme = town(STEP, households={W1: 10})
    facts = Facts(signers=signed(w1={"2024-01-20": 9}))
    found = status_at(programme, facts, local("2024-01-02"), Y)
    assert (found.value, found.valid_until) == (Value(0, 10), local("2024-01-20"))


def test_a_whole_coverage_has_no_flag_and_holds_to_the_end():
    for goal in (STEP, LINEAR):
        programme = town(goal, households={W1: 366})
        found = status_at(programme, Facts(signers=signed(w1={"2024-01-02": 366})), local("2024-03-01"), Y)
        assert (found.status, found.flags, found.valid_until) == ("on_track", (), local("2024-12-15"))


def test_a_linear_target_of_nothing_is_never_overtaken():
    programme = town(indicator("coverage", target=0, trajectory="linear"), households={W1: 366})
    found = status_at(programme, Facts(), local("2024-03-01"), Y)
    assert (found.status, found.valid_until) == ("on_track", local("2024-12-15"))


def test_the_last_day_of_a_period_still_counts_and_can_still_overtake():
    programme = town(LINEAR, households={W1: 366})
    overtaken = Facts(signers=signed(w1={"2023-12-20": 30}))  # day 31 of the programme is the last of M01
    assert status_at(programme, overtaken, local("2024-01-10"), "2024-M01").valid_until == local("2024-01-14")
    ahead = Facts(signers=signed(w1={"2023-12-20": 200, "2024-01-14": 5, "2024-01-15": 5}))
    found = status_at(programme, ahead, local("2024-01-10"), "2024-M01")
    assert (found.value, found.valid_until) == (Value(200, 366), local("2024-01-14"))
    last_day = status_at(programme, ahead, local("2024-01-14"), "2024-M01")
    assert (last_day.value, last_day.valid_until) == (Value(205, 366), local("2024-01-15"))


def test_signers_without_a_denominator_are_counted_and_not_judged():
    programme = town(indicator("signers", "none", 0), wards=2)
    facts = Facts(signers=signed(w1={"2024-01-02": 9, "2024-01-20": -1}, w2={"2024-01-03": 4}))
    found = status_at(programme, facts, local("2024-01-05"), Y)
    assert (found.status, found.value, found.valid_until) == ("not_due", Value(13), local("2024-01-20"))
    later = status_at(programme, facts, local("2024-02-01"), Y)
    assert (later.status, later.value, later.valid_until) == ("not_due", Value(12), None)
    assert status_at(programme, facts, local("2024-02-01"), "2024-M01").value == Value(13)
    assert status_at(programme, facts, local("2023-12-01"), Y).value is None
