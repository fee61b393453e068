"""A verdict that is decided stays so: under every completion of its criteria, and whatever still arrives."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import RulePack, Verdict
from services.reporting.domain.criteria import Reading, State
from services.reporting.domain.inputs import Facts, Report
from services.reporting.domain.status import evaluate
from services.reporting.domain.verdicts import Judgement, judge, needed, ruling
from tests.unit.reporting.town import TOWN, WARDS, indicator, local, town
from tests.unit.reporting.verdict_packs import criterion, pack, verdict

CODES = tuple(f"A-{number}" for number in range(1, 7))
STATES: st.SearchStrategy[State] = st.sampled_from(["satisfied", "failed", "undecided"])


@st.composite
def verdicts(draw: st.DrawFn, *, each_once: bool = False) -> Verdict:
    """Grades over CODES; with `each_once` no criterion is asked for twice, so that each may turn out as it likes."""
    free = list(CODES)
    grades = []
    for _ in range(draw(st.integers(1, 3))):
        quorums = []
        for _ in range(draw(st.integers(1, 2))):
            if not free:
                break
            of = draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True))
            free = [code for code in free if code not in of] if each_once else free
            quorums.append((draw(st.integers(1, len(of))), tuple(of)))
        if quorums:
            grades.append(quorums)
    return verdict(*grades)


@st.composite
def states(draw: st.DrawFn) -> dict[str, State]:
    return {code: draw(STATES) for code in CODES}


def completions(known: dict[str, State]) -> list[dict[str, State]]:
    open_ones = [code for code, state in known.items() if state == "undecided"]
    chosen = product(("satisfied", "failed"), repeat=len(open_ones))
    return [{**known, **dict(zip(open_ones, ends, strict=True))} for ends in chosen]


def outcomes(asked: Verdict, known: dict[str, State]) -> set[str]:
    """Every grade that some completion comes to; a completion decides every verdict."""
    found = [ruling(asked, complete).outcome for complete in completions(known)]
    assert None not in found
    return {grade.code for grade in found if grade}


@given(verdicts(), states())
def test_a_decided_verdict_is_that_of_every_completion_of_the_undecided(
    asked: Verdict, known: dict[str, State]
) -> None:
    found = ruling(asked, known)
    assert outcomes(asked, known) <= {grade.code for grade in found.possible}
    if found.outcome is not None:
        assert outcomes(asked, known) == {found.outcome.code}


@given(verdicts(each_once=True), states())
def test_where_no_criterion_is_asked_for_twice_exactly_the_possible_grades_can_come(
    asked: Verdict, known: dict[str, State]
) -> None:
    assert outcomes(asked, known) == {grade.code for grade in ruling(asked, known).possible}


FLOW, STOCK, FLAG, RATIO = "CT01", "CT02", "CT03", "CT04"
MEASURED = town(
    indicator("flow", "at_least", 1, code=FLOW),
    indicator("stock", "at_most", 0, code=STOCK),
    indicator("flag", "at_least", 1, code=FLAG),
    indicator("ratio", "at_least", Fraction(9, 10), code=RATIO),
    wards=3,
)
COUNTS, SHARES = (Fraction(1), Fraction(4)), (Fraction(1, 3), Fraction(9, 10))
"""Thresholds of shares lie where a share can be on both sides: another one would be passed by nobody's silence."""
ASKED = (
    *product(((FLOW,), (STOCK,), (FLOW, STOCK)), COUNTS, ("at_least", "at_most", "below"), (None,)),
    *product(((FLAG,), (RATIO,)), SHARES, ("at_least", "at_most", "below"), (None,)),
    *product(((FLOW,), (STOCK,)), (Fraction(1),), ("at_least", "below"), ("unit_month",)),
    *product(((FLOW,), (STOCK,)), (Fraction(0),), ("at_most",), (None, "unit_month")),
)
CRITERIA = [
    criterion(f"A-{number}", *reads, each=each, **{name: limit})
    for number, (reads, limit, name, each) in enumerate(ASKED, start=1)
]
NUMBERS = st.sampled_from([0, 0, 1, 2, None])


@st.composite
def reported(draw: st.DrawFn, period: str) -> Facts:
    """What the wards report for the months of a period."""
    inside = MEASURED.period(period)
    assert inside is not None
    months = [month.code for month in MEASURED.base_periods(inside, "month")]
    reports = {}
    for owed in MEASURED.obligations:
        if owed.period in months:
            listed = draw(NUMBERS)
            values = {"m": draw(NUMBERS), "listed": listed, "helped": min(draw(NUMBERS) or 0, listed or 0)}
            reports[owed.report_id] = Report(owed.due_at, values)
    return Facts(reports)


def judgement(rules: RulePack, unit: str, period: str, known: Facts, now: datetime) -> Judgement:
    """Over cells as the evaluator would store them at `now`."""
    asked = MEASURED.period(period)
    assert asked is not None
    cells = needed(MEASURED, rules, unit, asked)
    readings = {cell: Reading(evaluate(cell, MEASURED, known, now)) for cell in cells}
    return judge(MEASURED, rules, unit, asked, readings, now)


@settings(max_examples=100, deadline=None)
@given(verdicts(), st.sampled_from((TOWN, *WARDS)), st.sampled_from(("2024-M01", "2024-Q1")), st.data())
def test_whatever_still_arrives_and_however_late_a_decided_verdict_and_criterion_stay(
    asked: Verdict, unit: str, period: str, data: st.DataObject
) -> None:
    rules = pack(CRITERIA, asked, verdict([(1, tuple(of.code for of in CRITERIA))], code="all"))
    known = data.draw(reported(period))
    arrived = {key: report for key, report in known.reports.items() if data.draw(st.booleans())}
    days = sorted((data.draw(st.integers(0, 120)), data.draw(st.integers(0, 120))))
    early, late = (local("2023-12-15") + timedelta(days=day) for day in days)
    earlier = judgement(rules, unit, period, replace(known, reports=arrived), early)
    final = judgement(rules, unit, period, known, late)
    for before, after in zip(earlier.criteria, final.criteria, strict=True):
        assert before.state in {"undecided", after.state}, before.criterion
    for was, is_now in zip(earlier.rulings, final.rulings, strict=True):
        assert was.outcome in {None, is_now.outcome}
        assert set(is_now.possible) <= set(was.possible)
