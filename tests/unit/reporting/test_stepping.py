"""Time is walked through in order, and giving up half-way leaves nothing out."""

from datetime import timedelta

from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import Status
from services.reporting.domain.stepping import step_through
from tests.unit.reporting.town import local

START = local("2024-01-01")
A, B = Cell("a", "CT01", "2024-Y"), Cell("b", "CT01", "2024-Y")


def every(**days: int):
    """A town in which the answer for a unit ends after so many days."""

    def answer(cell, at):
        return Status("on_track", valid_until=at + timedelta(days=days[cell.unit]))

    return answer


def days(stepped):
    return [((entry.at - START).days, entry.cell.unit) for entry in stepped.evaluated]


def test_answers_are_replaced_in_the_order_of_the_instants_up_to_the_last_one_included():
    stepped = step_through({A: START, B: START}, every(a=2, b=3), START + timedelta(days=6), at_most=100)
    assert days(stepped) == [(0, "a"), (0, "b"), (2, "a"), (3, "b"), (4, "a"), (6, "a"), (6, "b")]
    assert stepped.whole


def test_giving_up_keeps_the_order_and_names_what_was_never_reached():
    late = START + timedelta(days=5)
    stepped = step_through({A: START, B: late}, every(a=1, b=1), START + timedelta(days=6), at_most=3)
    assert days(stepped) == [(0, "a"), (1, "a"), (2, "a")]
    assert (stepped.whole, stepped.left) == (False, {B})


def test_an_answer_without_end_is_asked_once():
    stepped = step_through({A: START}, lambda cell, at: Status("met"), START + timedelta(days=9), at_most=10)
    assert days(stepped) == [(0, "a")]
