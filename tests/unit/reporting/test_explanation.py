"""What an explanation tells: the branch that decided, where each input stands, and the way to the next status."""

from datetime import timedelta

import pytest

from services.contracts.errors import Text
from services.contracts.explanations import ByItself, Explanation
from services.contracts.programme import Programme
from services.contracts.values import Ratio
from services.reporting.domain import branches, formulas
from services.reporting.domain.inputs import DayCount, Facts, Report
from services.reporting.domain.restated import concluded
from tests.support.explained import explained as of_cell
from tests.support.two_maps import NEW_WARDS, OLD_WARDS, PROVINCE, two_maps
from tests.unit.reporting.town import TOWN, W1, W2, Cell, facts_of, indicator, local, signed, tip, town

M1, M2, M3 = "2024-M01", "2024-M02", "2024-M03"
SESSIONS = indicator("flow", "at_least", 1, per="unit_month")
FEB_20, CLOSED = local("2024-02-20"), local("2024-03-15")

_TABLES = {"formula": formulas.FORMULAS, "state": formulas.INPUT_STATES, "flag": formulas.FLAG_REASONS}
_MET = Text("đạt", "met")
WORDS = {
    **{f"branch {code}": branch.text for code, branch in branches.BRANCHES.items()},
    **{f"{table} {name}": words for table, known in _TABLES.items() for name, words in known.items()},
    "unmoved": formulas.UNMOVED,
    "short by": formulas.short_by(1, _MET),
    "to spare": formulas.to_spare(1, _MET),
    "missing": formulas.missing(1, 0),
    "by itself": formulas.by_itself("00:00", _MET),
    "begins": formulas.begins("00:00"),
}


@pytest.mark.parametrize("name", WORDS)
def test_every_word_of_an_explanation_is_vietnamese_and_english(name: str) -> None:
    vi, en = WORDS[name]
    assert any(letter.isalpha() and not letter.isascii() for letter in vi)
    assert en
    assert en.isascii()


def test_a_branch_has_a_name_of_its_own() -> None:
    declared = [found for found in vars(branches).values() if isinstance(found, branches.Branch)]
    assert len({branch.code for branch in declared}) == len(declared) == len(branches.BRANCHES)


def explained(programme: Programme, facts: Facts, now, period: str = "2024-Q1", unit: str = TOWN) -> Explanation:
    return of_cell(programme, Cell(unit, "CT01", period), facts, now)


def test_each_input_of_a_flow_says_where_it_stands() -> None:
    programme = town(SESSIONS, wards=2)
    returned, silent = Report(FEB_20, {"m": 1}, returned=True), Report(FEB_20, {"m": None})
    said = explained(programme, facts_of(programme, {(W1, M1): 1, (W1, M2): returned, (W2, M1): silent}), FEB_20)
    states = {(one.unit, one.period): (one.state, one.missing) for one in said.inputs}
    assert states == {
        (W1, M1): ("counts", False),
        (W1, M2): ("returned", True),
        (W1, M3): ("awaited", True),
        (W2, M1): ("no_value", True),
        (W2, M2): ("overdue", True),
        (W2, M3): ("awaited", True),
    }
    assert (said.rule.branch, said.distance.missing, said.distance.overdue) == ("input_overdue", 5, 3)
    assert (said.target.value, said.target.units, said.target.months) == (Ratio(num=6), 2, 3)


def test_a_nil_report_is_told_as_one_and_says_zero() -> None:
    programme = town(SESSIONS)
    said = explained(programme, facts_of(programme, {(W1, M1): Report(FEB_20, {}, nil=True)}), CLOSED, M1)
    assert [(one.state, one.report.nil, one.report.values) for one in said.inputs if one.report] == [
        ("counts", True, {"m": 0})
    ]


def test_an_older_report_of_a_stock_is_told_and_does_not_count() -> None:
    programme = town(indicator("stock", "at_most", 2))
    said = explained(programme, facts_of(programme, {(W1, M1): 9, (W1, M3): 1}), CLOSED, unit=W1)
    assert [(one.period, one.state, one.report.values) for one in said.inputs if one.report] == [
        (M1, "not_current", {"m": 9}),
        (M2, "not_current", {}),
        (M3, "counts", {"m": 1}),
    ]
    assert (said.rule.branch, said.distance.then, said.distance.to_spare) == ("passes", "not_met", 1)


def test_the_share_of_the_target_so_far_is_what_is_required_of_an_open_flow() -> None:
    programme = town(indicator("flow", "at_least", 9))
    said = explained(programme, facts_of(programme, {(W1, M1): 2, (W1, M2): 2}), FEB_20, unit=W1)
    assert (said.status, said.rule.branch, said.target.required) == ("at_risk", "behind_pace", Ratio(num=6))
    assert (said.distance.then, said.distance.short_by) == ("on_track", 2)
    assert said.distance.by_itself == ByItself(at=local("2024-03-15"), status="no_data")


def test_a_linear_coverage_says_how_many_signers_are_needed_today() -> None:
    programme = town(indicator("coverage", trajectory="linear"), households={W1: 366})
    said = explained(programme, Facts(signers=signed(w1={"2024-01-02": 30})), local("2024-01-14"), M1, W1)
    assert (said.target.required, said.distance.short_by) == (Ratio(num=31, den=366), 1)
    assert said.distance.then == "on_track"


def test_every_flag_says_why_and_where() -> None:
    late = {(W1, M1): Report(local("2024-02-01"), {"m": 0})}
    programme = town(indicator("stock", "at_most", 2, provisional=True), wards=2)
    facts = facts_of(programme, late, blocked=frozenset({W2}))
    said = explained(programme, facts, CLOSED, M1)
    reasons = {(one.flag, one.because): one.units for one in said.flags}
    assert reasons == {
        ("blocked", "dead_letter"): [W2],
        ("provisional", "target"): [],
        ("restated", "late_report"): [W1],
    }
    covered = town(indicator("coverage"), households={W1: 3}, provisional=True)
    over = explained(covered, Facts(signers=signed(w1={"2024-01-02": 4})), CLOSED, M1)
    assert {(one.flag, one.because) for one in over.flags} == {
        ("provisional", "denominator"),
        ("quality", "above_denominator"),
    }
    early = town(indicator("flow", "at_most", 0))
    lost = explained(early, facts_of(early, {(W1, M1): 1}), CLOSED)
    assert [(one.flag, one.because) for one in lost.flags] == [("provisional", "early")]


def test_tips_are_told_as_numbers_of_the_unit_asked_about_and_of_no_ward() -> None:
    programme = town(indicator("tips_in_time"), wards=2)
    tips = {W1: (tip("2024-01-05", "2024-01-06"), tip("2024-01-05", n=2)), W2: (tip("2024-02-20"),)}
    said = explained(programme, Facts(tips=tips), local("2024-01-07"), M1)
    (stated,) = said.inputs
    assert stated.tips is not None
    assert (stated.unit, stated.tips.received, stated.tips.in_time, stated.tips.undecided) == (TOWN, 3, 1, 2)


def test_before_a_period_opens_only_its_beginning_is_told() -> None:
    programme = town(SESSIONS)
    opens = local("2024-02-15")
    said = explained(programme, facts_of(programme, {(W1, M3): 5}), opens - timedelta(seconds=1), M3)
    assert (said.rule.branch, said.inputs, said.value) == ("period_not_open", [], None)
    assert said.distance.by_itself == ByItself(at=opens, status=None)


@pytest.mark.parametrize("code", ["CT05", "CT13"])
def test_what_the_next_map_will_change_follows_from_inputs_that_do_not_count_yet(code: str) -> None:
    """The new wards are told before they stand: from 1/7/2025 the province is judged by them."""
    programme, now = two_maps(), local("2025-06-20")
    may = {ward: programme.obligations_of["BC-THANG", ward, "2025-M06"] for ward in OLD_WARDS}
    july = programme.obligations_of["BC-THANG", NEW_WARDS[0], "2025-M07"]
    reports = {owed.report_id: Report(now, {"hotspots": 0}) for owed in may.values()}
    reports[july.report_id] = Report(now, {"hotspots": 3})
    signers = {("household", NEW_WARDS[0]): (DayCount(local("2025-06-16").date(), 30),)}
    said = of_cell(programme, Cell(PROVINCE, code, "2025-Q3"), Facts(reports=reports, signers=signers), now)
    assert {one.unit for one in said.inputs if one.state == "not_standing"} == set(NEW_WARDS)
    turn = said.distance.by_itself
    assert turn is not None
    assert turn.at <= local("2025-07-01")
    assert concluded(said, programme) == said
