"""The log is not the one we know, or not whole any longer: refused loudly, and what can go on goes on."""

import json

from kafka import TopicPartition

from deploy.laptop.broker import Broker
from services.contracts.topics import PLEDGE, TIP
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.runtime import MISCONFIGURED
from services.operations.topics import apply
from tests.faults.conftest import BarePath
from tests.support.doors import DoorProcess
from tests.support.ingesting import outcomes, positions, rows
from tests.support.logs import flip_byte, make_topic, with_client
from tests.support.postings import SHEET
from tests.support.real_log import RealLog
from tests.support.streams import event, report, signed, tip
from tests.support.waiting import until
from tests.support.whole_path import Watched, WholePath

PATIENCE_S = 60.0
BEYOND_END = "our position is after the end, so this is another or a wiped log"


def is_refused(door: DoorProcess, token: str) -> bool:
    """Not ready, and a post is answered 503."""
    return not door.ready() and door.post("/v1/pledges", SHEET, token, "another-log").status_code == 503


def assert_ends_as_misconfigured(ingest: Watched, named: str) -> None:
    """By the log's identity, or by our position after the end of an emptier log: whichever is seen first."""
    assert ingest.exit_code() == MISCONFIGURED, ingest.service.output
    assert named in ingest.service.output or BEYOND_END in ingest.service.output


def replaced(broker: Broker) -> Broker:
    """Another, empty cluster with the same topics where this one was."""
    broker.kill()
    other = Broker.create(broker.home.with_name("other"), broker.jars, broker.ports, broker.memory)
    other.start()
    apply(KafkaAdmin(LogSettings(other.bootstrap_servers)), None, {})
    return other


def test_a_wiped_cluster_is_not_read_from_and_a_door_stops_at_the_next_probe(
    path: WholePath, breakable: Broker
) -> None:
    door, token = path.pledge(), path.installation.token("pledge")
    ingest = path.ingest()
    until(ingest.ready, path.output, PATIENCE_S)
    assert door.post("/v1/pledges", SHEET, token, "before-the-wipe").status_code == 202
    path.wait_until_read()
    known = positions(path.engine)
    other = replaced(breakable)
    try:
        assert_ends_as_misconfigured(ingest, other.cluster_id)
        until(lambda: is_refused(door, token), lambda: door.service.output, PATIENCE_S)
        assert_ends_as_misconfigured(path.ingest(), other.cluster_id)
        forgetful = path.ingest(LOG_CLUSTER_ID=other.cluster_id, LOG_TOPIC_IDS="{}")
        assert_ends_as_misconfigured(forgetful, "was read from topic")
        assert positions(path.engine) == known
    finally:
        other.kill()


def test_a_topic_made_again_is_not_written_to_and_not_read_from(path: WholePath, breakable: Broker) -> None:
    door, token = path.pledge(), path.installation.token("pledge")
    ingest = path.ingest()
    until(ingest.ready, path.output, PATIENCE_S)
    assert door.post("/v1/pledges", SHEET, token, "before-the-end").status_code == 202
    path.wait_until_read()
    known = positions(path.engine)
    settings = LogSettings(breakable.bootstrap_servers)
    with_client(settings, lambda client: client.delete_topics([PLEDGE.name]))
    until(lambda: not KafkaAdmin(settings).partitions([PLEDGE.name]))
    make_topic(KafkaAdmin(settings), PLEDGE)
    until(lambda: is_refused(door, token), lambda: door.service.output, PATIENCE_S)
    assert_ends_as_misconfigured(ingest, "was deleted and made again")
    assert positions(path.engine) == known
    assert sum(KafkaAdmin(settings).end_offsets([PLEDGE.name]).values()) == 0


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
