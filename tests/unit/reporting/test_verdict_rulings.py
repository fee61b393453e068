"""k of n in three values, the first grade that is reached, and which verdicts a unit and a period have."""

import dataclasses

import pytest

from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from services.reporting.domain.verdicts import judge, needed, quorum, ruling, verdicts_on
from tests.unit.reporting.town import TOWN, W1, indicator, local, town
from tests.unit.reporting.verdict_packs import criterion, pack, verdict

S, F, U = "satisfied", "failed", "undecided"


@pytest.mark.parametrize(
    ("need", "states", "expected"),
    [
        (2, [S, S, U], S),
        (2, [S, F, U], U),
        (2, [S, F, F], F),
        (2, [U, U, F], U),
        (2, [U, F, F], F),
        (3, [S, S, S], S),
        (3, [S, S, U], U),
        (3, [S, S, F], F),
        (1, [F, F], F),
        (1, [], F),
    ],
)
def test_a_quorum_is_decided_when_the_undecided_cannot_change_it(need, states, expected):
    assert quorum(need, states) == expected


LADDER = verdict([(1, ("A-1",))], [(2, ("B-1", "B-2", "B-3")), (1, ("B-4",))], [(1, ("C-1",))])


@pytest.mark.parametrize(
    ("states", "possible"),
    [
        ({}, "g0 g1 g2 rest"),
        ({"A-1": S}, "g0"),
        ({"A-1": F, "B-1": S, "B-3": S}, "g1"),
        ({"A-1": F, "B-4": S}, "g1"),
        ({"B-1": S, "B-3": S}, "g0 g1"),
        ({"A-1": F, "B-1": F, "B-2": F, "B-4": F}, "g2 rest"),
        ({"A-1": F, "B-1": F, "B-2": F, "B-4": F, "C-1": F}, "rest"),
        ({"A-1": F, "B-1": F, "B-2": F, "C-1": S}, "g1 g2"),
    ],
)
def test_a_verdict_is_the_first_grade_reached_and_names_all_that_are_still_possible(states, possible):
    codes = ("A-1", "B-1", "B-2", "B-3", "B-4", "C-1")
    found = ruling(LADDER, {code: states.get(code, U) for code in codes})
    assert " ".join(grade.code for grade in found.possible) == possible
    assert (found.outcome.code if found.outcome else None) == (possible if " " not in possible else None)


def test_a_verdict_is_given_on_the_kinds_it_judges_and_for_periods_not_shorter_than_its_own():
    yearly = dataclasses.replace(verdict([(1, ("A-1",))], frequency="year"), judges=frozenset({"ward"}))
    rules = pack([criterion()], yearly)
    programme = dataclasses.replace(town(indicator("stock", "at_most", 0)), packs=(rules,))
    month, year = programme.period("2024-M01"), programme.period("2024-Y")
    assert month is not None
    assert year is not None
    assert verdicts_on(programme, rules, W1, year) == (yearly,)
    assert verdicts_on(programme, rules, W1, month) == verdicts_on(programme, rules, TOWN, year) == ()
    assert needed(programme, rules, W1, month) == needed(programme, rules, TOWN, year) == set()
    assert needed(programme, rules, W1, year) == {Cell(W1, "CT01", "2024-Y")}
    assert judge(programme, rules, W1, month, {}, None).criteria == ()


def test_two_packs_are_held_against_the_same_cells():
    strict, lenient = pack([criterion(at_most=0)], code="strict"), pack([criterion(at_most=2)], code="lenient")
    programme = town(indicator("stock", "at_most", 0))
    period = programme.period("2024-M01")
    assert period is not None
    readings = {Cell(W1, "CT01", "2024-M01"): Reading(Status("not_met", Value(1)))}
    outcomes = [
        judge(programme, rules, W1, period, readings, local("2024-01-15")).rulings[0].outcome
        for rules in (strict, lenient)
    ]
    assert [outcome and outcome.code for outcome in outcomes] == ["rest", "g0"]
