"""What an evaluator remembers above the reporting units changes no answer, whatever is reported in which order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import REPORT_FED, Obligation, Programme, Unit, Units, cells
from services.reporting.domain.expand import Mark
from services.reporting.domain.inputs import Cell, Facts, Report
from services.reporting.domain.needs import needs_beside
from services.reporting.domain.obligations import Extension
from services.reporting.domain.parts import still_true
from services.reporting.domain.status import Status, evaluate
from services.reporting.domain.stepping import step_through
from services.reporting.domain.tallies import Tallies
from tests.properties.test_status_in_time import INSTANTS, NUMBERS
from tests.unit.reporting.town import FIRST, QUARTERLY, TOWN, WARDS, indicator, town

PROVINCE, OTHER_TOWN, OTHER_WARD = "42@2018-01-01", "445@2018-01-01", "18754@2018-01-01"
RECEIVER = "ubnd-437"
ONE_DAY = timedelta(days=1)
T = TypeVar("T")


def province(*, ends: bool = False) -> Programme:
    """Two towns, of three wards and of one, with an indicator of every kind that reports feed; two come late.

    `ends`: a ward is gone from the middle of the year, so that what is above it does not add up.
    """
    made = town(*_indicators(), wards=3, quarterly=True)
    last = date(2024, 6, 30) if ends else None
    units = [
        Unit(PROVINCE, "42", "province", "Tỉnh", FIRST, None, None),
        *(
            replace(unit, parent=unit.parent or PROVINCE, valid_to=last if unit.id == WARDS[0] else None)
            for unit in made.units.by_id.values()
        ),
        Unit(OTHER_TOWN, "445", "town", "Thị xã khác", FIRST, None, PROVINCE),
        Unit(OTHER_WARD, "18754", "ward", "Phường khác", FIRST, None, OTHER_TOWN),
    ]
    police = made.agencies["ca-18115"]
    others = [
        replace(police, id="ca-18754", unit=OTHER_WARD),
        replace(police, id=RECEIVER, kind="people_committee", unit=TOWN),
    ]
    return replace(
        made,
        root=PROVINCE,
        units=Units({unit.id: unit for unit in units}),
        agencies={**made.agencies, **{agency.id: agency for agency in others}},
    )


def _indicators() -> Iterator[object]:
    """Monthly ones of each kind, and a quarterly ratio."""
    for number, kind in enumerate((*sorted(REPORT_FED), "reports_on_time")):
        yield indicator(kind, "at_most" if kind == "stock" else "at_least", 1, code=f"CT0{number}")
    yield indicator("ratio", code="CT09", form=QUARTERLY, frequency="quarter")


WHOLE, DIVIDED = province(), province(ends=True)


@st.composite
def moves(draw: st.DrawFn, programme: Programme) -> list[tuple[Obligation, Report | None, tuple[Extension, ...]]]:
    """A report after the other comes, is another one, is sent back, is put off, or turns out never to have counted."""
    found = []
    for owed in draw(st.lists(st.sampled_from(programme.obligations), min_size=1, max_size=8)):
        accepted_at = owed.due_at + timedelta(hours=draw(st.integers(-900, 200)))
        values = {"m": draw(NUMBERS), "helped": draw(NUMBERS), "listed": draw(NUMBERS)}
        report = Report(accepted_at, values, nil=draw(st.booleans()), returned=draw(st.integers(0, 5)) == 0)
        until = owed.due_at.date() + draw(st.integers(1, 40)) * ONE_DAY
        put_off = (Extension(until, "storm", RECEIVER, owed.due_at, owed.report_id),) if draw(st.booleans()) else ()
        found.append((owed, draw(st.none() | st.just(report)), put_off))
    return found


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("programme", [WHOLE, DIVIDED], ids=["whole", "divided"])
@given(st.data())
def test_what_is_remembered_from_turn_to_turn_answers_as_all_the_reports_do(programme: Programme, data: st.DataObject):
    every = [Cell(*cell) for cell in cells(programme)]
    tallies, known = Tallies(), Facts()
    for owed, report, put_off in data.draw(moves(programme)):
        known = _moved(known, owed, report, put_off)
        tallies = still_true(tallies, [_mark(owed, programme)], programme)
        now, until = sorted((data.draw(INSTANTS), data.draw(INSTANTS)))
        starts = dict.fromkeys(data.draw(st.lists(st.sampled_from(every), max_size=6)), now)
        told = _turn(starts, min(until, now + 40 * ONE_DAY), programme, tallies, known)
        assert told == {(cell, at): evaluate(cell, programme, known, at) for cell, at in told}


def test_what_was_not_read_does_not_pass_for_missing():
    tallies = still_true(Tallies(), [], WHOLE)
    (cell,) = [Cell(TOWN, "CT01", "2024-Y")]
    with pytest.raises(LookupError):
        evaluate(cell, WHOLE, Facts(tallies=tallies), WHOLE.obligations[0].due_at)


def _turn(
    starts: Mapping[Cell, datetime], until: datetime, programme: Programme, tallies: Tallies, known: Facts
) -> dict[tuple[Cell, datetime], Status]:
    """As a turn of the evaluator: it has read only what it says that it needs."""
    needs, tallies.wanted = needs_beside(starts, until, programme, tallies)
    read = replace(
        known,
        reports=_of(known.reports, needs.report_ids),
        first_accepted=_of(known.first_accepted, needs.report_ids),
        extensions=_of(known.extensions, needs.report_ids),
        tallies=tallies,
    )
    stepped = step_through(starts, lambda cell, at: evaluate(cell, programme, read, at), until, at_most=60)
    return {(one.cell, one.at): one.status for one in stepped.evaluated}


def _of(said: Mapping[UUID, T], ids: frozenset[UUID]) -> dict[UUID, T]:
    return {report_id: one for report_id, one in said.items() if report_id in ids}


def _moved(known: Facts, owed: Obligation, report: Report | None, put_off: tuple[Extension, ...]) -> Facts:
    others = {report_id: one for report_id, one in known.reports.items() if report_id != owed.report_id}
    reports = others if report is None else {**others, owed.report_id: report}
    return replace(
        known,
        reports=reports,
        first_accepted={report_id: one.accepted_at for report_id, one in reports.items()},
        extensions={**known.extensions, owed.report_id: put_off},
    )


def _mark(owed: Obligation, programme: Programme) -> Mark:
    period = programme.period(owed.period)
    assert period is not None
    return Mark(owed.unit, f"form:{owed.form}", period.start, period.end)
