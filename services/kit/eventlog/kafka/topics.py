"""Topics as their cards say: made when absent, and compared when there."""

from collections.abc import Iterable

from services.contracts.topics import TopicCard
from services.kit.eventlog.kafka.admin import KafkaAdmin

MOST_REPLICAS = 3


def replicas_for(nodes: int) -> int:
    return max(1, min(MOST_REPLICAS, nodes))


def configs_of(card: TopicCard, replicas: int) -> dict[str, str]:
    """A topic keeps its own time: a sender's clock decides nothing. Of three replicas one may fail."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(card.retention_ms),
        "retention.bytes": "-1",
        "max.message.bytes": str(card.max_message_bytes),
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(max(1, replicas - 1)),
        "unclean.leader.election.enable": "false",
    }


def apply(admin: KafkaAdmin, cards: Iterable[TopicCard]) -> list[str]:
    """Make the topics that are missing; returns their names. An existing topic is never changed: see `check`."""
    wanted = list(cards)
    existing = admin.partitions([card.name for card in wanted])
    replicas = replicas_for(admin.nodes())
    missing = [card for card in wanted if card.name not in existing]
    for card in missing:
        admin.create(card.name, card.partitions, replicas, configs_of(card, replicas))
    return [card.name for card in missing]


def check(admin: KafkaAdmin, cards: Iterable[TopicCard]) -> list[str]:
    """Every way in which the topics differ from their cards; a topic may have more partitions than its card."""
    wanted = list(cards)
    names = [card.name for card in wanted]
    partitions, replicas = admin.partitions(names), admin.replicas(names)
    needed = replicas_for(admin.nodes())
    faults = [f"{name}: does not exist" for name in names if name not in partitions]
    for card in wanted:
        if card.name in partitions:
            faults += _differences(card, partitions[card.name], replicas[card.name], needed)
            faults += _config_differences(admin, card, needed)
    return faults


def _differences(card: TopicCard, partitions: int, replicas: int, needed: int) -> list[str]:
    faults = []
    if partitions < card.partitions:
        faults.append(f"{card.name}: {partitions} partitions, not {card.partitions}")
    if replicas < needed:
        faults.append(f"{card.name}: {replicas} replicas, not {needed}")
    return faults


def _config_differences(admin: KafkaAdmin, card: TopicCard, replicas: int) -> list[str]:
    found = admin.configs(card.name)
    return [
        f"{card.name}: {name} is {found.get(name)}, not {wanted}"
        for name, wanted in configs_of(card, replicas).items()
        if found.get(name) != wanted
    ]
