"""The laptop's broker: what tests and people rely on when they stop, kill or freeze it."""

import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from deploy.laptop import guard
from deploy.laptop.broker import Broker
from tests.support.broker import Addressed, Jars, OwnBrokers
from tests.support.ports import free_ports


@pytest.fixture(scope="module")
def standing(run_folder: Path, broker_jars: Jars) -> Iterator[Broker]:
    """One for this file; a test that disturbs it leaves it running again."""
    brokers = OwnBrokers(run_folder / "standing", broker_jars, count())
    yield brokers()
    guard.clear(brokers.folder)


def _create_topic(servers: str, replicas: int) -> str:
    name = f"t-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=servers)
    try:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=replicas)])
    finally:
        admin.close()
    return name


def _append(servers: str, topic: str, value: bytes) -> int:
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", delivery_timeout_ms=60_000)
    try:
        return int(producer.send(topic, value).get(timeout=60).offset)
    finally:
        producer.close(timeout=5)


def _first_value(servers: str, topic: str) -> bytes:
    consumer = KafkaConsumer(bootstrap_servers=servers, consumer_timeout_ms=20_000)
    try:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek(TopicPartition(topic, 0), 0)
        return bytes(next(consumer).value)
    finally:
        consumer.close()


def test_the_shared_broker_accepts_and_returns_a_record(broker: Addressed) -> None:
    topic = _create_topic(broker.bootstrap_servers, 1)
    assert _append(broker.bootstrap_servers, topic, b"one") == 0
    assert _first_value(broker.bootstrap_servers, topic) == b"one"


def test_an_acknowledged_record_is_there_after_kill_and_start_and_more_are_accepted(own_broker: OwnBrokers) -> None:
    broker = own_broker()
    topic = _create_topic(broker.bootstrap_servers, 1)
    _append(broker.bootstrap_servers, topic, b"before")
    broker.kill()
    assert broker.running == ()
    broker.start()
    assert _append(broker.bootstrap_servers, topic, b"after") == 1
    assert _first_value(broker.bootstrap_servers, topic) == b"before"


def test_three_nodes_form_one_cluster_which_accepts_with_all_acks_and_without_one_node(
    own_broker: OwnBrokers,
) -> None:
    broker = own_broker(nodes=3)
    topic = _create_topic(broker.bootstrap_servers, 3)
    assert _append(broker.bootstrap_servers, topic, b"three") == 0
    broker.kill(2)
    assert broker.running == (1, 3)
    assert _append(broker.bootstrap_servers, topic, b"two") == 1


def test_a_topic_is_never_made_by_being_asked_for(broker: Addressed) -> None:
    consumer = KafkaConsumer("never-made", bootstrap_servers=broker.bootstrap_servers, allow_auto_create_topics=True)
    try:
        consumer.poll(timeout_ms=1_000)
        assert "never-made" not in consumer.topics()
    finally:
        consumer.close()


def test_a_paused_broker_keeps_its_process_and_goes_on_when_resumed(standing: Broker) -> None:
    topic = _create_topic(standing.bootstrap_servers, 1)
    standing.pause()
    [process] = _processes(standing)
    assert process.status() == psutil.STATUS_STOPPED
    standing.resume()
    assert _append(standing.bootstrap_servers, topic, b"on") == 0


def test_a_broker_listens_on_the_loopback_address_only(standing: Broker) -> None:
    [process] = _processes(standing)
    listening = [c.laddr.ip for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_stopped_broker_can_move_to_other_ports_with_its_records(own_broker: OwnBrokers) -> None:
    broker = own_broker()
    topic = _create_topic(broker.bootstrap_servers, 1)
    _append(broker.bootstrap_servers, topic, b"kept")
    broker.stop()
    moved = broker.on(free_ports(2))
    moved.start()
    assert moved.bootstrap_servers != broker.bootstrap_servers
    assert _first_value(moved.bootstrap_servers, topic) == b"kept"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_runs_after_an_end_of_either_kind(own_broker: OwnBrokers, ending: signal.Signals) -> None:
    broker = own_broker()
    processes = _processes(broker)
    (broker.stop if ending is signal.SIGTERM else broker.kill)()
    assert not any(process.is_running() for process in processes)


def test_a_cluster_id_that_begins_with_a_dash_is_no_option(
    own_broker: OwnBrokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.laptop.broker._new_cluster_id", lambda: "-wEBAQEBAQEBAQEBAQEBAQ")
    assert own_broker().running == (1,)


def _processes(broker: Broker) -> list[psutil.Process]:
    return [psutil.Process(process.pid) for process in broker._processes(None)]
