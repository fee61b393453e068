"""What a reader does when the broker goes away under it, and how a nameless corruption is found."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from kafka import TopicPartition
from kafka.errors import CorruptRecordError, KafkaConnectionError

from deploy.laptop.broker import Broker
from services.kit.errors import Misconfigured, Unavailable
from services.kit.eventlog.kafka import KafkaReader, LogSettings, options
from services.kit.eventlog.kafka.corrupt import corrupt_partition
from services.kit.eventlog.port import CommitFailed, Partition
from tests.support.logs import KafkaBench, appended, from_start, read, records, wait_until


@pytest.fixture
def bench(breakable: Broker) -> Iterator[KafkaBench]:
    bench = KafkaBench(breakable.bootstrap_servers, breakable.home / "n1" / "data")
    yield bench
    breakable.resume()
    bench.close()


def test_through_an_outage_a_reader_keeps_its_place_and_says_what_it_cannot_do(
    bench: KafkaBench, breakable: Broker
) -> None:
    position = appended(bench, [records(bench.card, 5)])[0]
    where = Partition(position.topic, position.partition)
    reader = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))
    read(reader, 5)
    breakable.kill()
    assert reader.poll(100, 100) == {}
    with pytest.raises(CommitFailed):
        reader.commit({where: 5})
    with pytest.raises(Unavailable):
        reader.end_offsets()
    breakable.start()
    appended(bench, [records(bench.card, 5)])
    found: list[int] = []

    def polled() -> bool:
        found.extend(each.offset for batch in reader.poll(100, 100).values() for each in batch)
        return 9 in found

    wait_until(polled)
    assert found[-5:] == [5, 6, 7, 8, 9]


def test_a_frozen_broker_holds_up_neither_the_poll_nor_the_end(bench: KafkaBench, breakable: Broker) -> None:
    appended(bench, [records(bench.card, 5)])
    reader = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))
    read(reader, 5)
    breakable.pause()
    assert reader.poll(100, 60_000) == {}
    reader.close()


def test_a_reader_without_a_broker_is_unavailable(
    bench: KafkaBench, breakable: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {**options.consumer_options(bench.settings), "bootstrap_timeout_ms": 200}
    monkeypatch.setattr("services.kit.eventlog.kafka.reader.consumer_options", lambda _: chosen)
    breakable.stop()
    with pytest.raises(Unavailable):
        KafkaReader.of_partitions(bench.settings, from_start(bench))


def test_a_reader_in_no_group_cannot_commit_and_says_so(bench: KafkaBench) -> None:
    with pytest.raises(CommitFailed):
        bench.reader(from_start(bench)).commit(from_start(bench))


def test_a_corruption_that_names_no_partition_is_located(bench: KafkaBench) -> None:
    batch = appended(bench, [records(bench.card, 1, key) for key in (b"0", b"1", b"2", b"3", b"4", b"5")])
    bench.corrupt_batch(batch[:1])
    broken = Partition(batch[0].topic, batch[0].partition)
    nameless = CorruptRecordError("Found invalid number of record headers")
    assert corrupt_partition(bench.settings, nameless, from_start(bench)) == broken
    healthy = {partition: 0 for partition in from_start(bench) if partition != broken}
    assert corrupt_partition(bench.settings, nameless, healthy) is None


def test_without_the_compiled_checksum_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "crc32c_c", None)
    with pytest.raises(Misconfigured):
        KafkaReader.of_partitions(replace(LogSettings("127.0.0.1:1")), {})


def test_partitions_whose_place_is_not_known_are_held_until_it_is(bench: KafkaBench) -> None:
    appended(bench, [records(bench.card, 5)])
    database_is_away: list[bool] = []

    def saved(asked: frozenset[Partition]) -> dict[Partition, int]:
        if database_is_away:
            raise Unavailable("database")
        return dict.fromkeys(asked, 0)

    reader = KafkaReader.of_group(bench.settings, "group", [bench.card.name], saved)
    read(reader, 5)
    database_is_away.append(True)
    reader.assigned(reader.assignment())  # as the listener does, in the middle of a poll
    assert reader._consumer.paused() == reader._consumer.assignment()
    with pytest.raises(Unavailable):
        reader.poll(100, 100)
    database_is_away.clear()
    assert [each.offset for each in read(reader, 5)] == [0, 1, 2, 3, 4]
    assert reader._consumer.paused() == set()
    reader.close()


def test_a_join_that_a_poll_was_too_short_for_is_finished_by_later_ones(bench: KafkaBench) -> None:
    appended(bench, [records(bench.card, 5)])
    for number in range(10):  # the end of a poll has to fall between two answers
        reader = bench.group_reader(f"group-{number}", lambda asked: dict.fromkeys(asked, 0))
        wait_until(lambda reader=reader: any(reader.poll(100, 2) for _ in range(100)))
        reader.close()


def test_a_partition_that_was_paused_half_read_goes_on_although_others_were_read_meanwhile(bench: KafkaBench) -> None:
    position = appended(bench, [records(bench.card, 40)])[0]
    waiting = Partition(position.topic, position.partition)
    reader = bench.reader(from_start(bench))
    wait_until(lambda: waiting in reader.poll(10, 500))
    reader.pause([waiting])
    reader.seek(waiting, 0)
    later = appended(bench, [records(bench.card, 1, str(key).encode()) for key in range(12)])
    read(reader, sum(each.partition != waiting.partition for each in later))
    reader.resume([waiting])
    expected = 40 + sum(each.partition == waiting.partition for each in later)
    assert [each.offset for each in read(reader, expected)] == list(range(expected))


class _Disconnected:
    """A consumer whose poll ends with what its metadata refresh met, as happens when a broker is killed."""

    _coordinator = SimpleNamespace(rejoining=False)

    def assignment(self) -> set[TopicPartition]:
        return set()

    def poll(self, **_: object) -> dict[TopicPartition, list[object]]:
        raise KafkaConnectionError("refused")


def test_a_connection_lost_in_the_middle_of_a_poll_is_an_outage_and_no_bug() -> None:
    reader = KafkaReader(LogSettings("127.0.0.1:1"), _Disconnected(), lambda _: {})
    with pytest.raises(Unavailable, match="KafkaConnectionError"):
        reader.poll(1, 1)


class _Strange(_Disconnected):
    """A consumer of what other clients may write and kafka-python may not: a header without a value."""

    def poll(self, **_: object) -> dict[TopicPartition, list[object]]:
        headers = [("a", b"1"), ("x", None)]
        record = SimpleNamespace(topic="t", partition=0, offset=0, timestamp=0, key=None, value=b"", headers=headers)
        return {TopicPartition("t", 0): [record]}


def test_a_header_without_a_value_is_read_as_an_empty_one() -> None:
    reader = KafkaReader(LogSettings("127.0.0.1:1"), _Strange(), lambda _: {})
    assert reader.poll(1, 1)[Partition("t", 0)][0].headers == (("a", b"1"), ("x", b""))
