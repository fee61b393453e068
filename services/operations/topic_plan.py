"""What the topics should be, by their cards and the number of nodes, and how they differ. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from services.contracts.topics import TopicCard

Repair = Literal["create", "configs", "partitions", "by hand"]
MOST_REPLICAS: Final = 3


class TopicState(NamedTuple):
    """A topic as it stands in a cluster; `replicas` is the smallest number among its partitions."""

    partitions: int
    replicas: int
    configs: Mapping[str, str]


class TopicPlan(NamedTuple):
    """What a topic must be at least. `exactly`: the operator named the number of partitions."""

    card: TopicCard
    partitions: int
    replicas: int
    exactly: bool = False

    @property
    def name(self) -> str:
        return self.card.name


class Difference(NamedTuple):
    topic: str
    what: str
    wanted: str
    found: str
    repair: Repair


def plans(cards: Iterable[TopicCard], nodes: int, partitions: Mapping[str, int]) -> list[TopicPlan]:
    """A plan a card; `partitions` overrides the cards' numbers by topic."""
    replicas = max(1, min(nodes, MOST_REPLICAS))
    return [
        TopicPlan(card, partitions.get(card.name, card.partitions), replicas, card.name in partitions) for card in cards
    ]


def in_sync(replicas: int) -> int:
    """How many replicas must have a record before it is acknowledged: of three, one may fail; of two, one may too."""
    return 2 if replicas >= MOST_REPLICAS else 1


def configs(card: TopicCard, replicas: int) -> dict[str, str]:
    """Every setting that we rely on. `min.insync.replicas` follows the replicas that the topic really has:
    with a node down a promise is not lowered, and a topic of one replica is not made unwritable."""
    return {
        "cleanup.policy": "delete",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(card.retention_ms),
        "retention.bytes": "-1",
        "max.message.bytes": str(card.max_message_bytes),
        "min.insync.replicas": str(in_sync(replicas)),
        "unclean.leader.election.enable": "false",
    }


def differences(plan: TopicPlan, found: TopicState | None) -> list[Difference]:
    """Everything in which a topic is not as planned; empty when it is."""
    if found is None:
        return [Difference(plan.name, "topic", "present", "missing", "create")]
    return [*_counts(plan, found), *_settings(plan, found)]


def _counts(plan: TopicPlan, found: TopicState) -> Iterable[Difference]:
    if found.partitions < plan.partitions or (plan.exactly and found.partitions != plan.partitions):
        repair: Repair = "partitions" if found.partitions < plan.partitions else "by hand"
        yield Difference(plan.name, "partitions", str(plan.partitions), str(found.partitions), repair)
    if found.replicas < plan.replicas:
        yield Difference(plan.name, "replicas", str(plan.replicas), str(found.replicas), "by hand")


def _settings(plan: TopicPlan, found: TopicState) -> Iterable[Difference]:
    for name, wanted in configs(plan.card, found.replicas).items():
        value = found.configs.get(name, "default")
        if value != wanted:
            yield Difference(plan.name, name, wanted, value, "configs")
