"""Engine and oracle were written from one text, apart from each other: they must agree on every cell."""

from datetime import date

from hypothesis import assume, given, settings

from services.contracts.programme import Programme, cells
from services.reporting.domain.inputs import Cell, Facts, TipCount
from services.reporting.domain.status import evaluate
from services.simulator.truth import expected_cell
from services.simulator.truth.facts import Report, Span, Tip
from services.simulator.truth.world import World
from tests.properties.test_status_in_time import INSTANTS, cases


def world_of(programme: Programme, facts: Facts, now) -> World:
    """The same facts as the oracle knows them."""
    reports = {}
    for owed in programme.obligations:
        report = facts.reports.get(owed.report_id)
        if report is not None:
            body = {"nil": report.nil, "values": report.values}
            first = facts.first_accepted[owed.report_id]
            reports[owed.form, owed.unit, owed.period] = Report(body, report.returned, first)
    spans = [
        Span(unit, entry.day, None)
        for (_, unit), counts in facts.signers.items()
        for entry in counts
        for _ in range(entry.n)
    ]
    tips = [
        Tip(unit, tip.received_on, _moves(tip))
        for unit, tips in facts.tips.items()
        for tip in tips
        for _ in range(tip.n)
    ]
    return World(programme, now, reports, {"household": spans}, tips)


def _moves(tip: TipCount) -> dict[str, list[date]]:
    steps = {"handed_over": tip.handed_over_on, "closed": tip.closed_on}
    return {step: [day] for step, day in steps.items() if day is not None}


@settings(max_examples=250, deadline=None)
@given(cases(), INSTANTS)
def test_engine_and_oracle_agree_on_every_cell(case, now):
    programme, _, facts = case
    goal = programme.indicators["CT01"]
    assume(goal.kind not in {"flag", "ratio"} or goal.target.value >= 1)  # of a share the oracle decides only the whole
    world = world_of(programme, facts, now)
    for unit, indicator, period in cells(programme):
        truth = expected_cell(world, unit, indicator, period)
        found = evaluate(Cell(unit, indicator, period), programme, facts, now)
        assert found.status == truth.status, (unit, period, goal)
        if truth.stated and any(facts.reports):
            assert truth.value in (found.value, (0, 1)), (unit, period)
        assert ("quality" in found.flags) == truth.quality
