"""The broker frozen, killed, and killed node by node, while agencies post."""

from deploy.laptop.broker import Broker
from tests.faults.conftest import Paths
from tests.support.broker import OwnBrokers
from tests.support.doors import DoorProcess
from tests.support.pledge_load import DECLARED_DEADLINE_S, Load
from tests.support.replay import assert_ends_as_undisturbed
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
ON_THE_WAY_S = 0.1
GROWTH_MAX_BYTES = 32 * 1024 * 1024
"""More than what may be in flight takes: 2,000 records of these sheets, and as much again in the client."""
MANY_CLIENTS = 48
"""Three times as many as a door has threads."""


def wait_for_more(load: Load, status: int, more: int, path: WholePath) -> None:
    wanted = len(load.of(status)) + more
    until(lambda: len(load.of(status)) >= wanted, lambda: f"{load.answers[-5:]} {path.output()}", PATIENCE_S)


def assert_answered_in_time(load: Load, door: DoorProcess) -> None:
    """By the door's own clock, and at the client beside what a process took that has nothing to wait for."""
    answered, in_time = door.seconds(503, load.deadline_s)
    assert 0 < answered == in_time
    promised_s = DECLARED_DEADLINE_S + ON_THE_WAY_S + max(load.delays_s)
    assert max(answer.took_s for answer in load.of(503)) <= promised_s


def test_a_frozen_and_then_killed_broker_loses_and_doubles_nothing(path: WholePath, breakable: Broker) -> None:
    ingest = path.ingest()
    path.evaluate()
    door = path.pledge()
    load = path.load(door, ingest)
    load.begin()
    wait_for_more(load, 202, 40, path)
    breakable.pause()
    wait_for_more(load, 503, 8, path)
    breakable.resume()
    wait_for_more(load, 202, 40, path)
    breakable.kill()
    wait_for_more(load, 503, 8, path)
    breakable.start()
    wait_for_more(load, 202, 40, path)
    load.end()

    assert_answered_in_time(load, door)
    assert_ends_as_undisturbed(path, load)
    door.service.stop()
    assert "undelivered" not in door.service.output


def test_of_three_nodes_one_may_die_and_while_two_are_dead_every_post_is_answered_503_in_time(
    path_on: Paths, own_broker: OwnBrokers
) -> None:
    broker = own_broker(nodes=3)
    path = path_on(broker)
    door = path.pledge()
    load = path.load(door, path.ingest())
    load.begin()
    wait_for_more(load, 202, 20, path)
    broker.kill(1)
    wait_for_more(load, 202, 40, path)
    broker.kill(2)
    wait_for_more(load, 503, 4, path)  # of each client one, which it had in hand
    accepted = len(load.of(202))
    wait_for_more(load, 503, 4, path)
    assert len(load.of(202)) == accepted, "accepted by a cluster that cannot keep it"
    broker.start()
    wait_for_more(load, 202, 20, path)
    load.end()

    assert_answered_in_time(load, door)
    path.assert_undisturbed(load)


def test_however_many_wait_for_a_frozen_broker_each_is_answered_in_time(path: WholePath, breakable: Broker) -> None:
    door = path.pledge()
    load = path.load(door, path.ingest(), MANY_CLIENTS)
    load.begin()
    wait_for_more(load, 202, 2 * MANY_CLIENTS, path)
    before_bytes = door.resident_bytes()
    breakable.pause()
    wait_for_more(load, 503, 3 * MANY_CLIENTS, path)
    breakable.resume()
    wait_for_more(load, 202, MANY_CLIENTS, path)
    assert door.resident_bytes() - before_bytes < GROWTH_MAX_BYTES
    load.end()

    assert_answered_in_time(load, door)
    path.assert_undisturbed(load)
