"""A follower's value is what a fold over the topic gives, and it never goes on with another log."""

from collections.abc import Callable, Iterator

import pytest

from services.contracts.errors import Reason, Rejected
from services.contracts.records import Position, Record, StoredRecord
from services.kit.eventlog import follow
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from tests.support.logs import wait_until

TOPIC = "small.v1"
PARTITION = Partition(TOPIC, 0)
Values = tuple[bytes, ...]


def step(values: Values, record: StoredRecord) -> Values:
    assert record.value is not None
    if record.value == b"bad":
        raise Rejected(Reason.MALFORMED)
    return (*values, record.value)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> MemoryLog:
    monkeypatch.setattr(follow, "RETRY_AFTER_S", 0.01)
    monkeypatch.setattr(follow, "IDENTITY_EVERY_POLLS", 1)
    return MemoryLog({TOPIC: 1})


@pytest.fixture
def follower(log: MemoryLog) -> Iterator[Follower[Values]]:
    follower = Follower(TOPIC, log.reader, log, step, ())
    yield follower
    follower.stop()


def append(log: MemoryLog, *values: bytes) -> None:
    log.appender().append([Record(TOPIC, b"k", value) for value in values], 1)


def holds(follower: Follower[Values], *values: bytes) -> Callable[[], bool]:
    return lambda: follower.state == values


def test_it_is_caught_up_once_everything_that_was_there_is_folded(log: MemoryLog, follower: Follower[Values]) -> None:
    append(log, b"a", b"b")
    assert not follower.ready().ok
    follower.start()
    assert follower.wait_until_caught_up(5)
    assert follower.state == (b"a", b"b")
    assert follower.ready().ok


def test_it_is_not_caught_up_while_something_is_left(log: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "MAX_RECORDS", 1)
    append(log, b"a", b"b", b"c")

    def step(seen: tuple[bool, ...], _record: StoredRecord) -> tuple[bool, ...]:
        return (*seen, follower.caught_up)

    follower: Follower[tuple[bool, ...]] = Follower(TOPIC, log.reader, log, step, ())
    follower.start()
    assert follower.wait_until_caught_up(5)
    follower.stop()
    assert follower.state == (False, False, False)


def test_an_empty_topic_is_caught_up_with_at_once(follower: Follower[Values]) -> None:
    follower.start()
    assert follower.wait_until_caught_up(5)
    assert follower.state == ()


def test_it_keeps_up(log: MemoryLog, follower: Follower[Values]) -> None:
    follower.start()
    append(log, b"a")
    wait_until(holds(follower, b"a"))
    append(log, b"b")
    wait_until(holds(follower, b"a", b"b"))
    assert follower.lag == 0


def test_it_waits_for_a_log_that_is_away(log: MemoryLog, follower: Follower[Values]) -> None:
    append(log, b"a")
    log.down = True
    follower.start()
    assert not follower.caught_up
    log.down = False
    wait_until(holds(follower, b"a"))


def test_a_record_that_is_refused_or_unreadable_is_skipped_and_counted(
    log: MemoryLog, follower: Follower[Values]
) -> None:
    append(log, b"a", b"bad", b"broken", b"b")
    log.corrupt(Position(TOPIC, 0, 2))
    follower.start()
    wait_until(holds(follower, b"a", b"b"))
    assert follower.skipped == 2
    assert follower.caught_up


def test_a_topic_made_again_stops_it_with_the_last_state(log: MemoryLog, follower: Follower[Values]) -> None:
    append(log, b"a")
    follower.start()
    wait_until(holds(follower, b"a"))
    with log.lock:  # as long as the old one, so that only its id tells
        log.recreate(TOPIC)
        append(log, b"x")
    wait_until(lambda: follower.error)
    append(log, b"y")
    assert follower.state == (b"a",)
    assert not follower.ready().ok


def test_records_deleted_before_it_read_them_stop_it(log: MemoryLog, follower: Follower[Values]) -> None:
    append(log, b"a", b"b", b"c")
    follower.start()
    wait_until(holds(follower, b"a", b"b", b"c"))
    with log.lock:  # as if both happened between two polls
        append(log, b"d", b"e")
        log.truncate(PARTITION, 4)
    wait_until(lambda: follower.error)
    assert "truncated" in (follower.error or "")
