"""A database that is older than what was told: what stands on status.v1 is known before anything more is told."""

from collections.abc import Iterator

import pytest

from services.contracts import metrics as cards
from services.contracts.codec import decode
from services.contracts.records import Record
from services.contracts.topics import OBLIGATION, STATUS
from services.kit.clock import FakeClock, SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.kit.health import Check
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.evaluate.recall import Memory, Recall
from services.reporting.evaluate.relay import Relay
from tests.integration.reporting.evaluating import World
from tests.integration.reporting.restored import END, world_and_backup
from tests.support.database import Server

PLACE = Partition(STATUS.name, 0)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog({STATUS.name: 1, OBLIGATION.name: 1})


@pytest.fixture
def lost(database: Server) -> Iterator[tuple[World, World]]:
    with world_and_backup(database, END) as both:
        yield both


def evaluator(world: World, log: MemoryLog) -> Evaluator:
    memory = Memory(Recall(log, log.reader, SystemClock()))
    return Evaluator(world.engine, SystemClock(), Gauges(Metrics(cards.CATALOGUE)), memory=memory)


def live(world: World, log: MemoryLog) -> None:
    """Evaluates and tells all there is."""
    one = evaluator(world, log)
    relay = Relay(world.engine, log.appender(), SystemClock(), Metrics(cards.CATALOGUE), one.publishing)
    lease = world.lease()
    while one.once(lease):
        pass
    assert one.publishing.is_set()
    while relay.once():
        pass
    lease.close()


def told(log: MemoryLog) -> list:
    return [decode(record) for record in log.stored(PLACE).records]


def test_a_cell_goes_on_from_the_instant_of_what_was_told_of_it(lost: tuple[World, World], log: MemoryLog):
    world, restored = lost
    live(world, log)
    before = told(log)
    assert len({event.accepted_at for event in before}) > 2, "things have changed with time alone"
    live(restored, log)
    assert told(log) == before
    assert {cell: stored.status for cell, stored in restored.stored().items()} == {
        cell: stored.status for cell, stored in world.stored().items()
    }
    assert restored.verified().differences == ()


def test_a_change_after_a_restore_has_the_next_number(lost: tuple[World, World], log: MemoryLog):
    world, restored = lost
    live(world, log)
    before = {event.id for event in told(log)}
    highest = {(one.data.unit, one.data.indicator, one.data.period): one.data.sequence for one in told(log)}
    restored.refuse(restored.programme.root)
    live(restored, log)
    news = [event.data for event in told(log) if event.id not in before]
    assert news
    for one in news:
        assert one.sequence == highest.get((one.unit, one.indicator, one.period), 0) + 1


def test_whoever_follows_reads_only_what_was_told_since(lost: tuple[World, World], log: MemoryLog):
    world, _ = lost
    live(world, log)
    end = log.stored(PLACE).end
    assert world.one("select next_offset from reporting.told_position") == end
    recalled = Recall(log, log.reader, SystemClock())({0: end}, lambda: None)
    assert (recalled.said, recalled.ends) == ({}, {0: end})


def test_what_is_no_status_or_cannot_be_read_stops_nobody(log: MemoryLog):
    log.append(Record(STATUS.name, b"x", b"{", ()))
    log.corrupt(log.append(Record(STATUS.name, b"x", b"{}", ())))
    log.append(Record(STATUS.name, b"x", b"{", ()))
    beats: list[None] = []
    recalled = Recall(log, log.reader, SystemClock())({}, lambda: beats.append(None))
    assert (recalled.said, recalled.ends) == ({}, {0: 3})
    assert beats


def test_what_retention_has_taken_is_not_asked_for(log: MemoryLog):
    for _ in range(3):
        log.append(Record(STATUS.name, b"x", b"{", ()))
    log.truncate(PLACE, 2)
    assert Recall(log, log.reader, SystemClock())({0: 1}, lambda: None).ends == {0: 3}


def test_nothing_is_recalled_of_a_log_that_is_not_the_right_one(log: MemoryLog):
    recall = Recall(log, log.reader, SystemClock(), lambda: Check(False, "this is another log"))
    with pytest.raises(Unavailable, match="another log"):
        recall({}, lambda: None)


def test_a_log_that_says_nothing_counts_as_away(log: MemoryLog):
    class Silent:
        def poll(self, max_records: int, timeout_ms: int) -> dict:
            clock.advance(5)
            return {}

        def close(self) -> None:
            pass

    clock = FakeClock(END)
    log.append(Record(STATUS.name, b"x", b"{", ()))
    with pytest.raises(Unavailable, match="not read to its end"):
        Recall(log, lambda positions: Silent(), clock)({}, lambda: None)  # type: ignore[arg-type]
