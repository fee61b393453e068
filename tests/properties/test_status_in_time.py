"""An answer holds exactly as long as it says, and what is still missing can only end inside its bounds."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import get_args

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.contracts.programme import Programme, cells
from services.contracts.programme.indicators import UNTARGETED, IndicatorKind
from services.reporting.domain.inputs import Cell, DayCount, Facts, Report, TipCount
from services.reporting.domain.status import Status, evaluate
from tests.unit.reporting.town import QUARTERLY, TOWN, WARDS, indicator, local, town

FRACTIONS = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(1), Fraction(2)])
FIRST, LAST = local("2023-12-01"), local("2025-02-01")
INSTANTS = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=FIRST.tzinfo)
)
DAYS = st.dates(local("2023-12-10").date(), local("2024-12-31").date())


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    kind = draw(st.sampled_from(get_args(IndicatorKind)))
    both_ways = kind in {"flow", "stock"}
    quarterly = kind == "ratio" and draw(st.booleans())
    added = {"sum_of": ("m", "listed")} if both_ways and draw(st.booleans()) else {}
    op = "at_least"
    if both_ways or kind in UNTARGETED:
        op = draw(st.sampled_from(["at_least", "at_most", "none"])) if both_ways else "none"
    goal = indicator(
        kind,
        op,
        0 if op == "none" else draw(FRACTIONS),
        per="unit_month" if kind == "flow" and op == "at_least" and draw(st.booleans()) else None,
        trajectory=draw(st.sampled_from(["step", "linear"])),
        **({"form": QUARTERLY, "frequency": "quarter"} if quarterly else {}),
        **added,
    )
    wards = draw(st.integers(1, 3))
    households = {ward: draw(st.integers(0, 40)) for ward in WARDS[:wards]}
    return town(goal, wards=wards, households=households, quarterly=quarterly or draw(st.booleans()))


NUMBERS = st.none() | st.integers(0, 3)


@st.composite
def facts(draw: st.DrawFn, programme: Programme) -> Facts:
    reports, first = {}, {}
    for owed in programme.obligations:
        if draw(st.integers(0, 3)) > 0:
            helped, listed = draw(NUMBERS), draw(NUMBERS)
            accepted_at = owed.due_at + timedelta(hours=draw(st.integers(-900, 200)))
            values = {"m": draw(NUMBERS), "listed": listed, "helped": min(helped or 0, listed or 0)}
            returned = draw(st.integers(0, 5)) == 0
            reports[owed.report_id] = Report(accepted_at, values, nil=draw(st.booleans()), returned=returned)
            first[owed.report_id] = accepted_at - timedelta(hours=draw(st.integers(0, 100)))
    signers = {("household", ward): tuple(draw(st.lists(COUNTS, max_size=4))) for ward in WARDS}
    tips = {unit: tuple(draw(st.lists(TIPS, max_size=3))) for unit in (TOWN, *WARDS)}
    return Facts(reports, first, signers, tips, frozenset(draw(st.sets(st.sampled_from(WARDS)))))


COUNTS = st.builds(DayCount, DAYS, st.integers(0, 20))
TIPS = st.builds(
    lambda received, handed, n, closed: TipCount(received, handed, n, received + timedelta(days=20), closed),
    DAYS,
    st.none() | DAYS,
    st.integers(1, 2),
    st.none() | DAYS,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Programme, Cell, Facts]:
    programme = draw(programmes())
    cell = draw(st.sampled_from(list(cells(programme))))
    return programme, Cell(*cell), draw(facts(programme))


@settings(max_examples=150, deadline=None)
@given(cases(), INSTANTS, st.floats(0, 1, exclude_max=True))
def test_until_it_ends_an_answer_is_the_same_at_every_instant(case, now, share):
    programme, cell, known = case
    found = evaluate(cell, programme, known, now)
    until = found.valid_until or now + timedelta(days=900)
    assert until > now
    just_before = until - timedelta(microseconds=1)
    later = min(now + (until - now) * share, just_before)
    assert evaluate(cell, programme, known, later).says_the_same_as(found)
    assert evaluate(cell, programme, known, just_before).says_the_same_as(found)


@settings(max_examples=150, deadline=None)
@given(cases(), INSTANTS, INSTANTS)
def test_stepping_from_end_to_end_comes_to_the_same_as_asking_directly(case, one, other):
    programme, cell, known = case
    now, end = sorted((one, other))
    stepped = evaluate(cell, programme, known, now)
    steps = 0
    while stepped.valid_until is not None and stepped.valid_until <= end:
        stepped = evaluate(cell, programme, known, stepped.valid_until)
        steps += 1
    assert stepped == evaluate(cell, programme, known, end)
    assert steps < 500


def closes_at(programme: Programme, cell: Cell) -> datetime:
    period = programme.period(cell.period)
    assert period is not None
    return period.closes_at


def inside(final: Status, earlier: Status, *, at_least: bool) -> bool:
    low, high = (earlier.worst, earlier.best) if at_least else (earlier.best, earlier.worst)
    assert final.value is not None
    above = low is None or final.value.fraction >= low.fraction
    return above and (high is None or final.value.fraction <= high.fraction)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_whatever_still_arrives_a_closed_period_ends_inside_its_bounds_and_by_its_decision(case, data):
    programme, cell, known = case
    goal = programme.indicators[cell.indicator]
    assume(goal.target.value > 0 or goal.target.op == "at_most")  # else a programme is refused, or all is well anyway
    arrived = {key: report for key, report in known.reports.items() if data.draw(st.booleans())}
    earlier_facts = replace(known, reports=arrived)
    now = closes_at(programme, cell) + timedelta(days=data.draw(st.integers(0, 60)))
    earlier = evaluate(cell, programme, earlier_facts, now)
    final = evaluate(cell, programme, known, now)
    if earlier.status in {"met", "not_met"}:
        assume(final.status not in {"no_data", "overdue"})
        assert final.status == earlier.status
    if final.value is not None and earlier.status != "not_due":
        assert inside(final, earlier, at_least=goal.target.op == "at_least")


def walk(programme: Programme, cell: Cell, known: Facts) -> list[str]:
    """Every status of a cell from before the programme to long after it."""
    found = evaluate(cell, programme, known, FIRST)
    statuses = [found.status]
    while found.valid_until is not None:
        found = evaluate(cell, programme, known, found.valid_until)
        statuses.append(found.status)
    return statuses


@settings(max_examples=120, deadline=None)
@given(cases())
def test_what_is_lost_in_the_open_closes_as_not_met(case):
    statuses = walk(*case)
    if "lost" in statuses:
        after = statuses[len(statuses) - statuses[::-1].index("lost") :]
        assert after
        assert set(after) == {"not_met"}


@settings(max_examples=80, deadline=None)
@given(cases(), INSTANTS)
@example((town(indicator("stock", "at_most", 0)), Cell(TOWN, "CT01", "2024-Y"), Facts()), LAST)
def test_silence_is_never_met(case, now):
    programme, cell, _ = case
    goal = programme.indicators[cell.indicator]
    assume(goal.target.value > 0 or goal.target.op == "at_most")
    assert evaluate(cell, programme, Facts(), now).status != "met"
