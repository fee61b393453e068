"""Whatever is told of shares of people, no share of too few can be worked out from it: not of one unit, not by sums."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import Programme, SmallNumbers, Unit, Units, units_of
from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import evaluate
from services.simulator.truth import expected_cell
from tests.properties.test_status_against_truth import world_of
from tests.support.explained import explained
from tests.unit.reporting.town import FIRST, TOWN, facts_of, indicator, local, town

FEWEST = 5
RULE = SmallNumbers(FEWEST, frozenset({"CT01"}), provisional=True, source="")
PROVINCE, OTHER = "42@2018-01-01", "438@2018-01-01"
WARDS = tuple(f"{code}@2018-01-01" for code in range(18115, 18121))
CLOSED = local("2024-03-25")
MONTH = "2024-M03"


def country(homes: dict[str, str]) -> Programme:
    """A province of two towns, with wards under one of the towns or under itself."""
    plain = town(indicator("ratio", "at_least", Fraction(9, 10)), wards=3)
    agency = next(iter(plain.agencies.values()))
    units = [Unit(PROVINCE, "42", "province", "Tỉnh", FIRST, None, None)]
    units += [Unit(one, one[:3], "town", "Thị xã", FIRST, None, PROVINCE) for one in (TOWN, OTHER)]
    units += [Unit(ward, ward[:5], "ward", "Phường", FIRST, None, holder) for ward, holder in homes.items()]
    agencies = {f"ca-{ward[:5]}": replace(agency, id=f"ca-{ward[:5]}", unit=ward) for ward in homes}
    by_id = Units({unit.id: unit for unit in units})
    return replace(plain, root=PROVINCE, units=by_id, agencies=agencies, small_numbers=RULE)


@st.composite
def lists(draw: st.DrawFn) -> tuple[Programme, dict[str, tuple[int, int]]]:
    """How many each ward helped, of how many listed; some say nothing."""
    wards = WARDS[: draw(st.integers(1, 6))]
    homes = {ward: draw(st.sampled_from([TOWN, TOWN, OTHER, PROVINCE])) for ward in wards}
    listed = {ward: draw(st.sampled_from([None, 0, 1, 2, 3, 4, 5, 6, 40])) for ward in wards}
    said = {ward: (draw(st.integers(0, of)), of) for ward, of in listed.items() if of is not None}
    return country(homes), said


def told_of(programme: Programme, said: dict[str, tuple[int, int]]):
    values = {(ward, MONTH): {"helped": num, "listed": den} for ward, (num, den) in said.items()}
    return facts_of(programme, values)


def of_the_month(programme: Programme) -> list[Cell]:
    return [Cell(unit, "CT01", MONTH) for unit in units_of(programme, programme.period(MONTH))]


def in_span(rows: list[list[int]], wanted: list[int]) -> bool:
    """Whether a row is a sum of multiples of the others: by elimination, with exact fractions."""
    left, found = [[Fraction(n) for n in row] for row in rows], [Fraction(n) for n in wanted]
    for place in range(len(wanted)):
        pivot = next((row for row in left if row[place]), None)
        if pivot is None:
            continue
        left = [row for row in left if row is not pivot]
        left = [[a - b * row[place] / pivot[place] for a, b in zip(row, pivot, strict=True)] for row in left]
        found = [a - b * found[place] / pivot[place] for a, b in zip(found, pivot, strict=True)]
    return not any(found)


@settings(max_examples=150, deadline=None)
@given(lists())
def test_no_share_of_too_few_follows_from_all_that_is_told(case):
    programme, said = case
    facts = told_of(programme, said)
    wards = list(said)
    rows = []
    for cell in of_the_month(programme):
        status = evaluate(cell, programme, facts, CLOSED)
        if status.value is not None:
            below = programme.units.subtree(cell.unit)
            rows.append([int(ward in below) for ward in wards])
            counted = [said[ward] for ward in wards if ward in below]
            assert status.value == (sum(num for num, _ in counted), sum(den for _, den in counted))
    for ward, (_, den) in said.items():
        if 0 < den < FEWEST:
            assert not in_span(rows, [int(one == ward) for one in wards]), ward


@settings(max_examples=80, deadline=None)
@given(lists())
def test_what_is_withheld_says_why_keeps_its_status_and_its_explanation_tells_no_figure_of_too_few(case):
    programme, said = case
    facts, open_handed = told_of(programme, said), replace(programme, small_numbers=None)
    for cell in of_the_month(programme):
        status, plain = (evaluate(cell, one, facts, CLOSED) for one in (programme, open_handed))
        assert status.status == plain.status
        assert ("withheld" in status.flags) == (status.value != plain.value)
        if "withheld" in status.flags:
            assert (status.value, status.worst, status.best) == (None, None, None)
        answer = explained(programme, cell, facts, CLOSED)
        assert {flag.because for flag in answer.flags if flag.flag == "withheld"} == (
            {"too_few"} if "withheld" in status.flags else set()
        )
        if "withheld" in status.flags:
            assert (answer.distance.short_by, answer.distance.to_spare) == (None, None)
        for one in answer.inputs:
            if 0 < said.get(one.unit, (0, 0))[1] < FEWEST:
                assert one.report is not None
                assert one.report.values == {}


@settings(max_examples=80, deadline=None)
@given(lists())
def test_engine_and_oracle_withhold_the_same(case):
    programme, said = case
    facts = told_of(programme, said)
    world = world_of(programme, facts, CLOSED)
    for cell in of_the_month(programme):
        truth, found = expected_cell(world, *cell), evaluate(cell, programme, facts, CLOSED)
        if truth.status in {"met", "not_met"}:
            assert found.value == truth.value, cell
