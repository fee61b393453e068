"""An explanation is the evaluation itself, told: it says the same, follows from its inputs, and moves with each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.contracts.explanations import ExplainedInput, Explanation
from services.contracts.programme import Programme, cells, local_date, local_midnight
from services.reporting.domain.inputs import Cell, DayCount, Facts, Published, Report, TipCount, Value
from services.reporting.domain.restated import concluded
from services.reporting.domain.status import evaluate
from tests.properties.test_status_in_time import FIRST, INSTANTS, cases
from tests.support.explained import explained
from tests.support.two_maps import NEW_WARDS, OLD_WARDS, two_maps
from tests.unit.reporting.town import TOWN, WARDS, facts_of, indicator, local, signed, town


@settings(max_examples=100, deadline=None)
@given(cases(), INSTANTS)
def test_an_explanation_says_what_is_evaluated_and_follows_from_its_own_inputs(case, now):
    programme, cell, known = case
    said = explained(programme, cell, known, now)
    status = evaluate(cell, programme, known, now)
    assert said.status == said.rule.status == status.status
    assert {one.flag for one in said.flags} == set(status.flags)
    assert said.valid_until == status.valid_until
    assert msgspec.json.encode(said) == msgspec.json.encode(explained(programme, cell, known, now))
    read_back = msgspec.json.decode(msgspec.json.encode(said), type=Explanation)
    assert msgspec.json.encode(concluded(read_back, programme)) == msgspec.json.encode(said)


@settings(max_examples=100, deadline=None)
@given(cases(), INSTANTS, st.sampled_from(["met", "not_met", "no_data"]), st.sampled_from([None, Value(0), Value(2)]))
def test_what_has_left_its_published_value_says_so_and_its_explanation_follows_from_itself(case, now, status, value):
    programme, cell, known = case
    known = replace(known, published={cell: Published(status, value, (), UUID(int=1), FIRST)})
    said, found = explained(programme, cell, known, now), evaluate(cell, programme, known, now)
    closed = programme.period(cell.period).closes_at <= now
    has_left = closed and (status, value) != (found.status, found.value)
    assert ("left_published" in {one.because for one in said.flags}) == has_left
    assert concluded(said, programme) == said


@settings(max_examples=100, deadline=None)
@given(cases(), INSTANTS)
def test_what_time_will_do_by_itself_is_what_it_does(case, now):
    programme, cell, known = case
    turn = explained(programme, cell, known, now).distance.by_itself
    if turn is not None and turn.status is not None:
        assert evaluate(cell, programme, known, turn.at).status == turn.status


@settings(max_examples=80, deadline=None)
@given(cases(), INSTANTS, st.data())
def test_no_input_that_is_named_can_change_unseen(case, now, data):
    programme, cell, known = case
    said = explained(programme, cell, known, now)
    assume(said.inputs)
    changed = list(changes(data.draw(st.sampled_from(said.inputs)), programme, cell, known))
    assert changed
    for facts in changed:
        assert explained(programme, cell, facts, now) != said


def changes(stated: ExplainedInput, programme: Programme, cell: Cell, known: Facts) -> Iterator[Facts]:
    """The facts with one thing different that an input rests on."""
    indicator = programme.indicators[cell.indicator]
    if stated.report and indicator.kind == "reports_on_time":
        key = stated.report.report_id
        yield replace(known, first_accepted={**known.first_accepted, key: stated.report.due_at + timedelta(days=99)})
    elif stated.report:
        key = stated.report.report_id
        known_report = known.reports.get(key, Report(stated.report.due_at, {}))
        for code in indicator.measures:
            values = {**known_report.values, code: (known_report.values.get(code) or 0) + 1}
            yield replace(known, reports={**known.reports, key: replace(known_report, values=values, nil=False)})
        yield replace(known, reports={**known.reports, key: replace(known_report, returned=not known_report.returned)})
    elif stated.signers:
        place = (stated.signers.kind, stated.unit)
        more = (*known.signers.get(place, ()), DayCount(stated.signers.until, 1))
        yield replace(known, signers={**known.signers, place: more})
    elif stated.tips:
        period = programme.period(cell.period)
        assert period is not None
        more_tips = (*known.tips.get(stated.unit, ()), TipCount(period.start, None, 1, due_on=period.end))
        yield replace(known, tips={**known.tips, stated.unit: more_tips})


@st.composite
def counted(draw: st.DrawFn) -> tuple[Programme, Facts, datetime]:
    """A quarter of up to three wards in which every month that is over has been reported."""
    kind = draw(st.sampled_from(["flow", "stock", "coverage"]))
    op = "at_least" if kind == "coverage" else draw(st.sampled_from(["at_least", "at_most"]))
    share = Fraction(draw(st.integers(1, 10)), 10)
    goal = indicator(kind, op, share if kind == "coverage" else draw(st.integers(0, 9)), trajectory="linear")
    wards = draw(st.integers(1, 3))
    programme = town(goal, wards=wards, households=dict.fromkeys(WARDS[:wards], 7))
    now = local(draw(st.sampled_from(["2024-01-20", "2024-02-20", "2024-03-20"])))
    over = [period.code for period in programme.periods() if period.kind == "month" and period.closes_at <= now]
    said = {(ward, month): draw(st.integers(0, 3)) for ward in WARDS[:wards] for month in over}
    signers = signed(**{f"w{n + 1}": {"2024-01-02": draw(st.integers(0, 7))} for n in range(wards)})
    return programme, facts_of(programme, said, signers=signers), now


@settings(max_examples=100, deadline=None)
@given(counted())
def test_what_is_counted_follows_from_the_inputs_that_are_stated(case):
    programme, known, now = case
    said = explained(programme, Cell(TOWN, "CT01", "2024-Q1"), known, now)
    assert said.value is not None
    assert concluded(said, programme) == said


@settings(max_examples=150, deadline=None)
@given(counted())
def test_so_many_more_lead_to_the_next_status_and_one_less_does_not(case):
    programme, known, now = case
    cell = Cell(TOWN, "CT01", "2024-Q1")
    said = explained(programme, cell, known, now)
    apart = said.distance
    fails = programme.indicators["CT01"].target.op == "at_least"
    if apart.then is None or bool(apart.short_by) != fails:
        return  # the target is reached for good, or it takes less, and what was said cannot be less than nothing
    enough = apart.short_by or (apart.to_spare or 0) + 1
    assert evaluate(cell, programme, more(said, known, enough), now).status == apart.then
    assert evaluate(cell, programme, more(said, known, enough - 1), now).status == said.status


def more(said: Explanation, known: Facts, n: int) -> Facts:
    """The facts with so many more counted in the first input that counts."""
    stated = next(one for one in said.inputs if one.state == "counts")
    if stated.signers:
        place = (stated.signers.kind, stated.unit)
        return replace(
            known, signers={**known.signers, place: (*known.signers.get(place, ()), DayCount(stated.signers.until, n))}
        )
    assert stated.report is not None
    report = known.reports[stated.report.report_id]
    (code,) = stated.report.values
    values = {**report.values, code: (report.measure(code) or 0) + n}
    return replace(known, reports={**known.reports, stated.report.report_id: replace(report, values=values, nil=False)})


@st.composite
def divided(draw: st.DrawFn) -> tuple[Cell, Facts, datetime]:
    """A cell of a programme over 1/7/2025, with whatever its wards of both maps have said, about that day."""
    programme = two_maps()
    day = st.dates(date(2025, 6, 10), date(2025, 7, 20))
    chance = draw(st.randoms(use_true_random=False))
    measures = [code for form in programme.forms.values() for code in form.measures]
    reports = {
        owed.report_id: Report(owed.due_at, {code: chance.randint(0, 1) for code in measures})
        for owed in programme.obligations
        if chance.random() < 0.8
    }
    wards = (*OLD_WARDS, *NEW_WARDS)
    signers = {("household", ward): (DayCount(draw(day), 3), DayCount(draw(day), 2)) for ward in wards}
    tips = {ward: (TipCount(draw(day), draw(st.none() | day), 1),) for ward in wards}
    first = {report_id: report.accepted_at for report_id, report in reports.items()}
    now = local_midnight(draw(day)) + timedelta(hours=draw(st.integers(0, 23)))
    cell = draw(
        st.sampled_from([Cell(*one) for one in cells(programme) if one[2] in ("2025-M07", "2025-Q3", "2025-Y")])
    )
    return cell, Facts(reports, first, signers, tips), now


@settings(max_examples=200, deadline=None)
@given(divided())
def test_a_period_that_the_map_divides_is_explained_by_the_units_of_both_maps(case):
    programme, (cell, known, now) = two_maps(), case
    said = explained(programme, cell, known, now)
    status = evaluate(cell, programme, known, now)
    assert (said.status, {one.flag for one in said.flags}) == (status.status, set(status.flags))
    assert concluded(said, programme) == said
    away = [one.unit for one in said.inputs if one.state == "not_standing"]
    assert not set(away) & set(programme.units.standing(cell.unit, min(said.period.end, local_date(now))))
