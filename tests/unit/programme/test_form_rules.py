"""A rule between the measures of one report: when it is broken, when it is silent, and how severe it is."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from services.contracts.errors import Text
from services.contracts.programme import Rule
from tests.unit.reporting.town import MONTHLY, town

AT_MOST, SUM = Rule("part", "at_most", ("whole", "rest")), Rule("whole", "sum_of", ("part", "rest"))


@pytest.mark.parametrize(
    ("rule", "values", "broken"),
    [
        (AT_MOST, {"part": 5, "whole": 3, "rest": 2}, False),
        (AT_MOST, {"part": 6, "whole": 3, "rest": 2}, True),
        (SUM, {"whole": 5, "part": 3, "rest": 2}, False),
        (SUM, {"whole": 4, "part": 3, "rest": 2}, True),
        (SUM, {"whole": 6, "part": 3, "rest": 2}, True),
        (AT_MOST, {"part": 6, "whole": 3}, False),
        (AT_MOST, {"part": 6, "whole": 3, "rest": None}, False),
        (SUM, {"part": 3, "rest": 2}, False),
        (SUM, {"whole": None, "part": 3, "rest": 2}, False),
        (SUM, {}, False),
    ],
)
def test_a_rule_is_broken_by_numbers_and_silent_while_one_is_missing(
    rule: Rule, values: Mapping[str, int | None], broken: bool
) -> None:
    assert rule.broken_by(values) is broken


def test_a_rule_is_an_error_unless_it_says_that_it_is_a_warning_and_each_is_found_by_its_severity() -> None:
    warning = replace(AT_MOST, severity="warning")
    form = replace(town().forms[MONTHLY], rules=(AT_MOST, warning))
    values = {"part": 6, "whole": 3, "rest": 2}
    assert (form.broken(values, "error"), form.broken(values, "warning")) == ([AT_MOST], [warning])


def test_a_rule_speaks_by_its_own_words_or_names_the_numbers() -> None:
    said = Text("Nhiều hơn", "More than there are")
    assert replace(AT_MOST, message=said).text == said
    assert "whole + rest" in AT_MOST.text.vi
    assert "part + rest" in SUM.text.en
