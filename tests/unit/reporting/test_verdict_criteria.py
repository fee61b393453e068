"""A criterion is decided by its cells only when nothing that is missing, late or still to come can turn it."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest

from services.contracts.programme import Criterion, Indicator, Programme, Units
from services.reporting.domain.criteria import Judged, Reading, cells_read, judged
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from tests.unit.reporting.town import TOWN, W1, W2, W3, indicator, local, town
from tests.unit.reporting.verdict_packs import criterion

M1, Q1 = "2024-M01", "2024-Q1"
OPEN, CLOSED = local("2024-01-10"), local("2024-01-15")
Q1_CLOSED = local("2024-03-15")
SPOTS = indicator("stock", "at_most", 0)
CASES = indicator("flow", "at_most", 0)
SESSIONS = indicator("flow", "at_least", 1)
SIGNED = indicator("coverage", "at_least", 1)
LAUNCHED = indicator("flag", "at_least", 1)


def found(
    of: Indicator, asked: Criterion, status: Status | None, now: datetime | None = CLOSED, *, stale: bool = False
) -> Judged:
    programme = town(of)
    readings = {Cell(W1, of.code, M1): Reading(status, stale)}
    return judged(asked, programme, W1, _period(programme, M1), readings, now)


def _period(programme: Programme, code: str) -> Any:
    return programme.period(code)


def bounded(status: str, value: int | None, worst: Value | None, best: Value | None) -> Status:
    return Status(status, None if value is None else Value(value), worst, best)  # type: ignore[arg-type]


NONE, SOME, TWO = criterion(at_most=0), criterion(at_least=1), criterion(at_least=2)
ONE_EXACTLY = criterion(at_least=1, at_most=1)
HALF = criterion(at_least=Fraction(1, 2), below=Fraction(3, 4))
OPEN_ABOVE = criterion(at_least=2, below=3, unsettled={"below"})
COUNT = indicator("stock", "none", 0)
ROWS = [
    ("an explicit zero satisfies none", SPOTS, NONE, Status("met", Value(0)), CLOSED, "satisfied", None),
    ("one fails none", SPOTS, NONE, Status("not_met", Value(1)), CLOSED, "failed", None),
    ("silence is undecided", SPOTS, NONE, None, CLOSED, "undecided", "not_evaluated"),
    ("no value is undecided", SIGNED, SOME, Status("no_data"), CLOSED, "undecided", "no_data"),
    ("nothing to judge is undecided", LAUNCHED, SOME, Status("not_due"), CLOSED, "undecided", "not_due"),
    ("a missing stock may be any", SPOTS, NONE, bounded("no_data", 0, None, Value(0)), CLOSED, "undecided", "bounds"),
    ("a known one is enough to fail", SPOTS, NONE, bounded("not_met", 1, None, Value(1)), CLOSED, "failed", None),
    ("two known are enough for two", SPOTS, TWO, bounded("not_met", 2, None, Value(2)), CLOSED, "satisfied", None),
    ("one known may become two", SPOTS, TWO, bounded("not_met", 1, None, Value(1)), CLOSED, "undecided", "bounds"),
    ("bounds of a flow to reach", SESSIONS, SOME, bounded("met", 1, Value(1), None), CLOSED, "satisfied", None),
    ("exactly one", SPOTS, ONE_EXACTLY, Status("not_met", Value(1)), CLOSED, "satisfied", None),
    ("not two", SPOTS, ONE_EXACTLY, Status("not_met", Value(2)), CLOSED, "failed", None),
    ("between two thresholds", LAUNCHED, HALF, Status("met", Value(1, 2)), CLOSED, "satisfied", None),
    ("the upper one is left out", LAUNCHED, HALF, Status("met", Value(3, 4)), CLOSED, "failed", None),
    (
        "bounds on both sides of a threshold",
        LAUNCHED,
        HALF,
        Status("no_data", Value(1, 4), Value(1, 4), Value(3, 5)),
        CLOSED,
        "undecided",
        "bounds",
    ),
    ("a stock is not settled in the open", SPOTS, NONE, Status("on_track", Value(0)), OPEN, "undecided", "open"),
    (
        "a flow to avoid is not settled",
        CASES,
        NONE,
        bounded("on_track", 0, None, Value(0)),
        OPEN,
        "undecided",
        "bounds",
    ),
    ("a flow that is too much is", CASES, NONE, bounded("lost", 1, None, Value(1)), OPEN, "failed", None),
    (
        "below every sourced threshold it fails, whatever the other one is",
        CASES,
        OPEN_ABOVE,
        Status("not_met", Value(1)),
        CLOSED,
        "failed",
        None,
    ),
    (
        "a threshold without a source satisfies nothing",
        CASES,
        OPEN_ABOVE,
        Status("not_met", Value(2)),
        CLOSED,
        "undecided",
        "provisional",
    ),
    (
        "nor does it fail anything",
        CASES,
        OPEN_ABOVE,
        Status("not_met", Value(9)),
        CLOSED,
        "undecided",
        "provisional",
    ),
    (
        "what is missing comes first where it may decide",
        CASES,
        OPEN_ABOVE,
        bounded("no_data", 1, None, Value(1)),
        CLOSED,
        "undecided",
        "bounds",
    ),
    (
        "a count without a target is read beside not_due",
        COUNT,
        NONE,
        Status("not_due", Value(0)),
        CLOSED,
        "satisfied",
        None,
    ),
    (
        "a count without a target that misses a report is not settled",
        COUNT,
        NONE,
        bounded("overdue", 0, None, Value(0)),
        CLOSED,
        "undecided",
        "bounds",
    ),
    (
        "a count without a target holds at the cut-off",
        COUNT,
        NONE,
        Status("not_due", Value(0)),
        OPEN,
        "undecided",
        "open",
    ),
    ("before anything is evaluated", SPOTS, NONE, Status("met", Value(0)), None, "undecided", "not_evaluated"),
]


@pytest.mark.parametrize(
    ("of", "asked", "status", "now", "state", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_criterion_is_decided_only_by_what_cannot_change(of, asked, status, now, state, reason):
    judgement = found(of, asked, status, now)
    assert (judgement.state, judgement.reason) == (state, reason)


def test_a_provisional_criterion_never_decides_and_still_shows_what_it_reads():
    judgement = found(SPOTS, criterion(at_most=0, provisional=True), Status("met", Value(0)))
    assert (judgement.state, judgement.reason, judgement.passes_now) == ("undecided", "provisional", True)
    assert judgement.cells == (Cell(W1, "CT01", M1),)


def test_a_cell_that_is_to_be_evaluated_anew_decides_nothing():
    judgement = found(SPOTS, NONE, Status("met", Value(0)), stale=True)
    assert (judgement.state, judgement.reason) == ("undecided", "stale")


def test_what_is_known_in_the_open_is_told_beside_the_undecided():
    assert found(SPOTS, NONE, Status("on_track", Value(0)), OPEN).passes_now is True
    assert found(SPOTS, NONE, Status("at_risk", Value(1)), OPEN).passes_now is False
    assert found(SPOTS, NONE, Status("no_data"), OPEN).passes_now is None


def test_a_ward_that_ended_inside_a_period_is_settled_when_its_own_days_are_over():
    programme = town(SPOTS)
    units = dict(programme.units.by_id)
    units[W1] = replace(units[W1], valid_to=date(2024, 1, 5))
    ended = replace(programme, units=Units(units))
    readings = {Cell(W1, "CT01", M1): Reading(Status("met", Value(0)))}
    states = [
        judged(NONE, ended, W1, _period(ended, M1), readings, local(day)).state for day in ("2024-01-05", "2024-01-06")
    ]
    assert states == ["undecided", "satisfied"]


ADDICTS, USERS, RESIDENTS = (indicator("stock", "at_most", 0, code=code) for code in ("CT19", "CT20", "CT99"))
SHARE = criterion("I-1", "CT19", "CT20", per=("CT99",), at_least=Fraction(1, 200))


@pytest.mark.parametrize(
    ("addicts", "users", "residents", "state"),
    [
        (Status("met", Value(3)), Status("met", Value(2)), Status("met", Value(1_000)), "satisfied"),
        (Status("met", Value(3)), Status("met", Value(2)), Status("met", Value(1_001)), "failed"),
        (Status("met", Value(5)), Status("no_data", None, None, Value(0)), Status("met", Value(1_000)), "satisfied"),
        (Status("met", Value(3)), Status("no_data", None, None, Value(0)), Status("met", Value(1_000)), "undecided"),
        (Status("met", Value(5)), Status("met", Value(0)), Status("no_data", None, None, Value(1_000)), "undecided"),
        (Status("met", Value(0)), Status("met", Value(0)), Status("no_data", None, None, Value(1)), "failed"),
        (Status("met", Value(0)), Status("met", Value(0)), Status("met", Value(0)), "undecided"),
    ],
)
def test_a_share_is_the_sum_of_what_it_reads_over_the_sum_of_the_rest(addicts, users, residents, state):
    programme = town(ADDICTS, USERS, RESIDENTS)
    readings = {
        Cell(W1, code, M1): Reading(status)
        for code, status in (("CT19", addicts), ("CT20", users), ("CT99", residents))
    }
    assert judged(SHARE, programme, W1, _period(programme, M1), readings, CLOSED).state == state


EACH = criterion("NA-2", "CT01", each="unit_month", at_least=1)


def test_asked_of_every_unit_and_month_one_that_fails_is_enough_and_is_named():
    programme = town(SESSIONS, wards=3)
    quarter = _period(programme, Q1)
    cells = cells_read(EACH, programme, TOWN, quarter)
    assert {(cell.unit, cell.period) for cell in cells} == {
        (ward, month) for ward in (W1, W2, W3) for month in ("2024-M01", "2024-M02", "2024-M03")
    }
    readings = {cell: Reading(Status("met", Value(30))) for cell in cells}
    assert judged(EACH, programme, TOWN, quarter, readings, Q1_CLOSED).state == "satisfied"
    silent = Cell(W2, "CT01", "2024-M02")
    unknown = judged(EACH, programme, TOWN, quarter, {**readings, silent: Reading(None)}, Q1_CLOSED)
    assert (unknown.state, unknown.against) == ("undecided", {silent})
    idle = {**readings, silent: Reading(Status("not_met", Value(0)))}
    failed = judged(EACH, programme, TOWN, quarter, idle, Q1_CLOSED)
    assert (failed.state, failed.against, failed.passes_now) == ("failed", {silent}, False)
