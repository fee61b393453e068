"""Engine and oracle were written apart from each other: they must agree on every verdict, decided or not."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Facts, Report
from services.reporting.domain.status import evaluate
from services.reporting.domain.verdicts import judge, needed
from services.simulator.truth.facts import Report as Told
from services.simulator.truth.verdicts import holds, is_known, possible
from services.simulator.truth.world import World
from tests.unit.reporting.town import TOWN, WARDS, indicator, local, town
from tests.unit.reporting.verdict_packs import criterion, pack, verdict

CASES, SPOTS, SESSIONS, PEOPLE = "CT01", "CT02", "CT03", "CT04"
THRESHOLDS = st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)])
RULES = pack(
    [
        criterion("A-1", CASES, at_most=0),
        criterion("A-2", SPOTS, at_most=0),
        criterion("A-3", CASES, SPOTS, at_least=3),
        criterion("A-4", SPOTS, at_least=1, at_most=1),
        criterion("A-5", SESSIONS, each="unit_month", at_least=1),
        criterion("A-6", CASES, per=(PEOPLE,), at_least=Fraction(1, 2)),
        criterion("A-7", SPOTS, per=(PEOPLE,), at_least=Fraction(1, 3), below=Fraction(1, 2)),
        criterion("A-8", SPOTS, at_most=0, provisional=True),
        criterion("A-9", SPOTS, per=(PEOPLE,), at_least=Fraction(1, 3), below=1, unsettled={"below"}),
    ],
    verdict([(2, ("A-1", "A-2"))], [(2, ("A-3", "A-4", "A-6")), (1, ("A-8",))], [(1, ("A-7", "A-9"))]),
    verdict([(1, ("A-5",))], code="score"),
)
TOWN_OF_THREE = replace(
    town(
        replace(indicator("flow", "none", 0, code=CASES), measure=None, sum_of=("m", "offenders")),
        replace(indicator("stock", "at_most", 0, code=SPOTS), measure="helped"),
        indicator("flow", "at_least", 1, code=SESSIONS),
        replace(indicator("stock", "none", 0, code=PEOPLE), measure="listed"),
        wards=3,
    ),
    packs=(RULES,),
)
NUMBERS = st.sampled_from([0, 0, 1, 2, None])


@st.composite
def reported(draw: st.DrawFn) -> Facts:
    """Of four months; most of it."""
    reports = {
        owed.report_id: Report(
            owed.due_at,
            {name: draw(NUMBERS) for name in ("m", "offenders", "helped", "listed")},
            nil=draw(st.integers(0, 5)) == 0,
            returned=draw(st.integers(0, 5)) == 0,
        )
        for owed in TOWN_OF_THREE.obligations
        if owed.period in {"2024-M01", "2024-M02", "2024-M03", "2024-M04"} and draw(st.integers(0, 5))
    }
    return Facts(reports)


def world_of(facts: Facts, now) -> World:
    reports = {
        (owed.form, owed.unit, owed.period): Told(
            {"nil": report.nil, "values": report.values}, report.returned, report.accepted_at
        )
        for owed in TOWN_OF_THREE.obligations
        if (report := facts.reports.get(owed.report_id)) is not None
    }
    return World(TOWN_OF_THREE, now, reports, {}, [])


@settings(max_examples=400, deadline=None)
@given(reported(), st.integers(-5, 130), st.sampled_from(["2024-M01", "2024-M02", "2024-Q1", "2024-H1"]))
def test_engine_and_oracle_agree_on_every_criterion_and_verdict(facts: Facts, day: int, code: str) -> None:
    period = TOWN_OF_THREE.period(code)
    assert period is not None
    now = local("2023-12-15") + timedelta(days=day)
    world = world_of(facts, now)
    for unit in (TOWN, *WARDS):
        cells = needed(TOWN_OF_THREE, RULES, unit, period)
        readings = {cell: Reading(evaluate(cell, TOWN_OF_THREE, facts, now)) for cell in cells}
        found = judge(TOWN_OF_THREE, RULES, unit, period, readings, now)
        for judged in found.criteria:
            truth = holds(world, judged.criterion, unit, period)
            assert judged.state == {True: "satisfied", False: "failed", None: "undecided"}[truth], judged
        for ruling in found.rulings:
            assert is_known(world, RULES, ruling.verdict)
            truths = possible(world, RULES, ruling.verdict, unit, period)
            assert [grade.code for grade in ruling.possible] == truths, (unit, ruling.verdict.code)
