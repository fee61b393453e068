"""What was known on a day stays what it was: derived from everything that came later, in any order, it is the same."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.contracts.events import Event
from services.contracts.programme import Programme
from services.contracts.programme.calendars import day_end, local_date
from services.reporting.domain.history import walk
from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import Status, evaluate
from services.reporting.store import generations, heard
from services.reporting.store.batch import Batch
from services.reporting.store.inputs import read_facts
from tests.properties.test_facts_that_count import FIRST, decisions, keys, moves, reports, sheets, tips, withdrawals
from tests.support.facts_store import Stream, empty
from tests.support.programme_folder import pilot
from tests.support.streams import PROGRAMME, TOWN, W1, event

TODAY = FIRST + timedelta(days=8)
NOW = day_end(TODAY)
CELLS = [
    Cell(unit, indicator, period)
    for unit in (W1, TOWN)
    for indicator in ("CT05", "CT11", "CT28", "CT30")
    for period in ("2024-M03", "2024-Q1")
]
ROOM = (10_000, 10_000)


class Recorded(NamedTuple):
    """A record of an event, and when the log recorded it: not in the order of acceptance."""

    event: Event
    at: datetime


said = st.one_of(sheets, sheets, withdrawals, reports, reports, decisions, tips, moves)
hours = st.integers(0, 6 * 24)


def recorded(data: object, key: int, accepted: int, later: int) -> Recorded:
    at = day_end(FIRST - timedelta(days=1)) + timedelta(hours=accepted)
    return Recorded(event(data, key=key, at=at), at + timedelta(hours=later))  # type: ignore[arg-type]


records = st.builds(recorded, said, keys, hours, st.sampled_from([0, 0, 5, 30]))


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Recorded], list[Recorded]]:
    """A stream of records, and the same with some delivered twice, in another order."""
    stream = draw(st.lists(records, min_size=1, max_size=12))
    again = draw(st.lists(st.sampled_from(stream), max_size=4))
    return stream, draw(st.permutations(stream + again))


def write(engine: Engine, delivered: Sequence[Recorded]) -> None:
    with engine.begin() as connection:
        empty(connection)
    stream = Stream(engine)
    for one in delivered:
        batch = stream.batch([one.event])
        (read,) = batch.read
        moved = read._replace(recorded_at=one.at, logged_on=local_date(one.at))
        stream.apply(Batch(starts=batch.starts, ends=batch.ends, read=[moved]))


def facts(engine: Engine, today: date, known_on: date | None) -> Facts:
    with engine.begin() as connection:
        bound = generations.bind(connection, 1)
        return read_facts(bound, PROGRAMME, needs_of(CELLS, pilot_live()), today, known_on)


def pilot_live() -> Programme:
    return pilot().activated(PROGRAMME, 1, sandbox=False)


def statuses(engine: Engine, day: date, known_on: date | None) -> dict[Cell, Status]:
    found = facts(engine, day, known_on)
    return {cell: evaluate(cell, pilot_live(), found, day_end(day)) for cell in CELLS}


@pytest.mark.timeout(600)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_what_was_known_on_a_day_is_what_those_who_had_read_no_further_knew(
    reporting_engine: Engine, delivered: tuple[list[Recorded], list[Recorded]]
) -> None:
    stream, other = delivered
    days = sorted({local_date(one.at) for one in stream})[:4]
    then = {}
    for day in days:
        write(reporting_engine, [one for one in stream if one.at <= day_end(day)])
        then[day] = statuses(reporting_engine, day, None)
    write(reporting_engine, other)
    assert {day: statuses(reporting_engine, day, day) for day in days} == then


@pytest.mark.timeout(600)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_delivery_gives_the_same_history_which_ends_at_the_present_and_leaves_out_no_day(
    reporting_engine: Engine, delivered: tuple[list[Recorded], list[Recorded]]
) -> None:
    stream, other = delivered
    write(reporting_engine, stream)
    told = {cell: history(reporting_engine, cell) for cell in CELLS}
    present = statuses(reporting_engine, TODAY, None)
    for cell, changes in told.items():
        assert changes[-1][1].says_the_same_as(present[cell])
    for day in (FIRST + timedelta(days=number) for number in range(9)):
        at_end = statuses(reporting_engine, day, day)
        for cell, changes in told.items():
            assert [after for on, after in changes if on <= day][-1].says_the_same_as(at_end[cell])
    write(reporting_engine, other)
    assert {cell: history(reporting_engine, cell) for cell in CELLS} == told


def history(engine: Engine, cell: Cell) -> list[tuple[date, Status]]:
    programme = pilot_live()
    needs = needs_of([cell], programme)
    with engine.begin() as connection:
        bound = generations.bind(connection, 1)
        days = {local_date(one.recorded_at) for one in heard.of_reports(bound, needs)}
        days |= heard.of_signers(bound, PROGRAMME, needs).keys() | heard.of_tips(bound, PROGRAMME, needs)

        def answer(known: date, at: datetime) -> Status:
            return evaluate(cell, programme, read_facts(bound, PROGRAMME, needs, local_date(at), known), at)

        walked = walk(answer, FIRST, FIRST, days, NOW, ROOM)
    assert walked.left is None
    return [(change.day, change.after) for change in walked.changes]
