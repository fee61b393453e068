"""A rule of a form refuses as an error, and as a warning is told with the receipt: the report counts."""

from pathlib import Path
from typing import Any

import pytest

from services.contracts.programme import Programme, parse
from services.contracts.programme.faults import ProgrammeFaults
from services.reporting.domain.plausibility import Figures, doubts
from tests.support.doors_in_memory import Doors
from tests.support.programme_folder import edited

RULE = "        op: at_most\n        right: post_rehab_listed\n"
SAID = "        message: {vi: Số được giúp nhiều hơn danh sách, en: More are helped than listed}\n"
FORM, FIELD = "BC-QUY-UBND", "values.post_rehab_helped"
ODD = {"post_rehab_helped": 5, "post_rehab_listed": 4}


def programme(*lines: str) -> Programme:
    files = edited("forms.yaml", RULE, RULE + "".join(lines))
    return parse(files).activated("hong-linh-2024", 1, sandbox=False)


def posted(folder: Path, with_rule: Programme, values: dict[str, int]) -> tuple[int, Any]:
    doors = Doors(folder, {with_rule.id: with_rule})
    body = {"programme": with_rule.id, "form": FORM, "unit": "18115", "period": "2024-Q1", "values": values}
    return doors.post("/v1/reports", body, doors.token("report"))


def test_a_warning_is_told_in_both_languages_and_the_report_is_taken(tmp_path: Path) -> None:
    status, answer = posted(tmp_path, programme("        severity: warning\n", SAID), ODD)
    assert status == 202
    (warning,) = answer["warnings"]
    assert (warning["field"], warning["code"]) == (FIELD, "doubtful")
    assert "Số được giúp nhiều hơn danh sách" in warning["vi"]
    assert "More are helped than listed" in warning["en"]


def test_what_breaks_no_rule_is_warned_of_in_no_word(tmp_path: Path) -> None:
    status, answer = posted(tmp_path, programme("        severity: warning\n"), {**ODD, "post_rehab_listed": 5})
    assert (status, "warnings" in answer) == (202, False)


@pytest.mark.parametrize("lines", [(), ("        severity: error\n",), ("        severity: error\n", SAID)])
def test_an_error_refuses_by_its_own_words(tmp_path: Path, lines: tuple[str, ...]) -> None:
    status, answer = posted(tmp_path, programme(*lines), ODD)
    (fault,) = answer["faults"]
    assert (status, fault["field"], fault["code"]) == (422, FIELD, "invalid_field")
    assert ("More are helped than listed" in fault["en"]) == (SAID in lines)


def test_the_same_warning_stands_with_the_obligation() -> None:
    form = programme("        severity: warning\n", SAID).forms[FORM]
    (doubt,) = doubts(form, Figures("2024-Q1", ODD), [])
    assert (doubt.field, doubt.code, doubt.text.en) == (FIELD, "doubtful", "More are helped than listed")


def test_another_severity_is_refused_when_the_programme_is_checked() -> None:
    with pytest.raises(ProgrammeFaults):
        programme("        severity: maybe\n")
