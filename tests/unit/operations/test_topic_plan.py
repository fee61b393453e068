"""Topics follow their cards and the number of nodes; every difference is named."""

import pytest

from services.contracts.topics import CARDS, DEAD_LETTERS, INPUTS, PLEDGE, TopicCard
from services.operations.topic_plan import TopicState, configs, differences, plans


@pytest.mark.parametrize(("nodes", "replicas", "acknowledging"), [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (5, 3, "2")])
def test_replicas_and_in_sync_replicas_follow_the_number_of_nodes(
    nodes: int, replicas: int, acknowledging: str
) -> None:
    for plan in plans(CARDS.values(), nodes, {}):
        assert plan.replicas == replicas
        assert configs(plan.card, plan.replicas)["min.insync.replicas"] == acknowledging


@pytest.mark.parametrize("card", CARDS.values(), ids=str)
def test_every_topic_has_the_logs_own_time_and_keeps_what_its_card_says(card: TopicCard) -> None:
    settings = configs(card, 1)
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["cleanup.policy"] == "delete"
    assert settings["retention.bytes"] == "-1"
    assert settings["retention.ms"] == ("-1" if card in INPUTS or card in DEAD_LETTERS else str(400 * 86_400_000))
    assert settings["max.message.bytes"] == str(card.max_message_bytes)


def test_a_topic_as_planned_differs_in_nothing() -> None:
    (plan,) = plans([PLEDGE], 1, {"pledge.v1": 5})
    assert differences(plan, TopicState(5, 1, configs(PLEDGE, 1))) == []


def test_every_difference_is_named_with_what_mends_it() -> None:
    (plan,) = plans([PLEDGE], 3, {})
    found = TopicState(1, 1, configs(PLEDGE, 1) | {"retention.ms": "3600000", "cleanup.policy": "compact"})
    assert [(one.what, one.wanted, one.found, one.repair) for one in differences(plan, found)] == [
        ("partitions", "3", "1", "partitions"),
        ("replicas", "3", "1", "by hand"),
        ("cleanup.policy", "delete", "compact", "configs"),
        ("retention.ms", "-1", "3600000", "configs"),
    ]


def test_a_node_that_is_down_lowers_no_promise_and_a_lone_replica_stays_writable() -> None:
    (with_two_nodes,) = plans([PLEDGE], 2, {})
    assert differences(with_two_nodes, TopicState(3, 3, configs(PLEDGE, 3))) == []
    lowered = configs(PLEDGE, 3) | {"min.insync.replicas": "1"}
    assert [one.wanted for one in differences(with_two_nodes, TopicState(3, 3, lowered))] == ["2"]
    (with_three_nodes,) = plans([PLEDGE], 3, {})
    alone = TopicState(3, 1, configs(PLEDGE, 1))
    assert [one.what for one in differences(with_three_nodes, alone)] == ["replicas"]


def test_a_topic_may_have_more_partitions_than_its_card_unless_a_number_was_named() -> None:
    found = TopicState(9, 1, configs(PLEDGE, 1))
    assert differences(plans([PLEDGE], 1, {})[0], found) == []
    assert [one.repair for one in differences(plans([PLEDGE], 1, {"pledge.v1": 3})[0], found)] == ["by hand"]


def test_a_missing_topic_is_one_difference() -> None:
    (plan,) = plans([PLEDGE], 1, {})
    assert [one.repair for one in differences(plan, None)] == ["create"]
