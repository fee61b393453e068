"""Three nodes, of which one after the other goes away and comes back, while agencies post."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.laptop.broker import Broker
from services.contracts.topics import INPUTS, PLEDGE
from tests.faults.conftest import Paths
from tests.support.broker import OwnBrokers
from tests.support.pledge_load import DECLARED_DEADLINE_S, Load
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
ON_THE_WAY_S = 0.5
ACCEPTED_AGAIN_WITHIN_S = 5.0
"""Or, on a machine so busy that the nodes themselves take longer to agree who leads, with the next post after that."""
GROWTH_MAX_BYTES = 32 * 1024 * 1024
"""More than what may be in flight takes: 2,000 records of these sheets, and as much again in the client."""


@dataclass(frozen=True)
class Cluster:
    """Each question by a client of its own: one that was speaking to a node when that was killed may wait in vain."""

    bootstrap_servers: str

    def kept_by(self, replicas: int) -> bool:
        """Whether so many replicas of every partition, and no others, are in sync, one of them leading."""
        try:
            described = self._described([card.name for card in INPUTS])
        except KafkaError:
            return False
        partitions = [partition for topic in described for partition in topic["partitions"]]
        return all(len(each["isr_nodes"]) == replicas and each["leader_id"] in each["isr_nodes"] for each in partitions)

    def leader(self, topic: str, partition: int) -> int:
        (described,) = self._described([topic])
        (leader,) = (each["leader_id"] for each in described["partitions"] if each["partition_index"] == partition)
        return int(leader)

    def _described(self, topics: list[str]) -> list[dict[str, Any]]:
        client = KafkaAdminClient(bootstrap_servers=self.bootstrap_servers, reconnect_backoff_max_ms=200)
        try:
            return list(client.describe_topics(topics))
        finally:
            client.close()


def next_post_s(load: Load) -> float:
    """One that has just begun may have its whole time before it; the one after it is accepted."""
    return DECLARED_DEADLINE_S + ON_THE_WAY_S + max(load.delays_s)


def wait_for_more(load: Load, status: int, more: int, path: WholePath) -> None:
    wanted = len(load.of(status)) + more
    until(lambda: len(load.of(status)) >= wanted, lambda: f"{load.answers[-5:]} {path.output()}", PATIENCE_S)


@pytest.mark.parametrize("leave", [Broker.stop, Broker.kill], ids=["stopped", "killed"])
def test_through_a_rolling_restart_posts_are_accepted_again_while_each_node_is_away_and_none_is_lost(
    path_on: Paths, own_broker: OwnBrokers, leave: Callable[[Broker, int], None]
) -> None:
    broker = own_broker(nodes=3)
    path = path_on(broker)
    door = path.pledge()
    load = path.load(door, path.ingest())
    load.begin()
    wait_for_more(load, 202, 200, path)
    before_bytes = door.resident_bytes()
    cluster = Cluster(broker.bootstrap_servers)
    for node in broker.nodes:
        left_at = monotonic()
        leave(broker, node.number)
        until(lambda: cluster.kept_by(2), path.output, PATIENCE_S)
        served_s = monotonic() - left_at
        wait_for_more(load, 202, 40, path)
        assert load.accepted_again_s(left_at) <= max(ACCEPTED_AGAIN_WITHIN_S, served_s + next_post_s(load))
        broker.start(node.number)
        until(lambda: cluster.kept_by(3), path.output, PATIENCE_S)
    wait_for_more(load, 202, 40, path)
    assert door.resident_bytes() - before_bytes < GROWTH_MAX_BYTES
    load.end()

    answered, in_time = door.seconds(503, load.deadline_s)
    assert answered == in_time
    path.assert_undisturbed(load)


def test_what_only_one_node_has_is_not_accepted_and_so_not_lost_with_it(path_on: Paths, own_broker: OwnBrokers) -> None:
    """The two others are frozen, which no one notices without them; then the one is lost."""
    broker = own_broker(nodes=3)
    path = path_on(broker)
    load = path.load(path.pledge())
    load.begin()
    wait_for_more(load, 202, 100, path)
    (written,) = (where.partition for where, end in path.ends().items() if where.topic == PLEDGE.name and end)
    alone = Cluster(broker.bootstrap_servers).leader(PLEDGE.name, written)
    others = [node.number for node in broker.nodes if node.number != alone]
    answered = len(load.answers)
    for number in others:
        broker.pause(number)
    until(lambda: len(load.answers) > answered + 8, path.output, PATIENCE_S)
    broker.kill(alone)
    for number in others:
        broker.resume(number)
    wait_for_more(load, 202, 40, path)
    broker.start(alone)
    wait_for_more(load, 202, 40, path)
    load.end()
    path.ingest()
    path.assert_undisturbed(load)
