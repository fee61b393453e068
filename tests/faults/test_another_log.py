"""The log is not the one we know, or not whole any longer: refused loudly, and what can go on goes on."""

import json

import pytest
from kafka import TopicPartition

from deploy.laptop.broker import Broker
from services.contracts.topics import PLEDGE, TIP
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.runtime import MISCONFIGURED
from services.operations.topics import apply
from tests.faults.conftest import BarePath
from tests.support.doors import DoorProcess
from tests.support.ingesting import outcomes, positions, rows
from tests.support.logs import flip_byte, make_topic, with_client
from tests.support.pledge_load import Load
from tests.support.real_log import RealLog
from tests.support.streams import event, report, signed, tip
from tests.support.waiting import until
from tests.support.whole_path import Watched, WholePath

PATIENCE_S = 120.0
SWAPS = 2
BEYOND_END = "our position is after the end, so this is another or a wiped log"


def assert_ends_as_misconfigured(ingest: Watched, named: str) -> None:
    """By the log's identity, or by our position after the end of an emptier log: whichever is seen first."""
    assert ingest.exit_code() == MISCONFIGURED, ingest.service.output
    assert named in ingest.service.output or BEYOND_END in ingest.service.output


def in_place_of(broker: Broker, cluster_id: str | None = None) -> Broker:
    """Another, empty cluster with the same topics at the same address."""
    broker.kill()
    home = broker.home.with_name(f"{broker.home.name}-other")
    other = Broker.create(home, broker.jars, broker.ports, broker.memory, cluster_id)
    other.start()
    until(lambda: topics_stand(other))
    return other


def topics_stand(broker: Broker) -> bool:
    """Makes what is missing; a broker that has only begun may take longer than it is given."""
    try:
        apply(KafkaAdmin(LogSettings(broker.bootstrap_servers)), None, {})
    except Unavailable:
        return False
    return True


def made_again(broker: Broker) -> None:
    settings = LogSettings(broker.bootstrap_servers)
    with_client(settings, lambda client: client.delete_topics([PLEDGE.name]))
    until(lambda: not KafkaAdmin(settings).partitions([PLEDGE.name]))
    make_topic(KafkaAdmin(settings), PLEDGE)


def posting(path: WholePath, door: DoorProcess) -> Load:
    load = path.load(door)
    load.begin()
    until(lambda: len(load.of(202)) >= 40, path.output, PATIENCE_S)
    return load


def wait_until_refused(door: DoorProcess, load: Load) -> None:
    """Not ready for what it is, and every post of some rounds answered 503."""
    until(lambda: ", not " in door.failing().get("log", ""), lambda: door.service.output, PATIENCE_S)
    refused, accepted = len(load.of(503)), len(load.of(202))
    until(lambda: len(load.of(503)) >= refused + 20, lambda: f"{load.answers[-5:]}", PATIENCE_S)
    assert len(load.of(202)) == accepted


def test_another_cluster_at_the_same_address_is_never_written_to_and_not_read_from(
    path: WholePath, breakable: Broker
) -> None:
    door = path.pledge()
    ingest = path.ingest()
    until(ingest.ready, path.output, PATIENCE_S)
    load = posting(path, door)
    other = in_place_of(breakable)
    try:
        assert_ends_as_misconfigured(ingest, other.cluster_id)
        wait_until_refused(door, load)
        known = positions(path.engine)
        assert_ends_as_misconfigured(path.ingest(), other.cluster_id)
        forgetful = path.ingest(LOG_CLUSTER_ID=other.cluster_id, LOG_TOPIC_IDS="{}")
        assert_ends_as_misconfigured(forgetful, "was read from topic")
        assert positions(path.engine) == known
        assert set(path.ends().values()) == {0}
    finally:
        other.kill()
    accepted = len(load.of(202))
    breakable.start()
    until(lambda: len(load.of(202)) >= accepted + 40, lambda: door.service.output, PATIENCE_S)
    load.end()
    path.ingest()
    path.assert_undisturbed(load)


@pytest.mark.parametrize("known_by_its_id", [False, True], ids=["another", "wiped"])
def test_a_log_swapped_under_posts_takes_none_of_them_and_every_receipt_is_of_ours(
    path: WholePath, breakable: Broker, *, known_by_its_id: bool
) -> None:
    """The address, the topics' names and, when it was wiped, the cluster's id are the same."""
    door = path.pledge()
    load = posting(path, door)
    for _ in range(SWAPS):
        other = in_place_of(breakable, breakable.cluster_id if known_by_its_id else None)
        wait_until_refused(door, load)
        assert set(path.ends().values()) == {0}
        other.kill()
        accepted = len(load.of(202))
        breakable.start()
        until(lambda before=accepted: len(load.of(202)) >= before + 20, lambda: door.service.output, PATIENCE_S)
    load.end()
    path.ingest()
    path.assert_undisturbed(load)


def test_a_topic_made_again_under_posts_is_not_written_to_and_not_read_from(path: WholePath, breakable: Broker) -> None:
    door = path.pledge()
    ingest = path.ingest()
    until(ingest.ready, path.output, PATIENCE_S)
    load = posting(path, door)
    made_again(breakable)
    wait_until_refused(door, load)
    load.give_up()
    assert_ends_as_misconfigured(ingest, "was deleted and made again")
    known = positions(path.engine)
    assert_ends_as_misconfigured(path.ingest(), "was deleted and made again")
    assert positions(path.engine) == known
    assert sum(KafkaAdmin(LogSettings(breakable.bootstrap_servers)).end_offsets([PLEDGE.name]).values()) == 0


def test_records_deleted_past_our_position_stop_that_partition_loudly_and_no_other(bare_path: BarePath) -> None:
    path, log = bare_path.path, bare_path.log
    lost = log.post([event(signed([number]), key=number) for number in range(5)])[0]
    where = Partition(lost.topic, lost.partition)
    truncate = {TopicPartition(*where): lost.offset + 3}
    with_client(log.settings, lambda client: client.delete_records(truncate))
    log.post([event(report(None), key="report")])
    ingest = path.ingest()
    until(lambda: ingest.not_ready_as("gone from the log"), path.output, PATIENCE_S)
    until(lambda: outcomes(path.engine) == {"applied": 2}, path.output, PATIENCE_S)
    assert ingest.metric('ingest_log_faults_total{kind="truncated"}') >= 1
    assert '"kind": "truncated"' in ingest.service.output
    assert positions(path.engine)[where] == lost.offset, "it has gone on past what it never read"


def test_a_damaged_batch_is_parked_by_the_whole_process_and_the_others_flow(
    bare_path: BarePath, breakable: Broker
) -> None:
    path, log = bare_path.path, bare_path.log
    before = log.post([event(signed([1]), key="before")])[0]
    damaged = log.post([event(signed([2]), key="damaged")])[0]
    log.post([event(signed([3]), key="after"), event(report(None), key="report")])
    assert before[:2] == damaged[:2]
    folder = breakable.home / "n1" / "data" / f"{damaged.topic}-{damaged.partition}"
    flip_byte(folder / f"{0:020d}.log", damaged.offset)
    ingest = path.ingest()
    path.wait_until_read()
    assert outcomes(path.engine) == {"applied": 4, "corrupt": 1}
    (letter,) = rows(path.engine, "select partition, log_offset, state from dead_letter")
    assert tuple(letter) == (*damaged[1:], "waiting")
    assert ingest.metric('ingest_log_faults_total{kind="corrupt"}') >= 1
    assert dict(log.read("pledge.v1.dead")[0].headers)["dl-reason"] == b"corrupt"
    refused = path.command("redrive", "--topic", PLEDGE.name, "--all", "--json")
    assert refused.exit_code(30) == 1, "there is nothing to be sent again"
    assert json.loads(refused.output.splitlines()[-1])["left"][0]["offset"] == damaged.offset


def test_partitions_added_while_ingest_runs_are_read_from_their_start(bare_path: BarePath) -> None:
    path, log = bare_path.path, bare_path.log
    path.ingest()
    log.post([event(tip(number), key=number) for number in range(9)])
    path.wait_until_read()
    KafkaAdmin(log.settings).add_partitions(TIP.name, TIP.partitions + 5)
    knowing = RealLog(log.bootstrap_servers)
    places = knowing.post([event(tip(number), key=number) for number in range(9, 60)])
    knowing.close()
    assert max(place.partition for place in places) >= TIP.partitions
    path.wait_until_read()
    assert outcomes(path.engine) == {"applied": 61}
    path.assert_equal_to_a_replay()
