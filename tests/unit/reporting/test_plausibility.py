"""Doubts about a report explain themselves, and small counts are given room."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Text
from services.contracts.programme import Measure
from services.reporting.domain.plausibility import Figures, doubts
from tests.unit.reporting.town import MONTHLY, town

FORM = replace(
    town().forms[MONTHLY],
    measures={
        "new": Measure("new", Text("Số vụ mới", "New cases"), "flow", Text("vụ", "cases"), None),
        "open": Measure("open", Text("Số điểm", "Points"), "stock", Text("điểm", "points"), None),
        "plan": Measure("plan", Text("Kế hoạch", "Plan"), "flag", Text("", ""), None),
    },
)


def figures(new: int | None, open_: int | None = 1, plan: int | None = 1, period: str = "2024-M02") -> Figures:
    return Figures(period, {"new": new, "open": open_, "plan": plan})


def codes(now: Figures, *before: Figures) -> list[tuple[str, str]]:
    return [(doubt.field, doubt.code) for doubt in doubts(FORM, now, before)]


def test_the_same_numbers_as_the_period_before_may_be_a_copy():
    assert codes(figures(3), figures(3)) == [("values", "copied")]
    (doubt,) = doubts(FORM, figures(3), [figures(3)])
    assert "2024-M02" in doubt.text.vi
    assert "2024-M02" in doubt.text.en


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (figures(3), figures(3, 2)),
        (figures(0), figures(0)),
        (Figures("2024-M03", {}, nil=True), Figures("2024-M02", {}, nil=True)),
        (figures(None), figures(None)),
    ],
)
def test_one_other_number_or_nothing_new_is_no_copy(now: Figures, before: Figures):
    assert codes(now, before) == []


@pytest.mark.parametrize(
    ("value", "before", "far"),
    [
        (2, [0, 0, 0], False),
        (3, [0, 0, 0], False),
        (4, [0, 0, 0], True),
        (9, [2, 3, 4], False),
        (10, [2, 3, 4], True),
        (40, [2, 3], False),
        (0, [20, 21, 19], True),
        (0, [8, 9, 10], False),
        (18, [8, 9, 10], False),
        (19, [8, 9, 10], True),
        (None, [0, 0, 0], False),
    ],
)
def test_a_small_count_may_move_by_a_few_and_a_far_one_says_from_what(value: int | None, before: list[int], far: bool):
    found = [
        doubt for doubt in doubts(FORM, figures(value), [figures(one) for one in before]) if doubt.code == "outlier"
    ]
    assert [doubt.field for doubt in found] == (["values.new"] if far else [])
    assert all(f"({min(before)}–{max(before)})" in doubt.text.vi and "New cases" in doubt.text.en for doubt in found)


def test_only_the_period_before_is_copied_and_an_older_one_is_not():
    assert codes(figures(3), figures(2), figures(3)) == []


def test_six_reports_are_looked_at_and_no_older_one():
    (doubt,) = doubts(FORM, figures(4), [figures(0)] * 6 + [figures(1_000)])
    assert "6 kỳ trước (0–0)" in doubt.text.vi
    assert doubts(FORM, figures(4), [figures(0)] * 5 + [figures(30)]) == [], "the sixth counts"


def test_a_report_that_says_nothing_of_a_number_is_none_to_compare_with():
    assert codes(figures(40), figures(2), figures(None), figures(3)) == []


def test_a_nil_report_says_zero_and_may_be_far_from_those_before():
    nil = Figures("2024-M03", {}, nil=True)
    assert ("values.new", "outlier") in codes(nil, figures(20), figures(21), figures(19))


NUMBERS = st.none() | st.integers(0, 40)
SAID = st.builds(figures, NUMBERS, NUMBERS, st.integers(0, 1))


@given(SAID, st.lists(SAID, max_size=8))
def test_whatever_was_said_a_doubt_is_about_what_the_form_asks_and_never_about_silence(now, before):
    for doubt in doubts(FORM, now, before):
        assert doubt.field in {"values", "values.new", "values.open"}
        assert doubt.field == "values" or now.of(doubt.field.removeprefix("values.")) is not None
        assert doubt.text.vi
        assert doubt.text.en
