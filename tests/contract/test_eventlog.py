"""What every log promises: the same suite for the one in memory and for Kafka."""

from collections.abc import Iterator, Mapping

import pytest

from deploy.laptop.broker import Broker
from services.contracts.errors import Reason, Rejected
from services.contracts.records import Position, Record, StoredRecord
from services.kit.errors import Unavailable
from services.kit.eventlog.port import LogFault, Partition, Reader
from tests.support.logs import (
    Bench,
    KafkaBench,
    MemoryBench,
    appended,
    fault_of,
    from_start,
    read,
    records,
    wait_until,
)


@pytest.fixture(params=["memory", "kafka"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield MemoryBench()
        return
    broker = request.getfixturevalue("broker")
    data = broker.home / "n1" / "data" if isinstance(broker, Broker) else None
    kafka = KafkaBench(broker.bootstrap_servers, data)
    yield kafka
    kafka.close()


def partition_of(position: Position) -> Partition:
    return Partition(position.topic, position.partition)


def test_a_record_is_read_as_it_was_appended(bench: Bench) -> None:
    record = Record(bench.card.name, b"key", b"\x00value", (("a", b"1"), ("b", b"\xff"), ("a", b"2")))
    [position] = bench.appender().append([record], 10)
    [stored] = read(bench.reader(from_start(bench)), 1)
    assert (stored.key, stored.value, stored.headers) == (record.key, record.value, record.headers)
    assert stored.position == position
    assert stored.timestamp_ms > 0


def test_positions_are_in_the_order_of_the_records(bench: Bench) -> None:
    batch = [Record(bench.card.name, f"{n}".encode(), f"value {n}".encode()) for n in range(50)]
    positions = bench.appender().append(batch, 10)
    stored = {each.position: each.value for each in read(bench.reader(from_start(bench)), 50)}
    assert [stored[position] for position in positions] == [record.value for record in batch]


def test_one_key_keeps_its_order(bench: Bench) -> None:
    positions = appended(bench, [records(bench.card, 5), records(bench.card, 5)])
    assert len({position.partition for position in positions}) == 1
    assert [position.offset for position in positions] == list(range(10))


def test_a_record_too_large_rejects_its_batch_before_anything_is_written(bench: Bench) -> None:
    appender = bench.appender()
    too_large = Record(bench.card.name, b"k", b"x" * (bench.card.max_message_bytes + 1))
    with pytest.raises(Rejected) as caught:
        appender.append([*records(bench.card, 3), too_large], 10)
    assert caught.value.reason is Reason.TOO_LARGE
    assert set(bench.admin.end_offsets([bench.card.name]).values()) == {0}


def test_without_time_left_nothing_is_written(bench: Bench) -> None:
    with pytest.raises(Unavailable):
        bench.appender().append(records(bench.card, 1), 0)
    assert set(bench.admin.end_offsets([bench.card.name]).values()) == {0}


def test_a_closed_appender_takes_nothing_and_leaves_nothing_behind(bench: Bench) -> None:
    appender = bench.appender()
    appender.append(records(bench.card, 3), 10)
    assert appender.close(5) == 0
    with pytest.raises(Unavailable):
        appender.append(records(bench.card, 1), 10)


def test_a_reader_begins_where_it_is_told(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 10)])[0]
    stored = read(bench.reader({partition_of(position): 7}), 3)
    assert [each.offset for each in stored] == [7, 8, 9]


def test_a_member_of_a_group_begins_where_the_database_says_and_not_where_the_commit_says(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 10)])[0]
    first = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))
    read(first, 10)
    first.commit({partition_of(position): 10})
    first.close()

    def saved(asked: frozenset[Partition]) -> Mapping[Partition, int]:
        return {partition: 4 if partition == partition_of(position) else 0 for partition in asked}

    stored = read(bench.group_reader("group", saved), 6)
    assert [each.offset for each in stored] == [4, 5, 6, 7, 8, 9]


def test_a_position_that_cannot_be_had_yet_lets_nothing_through(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 5)])[0]
    earlier = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))
    read(earlier, 5)
    earlier.commit({partition_of(position): 0})  # from where Kafka would go on by itself
    earlier.close()
    answers: list[bool] = []

    def saved(asked: frozenset[Partition]) -> Mapping[Partition, int]:
        answers.append(len(answers) >= 3)
        if not answers[-1]:
            raise Unavailable("database")
        return {partition: 2 if partition == partition_of(position) else 0 for partition in asked}

    reader = bench.group_reader("group", saved)
    found: list[int] = []

    def polled() -> bool:
        try:
            found.extend(each.offset for batch in reader.poll(100, 500).values() for each in batch)
        except Unavailable:
            return False
        return bool(found)

    wait_until(polled)
    assert found[:3] == [2, 3, 4]
    assert answers[:4] == [False, False, False, True]


def test_members_share_the_partitions_and_inherit_them(bench: Bench) -> None:
    everything = frozenset(from_start(bench))
    first = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))
    wait_until(lambda: [first.poll(1, 100), first.assignment() == everything][1])
    generation = first.generation
    second = bench.group_reader("group", lambda asked: dict.fromkeys(asked, 0))

    def settled() -> bool:
        first.poll(1, 100)
        second.poll(1, 100)
        return bool(first.assignment()) and bool(second.assignment())

    wait_until(settled)
    assert first.assignment() | second.assignment() == everything
    assert not first.assignment() & second.assignment()
    assert first.generation > generation
    second.close()
    wait_until(lambda: [first.poll(1, 100), first.assignment() == everything][1])


def test_seeking_goes_back(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 5)])[0]
    reader = bench.reader({partition_of(position): 0})
    read(reader, 5)
    reader.seek(partition_of(position), 3)
    assert [each.offset for each in read(reader, 2)] == [3, 4]


def test_seeking_in_a_partition_of_another_owner_is_left_alone(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 2)])[0]
    reader = bench.reader({partition_of(position): 0})
    reader.seek(Partition("elsewhere.v1", 0), 3)
    assert len(read(reader, 2)) == 2


def test_a_paused_partition_rests_until_it_is_resumed(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 5)])[0]
    reader = bench.reader(from_start(bench))
    reader.pause([partition_of(position)])
    assert all(reader.poll(100, 300) == {} for _ in range(3))
    reader.resume([partition_of(position)])
    assert len(read(reader, 5)) == 5


def test_the_ends_of_the_log_are_known(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 5)])[0]
    where = partition_of(position)
    reader = bench.reader(from_start(bench))
    assert reader.end_offsets()[where] == 5
    assert reader.end_offsets([where]) == {where: 5}
    assert reader.beginning_offsets([where]) == {where: 0}
    assert bench.admin.end_offsets([bench.card.name])[where] == 5
    assert set(bench.admin.beginning_offsets([bench.card.name]).values()) == {0}
    assert bench.admin.partitions([bench.card.name, "absent.v1"]) == {bench.card.name: bench.card.partitions}


def test_what_was_deleted_before_us_is_told_and_the_other_partitions_go_on(bench: Bench) -> None:
    first = appended(bench, [records(bench.card, 10)])[0]
    broken = partition_of(first)
    other = next(partition for partition in from_start(bench) if partition != broken)
    bench.truncate(broken, 6)
    reader = bench.reader({broken: 2, other: 0})
    fault, _ = fault_of(reader)
    assert (fault.kind, fault.positions) == ("truncated", (Position(*broken, 2),))
    key = next(key for key in (f"{n}".encode() for n in range(100)) if _lands(bench, key) == other)
    appended(bench, [records(bench.card, 4, key)])
    found: list[bytes | None] = []

    def polled() -> bool:
        found.extend(each.value for each in _despite_faults(reader).get(other, []))
        return len(found) >= 4

    wait_until(polled)
    reader.seek(broken, reader.beginning_offsets([broken])[broken])
    assert [each.offset for each in read(reader, 4)][:4] == [6, 7, 8, 9]


def _lands(bench: Bench, key: bytes) -> Partition:
    [position] = bench.appender().append([Record(bench.card.name, key, b"probe")], 10)
    return partition_of(position)


def _despite_faults(reader: Reader) -> Mapping[Partition, list[StoredRecord]]:
    try:
        return reader.poll(100, 100)
    except LogFault:
        return {}


def test_a_position_after_the_end_is_told(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 3)])[0]
    where = partition_of(position)
    fault, _ = fault_of(bench.reader({where: 9}))
    assert (fault.kind, fault.positions) == ("beyond_end", (Position(*where, 9),))


def test_exactly_at_the_end_is_no_fault(bench: Bench) -> None:
    position = appended(bench, [records(bench.card, 3)])[0]
    reader = bench.reader({partition_of(position): 3})
    assert all(reader.poll(100, 200) == {} for _ in range(3))


def test_a_corrupt_record_is_told_until_it_is_skipped_and_takes_nothing_else_with_it(bench: Bench) -> None:
    positions = appended(bench, [records(bench.card, 1) for _ in range(5)])
    bench.corrupt_batch(positions[2:3])
    reader = bench.reader(from_start(bench))
    fault, before = fault_of(reader)
    assert (fault.kind, fault.position) == ("corrupt", positions[2])
    assert [each.position for each in before] == positions[:2]
    again, nothing = fault_of(reader)
    assert (again.position, nothing) == (positions[2], [])
    reader.skip(fault.position)
    assert [each.position for each in read(reader, 2)] == positions[3:]


def test_every_record_of_a_corrupt_batch_is_told(bench: Bench) -> None:
    appender = bench.appender(bulk=True)
    [before], batch, [after] = (appender.append(records(bench.card, count), 10) for count in (1, 3, 1))
    bench.corrupt_batch(batch)
    reader = bench.reader(from_start(bench))
    assert [each.position for each in read(reader, 1)] == [before]
    for position in batch:
        fault, nothing = fault_of(reader)
        assert (fault.position, nothing) == (position, [])
        reader.skip(fault.position)
    assert [each.position for each in read(reader, 1)] == [after]


def test_a_topic_made_again_is_another_one(bench: Bench) -> None:
    before = bench.admin.identity([bench.card.name])
    assert bench.admin.identity([bench.card.name, "absent.v1"]) == before
    bench.recreate()
    after = bench.admin.identity([bench.card.name])
    assert after.cluster_id == before.cluster_id
    assert after.topic_ids.keys() == before.topic_ids.keys()
    assert after.topic_ids != before.topic_ids
