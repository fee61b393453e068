"""Whatever subset of the reports has arrived: what still comes can only narrow the bounds, for any unit and any map."""

from collections.abc import Iterable
from fractions import Fraction
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.contracts.events import Event, ObligationExtended, ReportApproved, ReportReturned, ReportSubmitted
from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import evaluate
from tests.support.facts_that_count import facts_that_count
from tests.support.random_programmes import random_programme
from tests.support.random_said import instants, random_said
from tests.support.slow_status import Answer, SlowStatus
from tests.support.statuses_compared import as_answer, some_cells

SEEDS = st.integers(0, 2**32)
BOUNDED_WHILE_OPEN = {"flow", "reports_on_time"}
"""Of the others an open period says how things stand now, and the next report may say anything."""
SHARES = {"flag", "ratio", "reports_on_time", "tips_in_time", "tips_resolved"}
NO_LESS, NO_MORE = Fraction(-1), Fraction(10**9)


def uncorrected(said: Iterable[Event]) -> list[Event]:
    """Each report in one revision, on which nobody decides, which nobody puts off, and of which there was no paper."""
    kept: dict[UUID, Event] = {}
    rest = []
    for event in said:
        if isinstance(event.data, ReportSubmitted):
            fields = {name: getattr(event.data, name) for name in event.data.__struct_fields__}
            without_paper = ReportSubmitted(**{**fields, "received_on": None})
            kept.setdefault(event.data.report_id, replace(event, data=without_paper))
        elif not isinstance(event.data, ReportApproved | ReportReturned | ObligationExtended):
            rest.append(event)
    return [*kept.values(), *rest]


def ends(status: Answer, *, at_least: bool) -> tuple[Fraction, Fraction]:
    """Between what a status says that the value ends: a point when nothing is missing."""
    low, high = (status.worst, status.best) if at_least else (status.best, status.worst)
    if status.value is not None and low is high is None:
        low = high = Fraction(*status.value)
    return (NO_LESS if low is None else Fraction(low), NO_MORE if high is None else Fraction(high))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_what_arrives_later_narrows_the_bounds_and_never_leaves_them(seed: int) -> None:
    chance = Random(seed)
    programme = random_programme(chance)
    said = uncorrected(random_said(programme, chance))
    first, second = sorted(instants(programme, said, chance)[:2])
    said = [replace(one, accepted_at=second) if _comes_later(one, chance) else one for one in said]
    slow = SlowStatus(programme, [one for one in said if one.accepted_at <= first], first)
    later = SlowStatus(programme, [one for one in said if one.accepted_at <= second], second)
    facts, more = facts_that_count(slow), facts_that_count(later)
    for cell in some_cells(slow, chance, 60):
        indicator = programme.indicators[cell[1]]
        before = as_answer(evaluate(Cell(*cell), programme, facts, first))
        after = as_answer(evaluate(Cell(*cell), programme, more, second))
        still_open = slow.is_open(cell[0], cell[2])
        if "not_due" in (before.status, after.status) or (still_open and indicator.kind not in BOUNDED_WHILE_OPEN):
            continue
        if indicator.kind == "coverage":
            continue  # signatures are no reports: there may be more of them at any time
        at_least = indicator.target.op == "at_least"
        (low, high), (new_low, new_high) = ends(before, at_least=at_least), ends(after, at_least=at_least)
        assert low <= new_low <= new_high <= high, (seed, cell, before, after)
        if before.status in {"met", "not_met"}:
            assert after.status == before.status, (seed, cell)
        if before.status == "lost":
            assert after.status in {"lost", "not_met"}, (seed, cell)


def _comes_later(event: Event, chance: Random) -> bool:
    """Only reports do: a tip that comes later is another tip."""
    return isinstance(event.data, ReportSubmitted) and chance.random() < 0.4


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_share_passes_the_whole_but_a_coverage_which_says_so(seed: int) -> None:
    chance = Random(seed)
    programme = random_programme(chance)
    said = random_said(programme, chance)
    now = chance.choice(instants(programme, said, chance))
    slow = SlowStatus(programme, [event for event in said if event.accepted_at <= now], now)
    facts = facts_that_count(slow)
    for cell in some_cells(slow, chance, 80):
        found = evaluate(Cell(*cell), programme, facts, now)
        kind = programme.indicators[cell[1]].kind
        above = found.value is not None and found.value.num > found.value.den
        if kind in SHARES:
            assert not above, (seed, cell)
        if kind == "coverage":
            assert ("quality" in found.flags) == above, (seed, cell)
