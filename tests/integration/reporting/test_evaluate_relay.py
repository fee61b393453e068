"""What the outbox holds reaches status.v1 at least once and in order, whatever the log does meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Thread

import pytest

from services.contracts import metrics as cards
from services.contracts.codec import decode
from services.contracts.events import StatusChanged
from services.contracts.topics import OBLIGATION, STATUS
from services.kit.clock import SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.evaluate.relay import Relay
from tests.integration.reporting.evaluating import World
from tests.integration.reporting.streams import year

END = datetime(2025, 2, 1, tzinfo=UTC)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    made.settle()
    made.post(*year(made, seed=2, size=60))
    made.reach(END)
    made.settle()
    yield made
    made.engine.dispose()


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog({STATUS.name: 1, OBLIGATION.name: 1})


def relay(world: World, log: MemoryLog, publishing: bool = True, **more) -> Relay:
    flag = Flag()
    if publishing:
        flag.set()
    return Relay(world.engine, log.appender(), SystemClock(), Metrics(cards.CATALOGUE), flag, **more)


def told(log: MemoryLog) -> list:
    place = Partition(STATUS.name, 0)
    reader = log.reader({place: 0})
    records = []
    while polled := reader.poll(10_000, 0).get(place):
        records += polled
    return [decode(record) for record in records]


def waiting(world: World) -> int:
    return world.one("select count(*) from reporting.outbox")


def drain(one: Relay) -> None:
    while one.once():
        pass


def test_every_change_is_told_once_and_in_the_order_of_time(world: World, log: MemoryLog):
    number = waiting(world)
    drain(relay(world, log))
    events = told(log)
    assert (len(events), waiting(world)) == (number, 0)
    assert all(isinstance(event.data, StatusChanged) for event in events)
    assert len({event.id for event in events}) == number
    sequences = {}
    for event in events:
        data = event.data
        key = (data.unit, data.indicator, data.period)
        assert data.sequence == sequences.get(key, 0) + 1
        sequences[key] = data.sequence
    assert event.source == "reporting"
    assert data.positions["report.v1"][0] > 0


def test_while_the_log_is_away_the_outbox_keeps_everything(world: World, log: MemoryLog):
    number = waiting(world)
    log.down = True
    with pytest.raises(Unavailable):
        relay(world, log).once()
    assert waiting(world) == number
    log.down = False
    drain(relay(world, log))
    assert (len(told(log)), waiting(world)) == (number, 0)


def test_what_was_written_without_an_acknowledgement_comes_again_with_the_same_id(world: World, log: MemoryLog):
    number = waiting(world)
    log.losing_acknowledgements = True
    with pytest.raises(Unavailable):
        relay(world, log).once()
    log.losing_acknowledgements = False
    drain(relay(world, log))
    events = told(log)
    assert len(events) > number
    assert len({event.id for event in events}) == number


def test_only_the_process_that_publishes_relays(world: World, log: MemoryLog):
    stop, one = Flag(), relay(world, log, publishing=False)
    thread = Thread(target=one.run, args=(stop,))
    thread.start()
    try:
        assert not stop.wait(0.6)
        assert told(log) == []
        one.publishing.set()
        while waiting(world):
            stop.wait(0.05)
    finally:
        stop.set()
        thread.join()
    assert told(log)
