"""Whatever a user is told stands in Vietnamese and in English: every text of a fault, and what is said beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.contracts import details
from services.contracts.errors import FAULT_TEXTS, Rejected, Text
from services.contracts.programme import judge
from services.kit.web.problems import problem_of
from tests.support.programme_folder import pilot
from tests.support.streams import PROGRAMME, event, report

SERVICES = Path(__file__).parents[2] / "services"
TELLING = {"Rejected": 2, "fault": 2, "refuse": 2, "_malformed": 0}
"""What makes a fault, and the place of its detail."""
CODED = {"fault", "refuse", "forbid", "ProblemError"}
"""What takes a code as its second argument."""
NAMED = {name: text for name, text in vars(details).items() if isinstance(text, Text)}
MADE = {
    "more_than": details.more_than("x"),
    "not_the_sum_of": details.not_the_sum_of("x + y"),
    "deeper_than": details.deeper_than(1),
    "programme_version": details.programme_version(1),
}
TEXTS = {**FAULT_TEXTS, **NAMED, **MADE}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """(where, what is called, the call) of all our code."""
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield f"{path.relative_to(SERVICES)}:{node.lineno}", called, node


def detail_of(called: str, call: ast.Call) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "detail"]
    place = TELLING[called]
    return named[0] if named else call.args[place] if len(call.args) > place else None


def words(node: ast.AST) -> list[str]:
    """The words that stand in an expression as they are."""
    literals = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return [text for text in literals if isinstance(text, str) and any(letter.isalpha() for letter in text)]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_vietnamese_and_english_and_not_twice_the_same(name: str) -> None:
    vi, en = TEXTS[name]
    assert any(letter.isalpha() and not letter.isascii() for letter in vi)
    assert not any(letter.isalpha() and not letter.isascii() for letter in en)
    assert en


def test_no_fault_carries_a_detail_in_one_language() -> None:
    told = [(where, detail_of(called, call)) for where, called, call in calls() if called in TELLING]
    assert len(told) > len(TELLING)
    assert [where for where, detail in told if isinstance(detail, ast.Constant | ast.JoinedStr)] == []


def test_every_code_that_is_told_has_its_texts() -> None:
    told = [(where, words(call.args[1])) for where, called, call in calls() if called in CODED and len(call.args) > 1]
    assert len(told) > len(CODED)
    assert [(where, code) for where, codes in told for code in codes if code not in FAULT_TEXTS] == []


def test_what_is_called_plain_holds_no_words() -> None:
    assert [(where, words(call)) for where, called, call in calls() if called == "plain" and words(call)] == []


def test_a_detail_reaches_both_texts_in_its_own_language() -> None:
    with pytest.raises(Rejected) as refused:
        judge(event(report({"no_such_measure": 1})), pilot().activated(PROGRAMME, 1, sandbox=False))
    (found,) = problem_of(refused.value).faults
    assert (found.field, found.code) == ("values.no_such_measure", "invalid_field")
    assert found.vi == f"{FAULT_TEXTS['invalid_field'].vi} ({details.NO_MEASURE.vi})"
    assert found.en == f"{FAULT_TEXTS['invalid_field'].en} ({details.NO_MEASURE.en})"
