"""A published snapshot never changes under later events, and any delivery of the events gives the same one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine

from services.contracts.events import Event, PeriodPublished, PeriodReopened, PublishedValue, Ratio
from services.contracts.programme.ids import published_part_id
from services.contracts.published import digest_of
from services.reporting.domain.inputs import Cell, Published, Value
from services.reporting.domain.needs import needs_of
from services.reporting.store import generations
from services.reporting.store.inputs import read_facts
from tests.properties.test_known_at import pilot_live
from tests.support.facts_store import Stream, empty
from tests.support.streams import DAY, PROGRAMME, TOWN, W1, W2, approved, event, event_id, report

MARCH = "2024-M03"
PUBLISHED_AT = datetime(2024, 4, 1, 3, tzinfo=UTC)
CELLS = [Cell(unit, "CT11", MARCH) for unit in (W1, W2, TOWN)]
OFFICERS = ["head", "deputy", "ubnd-18115-officer"]


def publication(key: object, number: int, actor: str, at: datetime) -> list[Event]:
    """Of both wards and the town, each with a number of its own, and the closing event."""
    values = {
        unit: [PublishedValue(indicator="CT11", status="met", value=Ratio(num=number + place))]
        for place, unit in enumerate((W1, W2, TOWN))
    }
    digest, closing = digest_of(values), event_id(key)
    parts = [
        event(
            PeriodPublished(programme=PROGRAMME, unit=unit, occurred_on=DAY, period=MARCH, values=said),
            key=published_part_id(closing, digest, unit),
            source="ubnd-437",
            actor=actor,
            at=at,
        )
        for unit, said in values.items()
    ]
    bound = PeriodPublished(programme=PROGRAMME, unit=TOWN, occurred_on=DAY, period=MARCH, digest=digest)
    return [*parts, event(bound, key=key, source="ubnd-437", actor=actor, at=at)]


def reopening(key: object, actor: str, at: datetime) -> list[Event]:
    said = PeriodReopened(programme=PROGRAMME, unit=TOWN, occurred_on=DAY, period=MARCH, reason="wrong_sum")
    return [event(said, key=key, source="ubnd-437", actor=actor, at=at)]


def filed(key: int, number: int, revision: int, unit: str, actor: str, at: datetime) -> list[Event]:
    said = report({"propaganda_sessions": number}, unit=unit, revision=revision)
    decided = approved(said, returned=number == 0)
    return [
        event(said, key=("report", key), actor=actor, at=at),
        event(decided, key=("decision", key), source="ubnd-437", actor=actor, at=at + timedelta(minutes=1)),
    ]


keys, numbers, officers = st.integers(1, 4), st.integers(0, 3), st.sampled_from(OFFICERS)
units = st.sampled_from([W1, W2])


def apart(said: list[Event]) -> list[Event]:
    """No two officers at one microsecond: of copies that nothing else tells apart the first in the log counts."""
    return [replace(one, accepted_at=one.accepted_at + _tick(one.actor)) for one in said]


def _tick(actor: str | None) -> timedelta:
    return timedelta(microseconds=OFFICERS.index(actor or OFFICERS[0]))


def acts(instants: st.SearchStrategy[datetime]) -> st.SearchStrategy[list[Event]]:
    """What is reported, published and reopened at some instants; keys repeat: there are copies and conflicts."""
    one_of = st.one_of(
        st.builds(filed, keys, numbers, st.integers(1, 2), units, officers, instants),
        st.builds(publication, keys.map(lambda key: ("publish", key)), numbers, officers, instants),
        st.builds(reopening, keys.map(lambda key: ("reopen", key)), officers, instants),
    ).map(apart)
    return st.lists(one_of, max_size=5).map(lambda listed: [said for many in listed for said in many])


earlier = acts(st.integers(1, 200).map(lambda hours: PUBLISHED_AT - timedelta(hours=hours)))
later = acts(st.integers(1, 200).map(lambda hours: PUBLISHED_AT + timedelta(hours=hours)))


def published(engine: Engine, events: list[Event]) -> dict[Cell, Published]:
    with engine.begin() as connection:
        empty(connection)
    stream = Stream(engine)
    for said in events:
        stream.write([said])
    return standing(engine)


def standing(engine: Engine) -> dict[Cell, Published]:
    with engine.begin() as connection:
        bound = generations.bind(connection, 1)
        facts = read_facts(bound, PROGRAMME, needs_of(CELLS, pilot_live()), DAY)
    return dict(facts.published)


@pytest.mark.timeout(600)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(earlier, st.lists(later.filter(bool), max_size=2).map(lambda listed: [one for many in listed for one in many]))
def test_no_later_report_decision_or_reopening_changes_what_was_published(
    reporting_engine: Engine, before: list[Event], after: list[Event]
) -> None:
    after = [said for said in after if not isinstance(said.data, PeriodPublished)]
    earlier_events = [*before, *publication("the one", 7, "head", PUBLISHED_AT)]
    assert published(reporting_engine, [*earlier_events, *after]) == published(reporting_engine, earlier_events)


@pytest.mark.timeout(600)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(earlier, later, st.data())
def test_any_delivery_of_the_events_gives_the_same_published_snapshot(
    reporting_engine: Engine, before: list[Event], after: list[Event], data: st.DataObject
) -> None:
    stream = [*before, *publication("the one", 7, "head", PUBLISHED_AT), *after]
    again = data.draw(st.lists(st.sampled_from(stream), max_size=4))
    assert published(reporting_engine, data.draw(st.permutations(stream + again))) == published(
        reporting_engine, stream
    )


def test_what_was_published_is_what_the_event_says(reporting_engine: Engine) -> None:
    found = published(reporting_engine, publication("the one", 7, "head", PUBLISHED_AT))
    assert [found[cell].value for cell in CELLS] == [Value(7), Value(8), Value(9)]
