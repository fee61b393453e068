"""obligation.v1: what is told of each obligation is how it stands, each change once, at its instant, in order."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event as Flag
from typing import Any

import pytest

from services.contracts import metrics as cards
from services.contracts.codec import decode
from services.contracts.events import Event
from services.contracts.programme import Obligation
from services.contracts.topics import OBLIGATION, STATUS
from services.kit.clock import SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.domain import obligations as domain
from services.reporting.domain.announced import shown
from services.reporting.domain.obligations import NOTHING_SAID, standing
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.evaluate.recall import Memory, Recall
from services.reporting.evaluate.relay import Relay
from services.reporting.evaluate.said import obligation_said
from services.reporting.evaluate.turn import Limits
from services.reporting.store.histories import read_histories
from tests.integration.reporting.evaluating import EARLY, W1_REPORT, WARDS, World
from tests.integration.reporting.restored import END, world_and_backup
from tests.integration.reporting.streams import year
from tests.support.database import Server

SOME_DAY = datetime(2024, 2, 1, tzinfo=UTC)
PLACE = Partition(OBLIGATION.name, 0)
ANNOUNCED = "vn.binhyen.obligation."


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog({STATUS.name: 1, OBLIGATION.name: 1})


def owed_by(world: World, ward: str = WARDS[0]) -> Obligation:
    return world.programme.obligations_of[W1_REPORT[0], ward, W1_REPORT[2]]


def closes_at(world: World) -> datetime:
    period = world.programme.period(W1_REPORT[2])
    assert period is not None
    return period.closes_at


def live(world: World, log: MemoryLog) -> None:
    """A process evaluates and tells all there is, beginning with what was told before it."""
    recall = Recall(log, log.reader, SystemClock())
    memory = Memory(recall, replace(recall, topic=OBLIGATION.name, understand=obligation_said))
    one = Evaluator(world.engine, SystemClock(), Gauges(Metrics(cards.CATALOGUE)), memory=memory)
    lease = world.lease()
    while one.once(lease):
        pass
    tell(world, log)
    lease.close()


def tell(world: World, log: MemoryLog) -> None:
    relay = Relay(world.engine, log.appender(), SystemClock(), Metrics(cards.CATALOGUE), Flag())
    while relay.once():
        pass


def told(log: MemoryLog) -> list[Event]:
    return [decode(record) for record in log.stored(PLACE).records]


def of(log: MemoryLog, owed: Obligation) -> list[Any]:
    return [event for event in told(log) if event.data.report_id == owed.report_id]  # type: ignore[attr-defined]


def kinds(events: list[Event]) -> list[tuple[str, datetime]]:
    return [(event.type.removeprefix(ANNOUNCED), event.accepted_at) for event in events]


def assert_told_is_what_stands(world: World, log: MemoryLog, now: datetime) -> None:
    """Of every obligation: numbers without a gap, and the last one says how it stands."""
    heard: dict[Any, list[Any]] = defaultdict(list)
    for event in {event.id: event for event in told(log)}.values():
        heard[event.data.report_id].append(event)  # type: ignore[attr-defined]
    with world.reading() as connection:
        said = read_histories(connection, world.programme.obligation_of_report)
    for owed in world.programme.obligations:
        events = sorted(heard.get(owed.report_id, []), key=lambda event: event.data.sequence)
        assert [event.data.sequence for event in events] == list(range(1, len(events) + 1))
        assert [event.accepted_at for event in events] == sorted(event.accepted_at for event in events)
        history = said.get(owed.report_id, NOTHING_SAID)
        stands = shown(standing(owed, domain.closes_at(owed, world.programme), world.programme, history, now))
        if events:
            last = obligation_said(events[-1])
            assert last is not None
            assert last.remark.told == stands
        else:
            assert stands.state == "not_due"


def test_silence_is_told_when_the_period_closes_and_when_the_report_is_overdue(world: World, log: MemoryLog):
    owed = owed_by(world)
    world.reach(closes_at(world) - timedelta(days=1))
    live(world, log)
    assert of(log, owed) == []
    world.reach(owed.due_at + timedelta(days=9))
    live(world, log)
    assert kinds(of(log, owed)) == [("opened", closes_at(world)), ("overdue", owed.due_at)]
    live(world, log)
    assert len(of(log, owed)) == 2


def test_what_is_said_of_a_report_is_told(world: World, log: MemoryLog):
    owed, now = owed_by(world), owed_by(world).due_at + timedelta(hours=1)
    later = (owed.due_at + timedelta(days=4)).date()
    first = world.event(world.report(*W1_REPORT, hotspots=1), now)
    extension = world.event(world.extended(first.data, later), now, source="ca-437")  # type: ignore[arg-type]
    second = world.report(*W1_REPORT, revision=2, hotspots=1)
    world.reach(now)
    for said in ([], [extension], [first], [world.returned(first)], [second], [world.approved(first)]):
        world.post(*said)
        live(world, log)
    kinds_told = [kind for kind, _ in kinds(of(log, owed))]
    assert kinds_told == ["overdue", "postponed", "received", "returned", "received"]
    assert [event.data.state for event in of(log, owed)] == ["overdue", "due", "received", "returned", "received"]
    assert of(log, owed)[-1].data.revision == 2
    assert_told_is_what_stands(world, log, now)


@pytest.mark.parametrize("at_most", [7, 1_000])
def test_a_year_however_it_is_cut_is_told_as_it_stands(world: World, log: MemoryLog, at_most: int):
    said = year(world, seed=11, size=120)
    world.settle(limits=Limits(cells=at_most * 20))
    for number, now in enumerate((SOME_DAY, datetime(2024, 6, 20, tzinfo=UTC), END)):
        for start in range(number * 40, number * 40 + 40, 13):
            world.post(*said[start : min(start + 13, number * 40 + 40)])
        world.reach(now)
        world.settle(limits=Limits(cells=max(at_most, 300)))
        tell(world, log)
        assert_told_is_what_stands(world, log, now)
    live(world, log)
    assert_told_is_what_stands(world, log, END)


def test_of_a_sandbox_nothing_is_told(database_url: str):
    world = World(database_url, sandbox=True)
    world.clock(END)
    world.settle()
    assert world.one("select count(*) from reporting.obligation_outbox") == 0
    world.engine.dispose()


def test_marks_that_another_release_worked_off_are_made_up_for(world: World, log: MemoryLog):
    owed = owed_by(world)
    world.reach(owed.due_at - timedelta(hours=1))
    live(world, log)
    world.post(world.report(*W1_REPORT, hotspots=1))
    with world.reading() as connection:
        connection.exec_driver_sql("delete from mark")
    live(world, log)
    assert [kind for kind, _ in kinds(of(log, owed))] == ["opened", "received"]


def test_what_was_written_without_an_acknowledgement_comes_again_with_the_same_id(world: World, log: MemoryLog):
    world.reach(SOME_DAY)
    world.settle()
    log.losing_acknowledgements = True
    with pytest.raises(Unavailable):
        tell(world, log)
    log.losing_acknowledgements = False
    tell(world, log)
    tell(world, log)
    assert_told_is_what_stands(world, log, SOME_DAY)
    assert world.one("select count(*) from reporting.obligation_outbox") == 0


def test_after_a_restore_numbers_go_on_and_nothing_is_told_twice(database: Server, log: MemoryLog):
    with world_and_backup(database, SOME_DAY) as (world, restored):
        live(world, log)
        before = told(log)
        assert before
        live(restored, log)
        assert told(log) == before
        restored.post(world.event(world.report(*W1_REPORT, revision=9, hotspots=3), SOME_DAY))
        live(restored, log)
        assert len(told(log)) == len(before) + 1
        assert_told_is_what_stands(restored, log, SOME_DAY)


def test_an_extension_before_the_period_closes_is_told_and_so_is_the_opening(world: World, log: MemoryLog):
    owed = owed_by(world)
    world.reach(closes_at(world) - timedelta(days=1))
    report = world.report(*W1_REPORT, hotspots=1)
    world.post(world.event(world.extended(report, date(2024, 1, 31)), EARLY, source="ca-437"))
    live(world, log)
    world.reach(closes_at(world))
    live(world, log)
    told_states = [(event.data.state, event.data.due_at) for event in of(log, owed)]
    assert told_states == [
        ("not_due", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("due", datetime(2024, 1, 31, 10, tzinfo=UTC)),
    ]
    assert [kind for kind, _ in kinds(of(log, owed))] == ["postponed", "opened"]
