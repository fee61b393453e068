"""Flags that stand whatever the rule found."""

from dataclasses import replace

import pytest

from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.status import evaluate
from tests.unit.reporting.town import TOWN, W1, W2, facts_of, indicator, local, status_at, town

DURING = local("2024-01-02")


def test_a_provisional_target_makes_every_status_provisional():
    programme = town(indicator("flow", provisional=True))
    assert status_at(programme, facts_of(programme, {(W1, "2024-M01"): 1}), DURING, "2024-M01").flags == (
        "provisional",
    )


def test_a_waiting_dead_letter_blocks_its_unit_and_those_above_but_not_the_neighbour():
    programme = town(indicator("flow"), wards=2)
    facts = Facts(blocked=frozenset({W1}))
    flags = {unit: status_at(programme, facts, DURING, "2024-M01", unit=unit).flags for unit in (W1, W2, TOWN)}
    assert flags == {W1: ("blocked",), W2: (), TOWN: ("blocked",)}


def test_a_unit_with_nobody_below_it_is_never_met_by_an_empty_sum():
    for goal in (
        indicator("flow", "at_most", 0),
        indicator("stock", "at_most", 0),
        indicator("flag"),
        indicator("coverage"),
    ):
        programme = replace(town(goal), root="nobody@2018-01-01", agencies={})
        assert status_at(programme, Facts(), local("2025-03-01"), "2024-Y", unit="nobody").status == "not_due"


def test_an_unknown_period_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no period"):
        evaluate(Cell(TOWN, "CT01", "2031-Y"), town(indicator("flow")), Facts(), DURING)
