"""The books balance: what an independent reader counts in the log is what became of it, record by record."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from services.contracts.records import StoredRecord
from services.kit.clock import FakeClock
from services.kit.eventlog.memory import MemoryLog, MemoryReader
from services.kit.eventlog.port import Partition
from services.reporting.ingest.counting import LogCounter
from services.reporting.ingest.writing import NO_DAY
from services.reporting.store import books, generations
from tests.support.ingesting import new_log, post, post_programme, process, rows
from tests.support.streams import NOON, W2, event, record_of, report, signed, tip

LATE_EVENING = datetime(2024, 3, 20, 17, 30, tzinfo=UTC)
"""Half past midnight of the next day in Việt Nam."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(LATE_EVENING)


@pytest.fixture
def log(clock: FakeClock) -> MemoryLog:
    log = new_log(clock)
    post_programme(log)
    sheet = event(signed([1]), key=1)
    post(log, [sheet, sheet, event(signed([2], W2), key=1), event(report(None), key=2), event(tip(1), key=3)])
    post(log, [event(report({"propaganda_sessions": 1}, revision=2), key=4)])
    log.append(record_of(event(signed([3]), key=5))._replace(value=b"{", headers=(("ce_source", b"Not An Agency!"),)))
    log.corrupt(post(log, [event(signed([4]), key=6)])[0])
    return log


def counter(log: MemoryLog, engine: Engine, clock: FakeClock) -> LogCounter:
    return LogCounter(log.reader, engine, clock)


def residuals(engine: Engine) -> dict[str, int]:
    with engine.begin() as connection:
        return books.residuals(generations.bind(connection, 1))


def count(counting: LogCounter, rounds: int = 8) -> int:
    return sum(counting.count() for _ in range(rounds))


def test_every_record_of_the_log_has_exactly_one_outcome_and_one_missing_row_shows(
    log: MemoryLog, reporting_engine: Engine, clock: FakeClock
) -> None:
    process(log, reporting_engine).rounds(6)
    assert count(counter(log, reporting_engine, clock)) == 9
    assert residuals(reporting_engine) == {"pledge.v1": 0, "programme.v1": 0, "report.v1": 0, "tip.v1": 0}
    with reporting_engine.begin() as connection:
        connection.execute(text("delete from g1.copy where log_offset = (select min(log_offset) from g1.copy)"))
    assert residuals(reporting_engine)["pledge.v1"] == 1


def test_both_sides_name_source_and_local_day_alike(log: MemoryLog, reporting_engine: Engine, clock: FakeClock) -> None:
    process(log, reporting_engine).rounds(6)
    count(counter(log, reporting_engine, clock))
    left = {(row.topic, row.source, row.day): row.records for row in rows(reporting_engine, _LEFT)}
    right = {(row.topic, row.source, row.day): row.records for row in rows(reporting_engine, _RIGHT)}
    assert left == right
    assert {day for _, _, day in left} == {LATE_EVENING.date().replace(day=21), NO_DAY}
    assert ("pledge.v1", "unknown", NO_DAY) in left


_LEFT = "select topic, source, day, cast(sum(records) as int) as records from reporting.log_count group by 1, 2, 3"
_RIGHT = "select topic, source, logged_on as day, count(*) as records from outcome group by 1, 2, 3"


def test_nothing_is_counted_beyond_what_ingest_has_read(
    log: MemoryLog, reporting_engine: Engine, clock: FakeClock
) -> None:
    running = process(log, reporting_engine)
    running.rounds(6)
    post(log, [event(signed([9]), key="later", at=NOON)])
    counting = counter(log, reporting_engine, clock)
    assert count(counting) == 9
    running.rounds(2)
    assert count(counting) == 1
    assert set(residuals(reporting_engine).values()) == {0}


def test_nothing_is_read_in_vain_while_ingest_stands_still(
    log: MemoryLog, reporting_engine: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(log, reporting_engine).rounds(6)
    counting = counter(log, reporting_engine, clock)
    assert count(counting) == 9
    post(log, [event(signed([9]), key="later", at=NOON)])
    asked: list[int] = []
    polled = MemoryReader.poll

    def poll(reader: MemoryReader, max_records: int, timeout_ms: int) -> Mapping[Partition, list[StoredRecord]]:
        asked.append(max_records)
        return polled(reader, max_records, timeout_ms)

    monkeypatch.setattr(MemoryReader, "poll", poll)
    assert count(counting) == 0
    assert asked == []


def test_two_readers_count_no_record_twice(log: MemoryLog, reporting_engine: Engine, clock: FakeClock) -> None:
    process(log, reporting_engine).rounds(6)
    one, other = counter(log, reporting_engine, clock), counter(log, reporting_engine, clock)
    assert sum(reader.count() for _ in range(8) for reader in (one, other)) == 9
    assert set(residuals(reporting_engine).values()) == {0}
