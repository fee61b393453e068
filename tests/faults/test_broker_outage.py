"""The broker frozen, killed, and killed node by node, while agencies post."""

from deploy.laptop.broker import Broker
from tests.faults.conftest import Paths
from tests.support.broker import OwnBrokers
from tests.support.pledge_load import DECLARED_DEADLINE_S, Load
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 60.0
ANSWERED_WITHIN_S = 2 * DECLARED_DEADLINE_S
"""The promise is the deadline; the rest is for a busy machine, on which the client measures itself too."""


def wait_for_more(load: Load, status: int, more: int, path: WholePath) -> None:
    wanted = len(load.of(status)) + more
    until(lambda: len(load.of(status)) >= wanted, lambda: f"{load.answers[-5:]} {path.output()}", PATIENCE_S)


def assert_answered_in_time(load: Load) -> None:
    assert max(answer.took_s for answer in load.of(503)) < ANSWERED_WITHIN_S


def test_a_frozen_and_then_killed_broker_loses_and_doubles_nothing(path: WholePath, breakable: Broker) -> None:
    path.ingest()
    path.evaluate()
    door = path.pledge()
    load = path.load(door)
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

    assert_answered_in_time(load)
    path.assert_undisturbed(load)
    path.assert_statuses_are_computed()
    door.service.stop()
    assert "undelivered" not in door.service.output


def test_of_three_nodes_one_may_die_and_while_two_are_dead_every_post_is_answered_503_in_time(
    path_on: Paths, own_broker: OwnBrokers
) -> None:
    broker = own_broker(nodes=3)
    path = path_on(broker)
    path.ingest()
    load = path.load(path.pledge())
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

    assert_answered_in_time(load)
    path.assert_undisturbed(load)
